//! The templates of a channel, as its provider keeps them. One file a route; [`object`] is what they answer with, `refusal` what
//! they say where nothing comes of it.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod one;
mod refusal;
