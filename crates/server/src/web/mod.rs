//! What others call: providers' webhooks, the API, the console, health.

pub mod access;
mod api;
mod client;
pub mod console;
mod docs;
mod frame;
mod health;
pub mod keys;
pub mod listen;
pub mod problem;
mod router;
mod visitor;
pub mod webhooks;

pub use docs::openapi;
pub use router::{KEPT_OUT_OF_LOGS, list, router};
