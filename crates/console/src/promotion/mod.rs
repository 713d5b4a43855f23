//! Comparing Draft with Published field by field, and promoting Draft.

pub(crate) mod compare;
pub(crate) mod confirm;
mod preflight;
pub(crate) mod side;
