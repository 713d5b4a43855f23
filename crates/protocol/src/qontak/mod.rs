//! Mekari Qontak's open API. All facts are from facts/qontak-coster.md; `§` in this folder points there.
//!
//! Inbound: a secret in the URL proves a webhook, [`webhook`] reads it. Outbound: [`send`] and [`media`] build requests,
//! [`sign`] authenticates them, [`answer`] reads the answers. [`registration`] registers the webhook URL, [`renewal`] renews a
//! token, [`check`] asks about the channel, [`templates`] manages templates.

pub mod answer;
mod capabilities;
pub mod check;
mod describe;
pub mod errors;
pub mod handoff;
pub mod loopback;
pub mod media;
mod provider;
pub mod registration;
pub mod renewal;
pub mod send;
mod settings;
pub mod sign;
mod template_message;
pub mod templates;
pub mod verify;
pub mod webhook;

pub use describe::DESCRIPTION;
pub use provider::ENTRY;
pub use settings::{Authentication, Settings};
