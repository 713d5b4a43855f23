//! The console: pages rendered here, which work without script and are kept fresh by a small one.
//!
//! Every text stands in `texts`, every style in `assets/`, every page in `templates/`.

pub mod access;
mod activity;
mod agents;
mod assets;
mod channel;
mod chrome;
mod conversations;
mod doctor;
pub mod door;
mod enter;
mod fault;
mod form;
mod handoff;
mod message;
mod organization;
mod overview;
mod pill;
mod promotion;
mod revisions;
mod routes;
mod settings;
mod sign_in;
mod texts;
mod turn;
mod view;
mod visitor;

pub use routes::{KEPT_OUT_OF_LOGS, list, router};
