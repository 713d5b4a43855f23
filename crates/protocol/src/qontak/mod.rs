//! Mekari Qontak's open API. All facts are from facts/qontak-coster.md; `§` in this folder points there.
//!
//! The way in: a secret in the address proves who sent the bytes, [`webhook`] reads them. The way out: [`send`] and [`media`]
//! build requests, [`sign`] proves them, [`answer`] reads what came back. [`registration`] enters our address, [`refresh`] renews
//! a token, [`check`] looks at the channel, [`templates`] at what may be sent.

pub mod answer;
mod capabilities;
pub mod check;
mod describe;
pub mod errors;
pub mod handoff;
pub mod loopback;
pub mod media;
mod provider;
pub mod refresh;
pub mod registration;
pub mod send;
mod settings;
pub mod sign;
mod template;
pub mod templates;
pub mod verify;
pub mod webhook;

pub use describe::DESCRIPTION;
pub use provider::ENTRY;
pub use settings::{Authentication, Settings};
