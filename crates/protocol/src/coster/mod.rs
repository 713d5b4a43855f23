//! Coster, the platform of Jatis Mobile. All facts are from facts/qontak-coster.md; `§` in this folder points there. Coster
//! publishes no description of its API: facts marked `[I]` there are guesses, and the code allows for that.
//!
//! Messages and statuses are the Cloud API's JSON in Coster's envelopes: [`webhook`] opens the envelope and
//! [`crate::cloud_api`] reads the rest. In the same way [`send`] wraps the Cloud API's objects.

pub mod answer;
mod capabilities;
mod describe;
pub mod errors;
pub mod handoff;
pub mod loopback;
pub mod media;
mod provider;
pub mod send;
mod settings;
pub mod verify;
pub mod webhook;

pub use describe::DESCRIPTION;
pub use provider::ENTRY;
pub use settings::{Interactive, Settings};
