//! Wire formats of WhatsApp providers and of agents: bytes in, values out; values in, HTTP requests out. No I/O, no clock, no
//! randomness, no async code.
//!
//! One folder per provider, with the same files in each: `settings`, `describe`, `capabilities`, `verify`, `webhook`, `send`, `answer`,
//! `errors`, `media`, `handoff` and `loopback`; `provider`, which implements [`Provider`] with them; and a file for each optional
//! ability that the provider has, such as `check` or `templates`. No provider's folder imports another's. [`cloud_api`] is the
//! message format that Meta and Coster share, [`agent`] is the contract with agents.
//!
//! A new provider is a folder and a line in [`entry`]: docs/adding-a-protocol.md.

pub mod agent;
pub mod bilingual;
pub mod capabilities;
mod cards;
pub mod check;
pub mod cloud_api;
pub mod coster;
pub mod describe;
pub mod fallback;
pub mod handoff;
pub mod http;
#[cfg(test)]
mod leaves;
pub mod loopback;
pub mod media;
mod mend;
pub mod meta;
mod outcome;
pub mod outgoing;
mod provider;
pub mod qontak;
pub mod read_receipt;
pub mod registration;
mod registry;
pub mod renewal;
mod settings;
pub mod template;
pub mod verify;
pub mod webhook;
pub mod webhook_target;

pub use provider::{Entry, Provider};
pub use registry::{descriptions, entry, faults, read};
pub use settings::InvalidSettings;
