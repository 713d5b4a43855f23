//! Draft against Published, field by field, and the way from the one to the other.

pub(crate) mod compare;
pub(crate) mod confirm;
mod preflight;
pub(crate) mod side;
