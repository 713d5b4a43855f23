//! The hand-off: what the provider's set-up team needs, as a page, on paper, as text, and by a link for those without an account.

pub(crate) mod inside;
pub(crate) mod outside;
mod sheet;
mod token;
