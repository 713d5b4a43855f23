//! A person's own settings: what they are called, their language, their password, where they are signed in.

mod browser;
mod page;
mod password;
mod save;
mod sign_ins;

pub(crate) use page::page;
pub(crate) use password::change_password;
pub(crate) use save::{save, switch};
pub(crate) use sign_ins::{end, end_others};
