//! Meta's WhatsApp Cloud API. All facts are from facts/meta-cloud.md; `§` in this folder points there.
//!
//! Inbound: [`verify`] proves the sender of a webhook, [`webhook`] reads it. Outbound: [`send`] and [`media`] build requests,
//! [`answer`] reads the answers, [`errors`] reads errors. [`check`] asks about a token and a number.

pub mod answer;
mod capabilities;
pub mod check;
mod describe;
pub mod errors;
pub mod handoff;
pub mod loopback;
pub mod media;
mod provider;
pub mod send;
mod settings;
pub mod subscription;
pub mod templates;
pub mod verify;
pub mod webhook;

pub use describe::DESCRIPTION;
pub use provider::ENTRY;
pub use settings::Settings;
