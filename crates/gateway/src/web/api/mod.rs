//! The API under `/v1`. One file a route; [`object`] is what they answer with, [`body`] how they read
//! what they get. docs/api.md holds the rules.

mod body;
pub(crate) mod canonical;
pub(crate) mod end;
pub(crate) mod list;
pub(crate) mod media;
pub(crate) mod object;
pub(crate) mod one;
pub(crate) mod seen;
pub(crate) mod send;
pub(crate) mod templates;
mod unsupported;
