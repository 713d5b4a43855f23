//! The section *Session behaviour*: whether and when users are asked about the end of a session, in which words, what the machine
//! makes of it, and a page that plays it.

mod form;
mod line;
mod phone;
mod play;
mod save;
mod section;

pub(crate) use form::label_alone;
pub(crate) use play::{again as play_on, open as play};
pub(crate) use save::{check, preview, save};
pub(super) use section::Session;
