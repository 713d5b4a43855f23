//! Signing in and out: by password, and by one-time links for set-up, invitation and reset. A form submitted without a sign-in
//! is kept.

pub(crate) mod join;
pub(crate) mod login;
pub(crate) mod login_required;
pub(crate) mod logout;
pub(crate) mod page;
pub(crate) mod password;
mod pending_form;
pub(crate) mod reset;
pub(crate) mod setup;
pub(crate) mod throttle;
