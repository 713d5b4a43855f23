//! The section *Session behaviour*: whether, when and in which words users are asked about the end of a session, how their
//! answers are understood, and a page to rehearse it.

mod form;
mod phone;
mod play;
mod save;
mod section;
mod timeline;

pub(crate) use form::label_alone;
pub(crate) use play::{again as play_on, open as play};
pub(crate) use save::{check, preview, save};
pub(super) use section::Session;
