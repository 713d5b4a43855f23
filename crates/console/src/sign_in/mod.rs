//! Signing in and out: by password, by the one-time links that set up, invite and reset, and again in the middle of a form.

pub(crate) mod closed;
pub(crate) mod join;
mod kept;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod page;
pub(crate) mod password;
pub(crate) mod reset;
pub(crate) mod setup;
pub(crate) mod throttle;
