//! The console: server-rendered pages that work without script; a small script refreshes them.
//!
//! Texts are in `texts`, styles and the script in `assets/`, page templates in `templates/`.

pub mod access;
mod activity;
mod agents;
mod assets;
mod channel;
mod chrome;
mod conversations;
mod doctor;
mod enter;
mod fault;
mod form;
mod handoff;
pub mod login_token;
mod message;
mod organization;
mod overview;
mod pagination;
mod pill;
mod promotion;
mod revisions;
mod routes;
mod settings;
mod sign_in;
mod texts;
mod view;
mod visitor;

/// The former name of [`login_token`], which the binary and the tests still use.
pub use login_token as door;
pub use routes::{KEPT_OUT_OF_LOGS, list, router};
