//! Coster, the platform of Jatis Mobile. All facts are from facts/qontak-coster.md; `§` in this folder points there. Coster
//! publishes no description of its API: what is marked `[I]` there is a guess, and is read and written with that in mind.
//!
//! What users say and what becomes of messages is Meta's JSON in Coster's envelopes, so [`webhook`] opens these and leaves the
//! rest to the readers of [`crate::meta`]; in the same way [`send`] wraps Meta's objects.

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
