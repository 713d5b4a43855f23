//! A person's own settings: name, language, password and sign-ins.

mod browser;
mod page;
mod password;
mod save;
mod sign_ins;

pub(crate) use page::page;
pub(crate) use password::change_password;
pub(crate) use save::{save, switch};
pub(crate) use sign_ins::{end, end_others};
