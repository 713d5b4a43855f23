//! What machines call: providers' webhooks, the API under `/v1` with its reference, and health.

pub mod access;
mod api;
mod docs;
mod health;
pub mod keys;
mod routes;
pub mod webhooks;

pub use routes::{list, openapi, router};
