//! What providers and agents say on the wire, and how to say it to them: bytes in, values out; values in, HTTP
//! requests out. Nothing here waits, calls, looks at a clock or throws dice.
//!
//! One folder per provider, with the same files in each: `provider` (all of it behind [`Provider`]), `settings`, `describe`, `verify`,
//! `webhook`, `send`, `answer`, `errors`, `media`, `check`, `handoff`, `loopback`,
//! and `templates` where the provider has calls for them. The folder [`agent`] is our own contract with agents.
//! A new provider is a folder and a line in [`entry`]: docs/adding-a-protocol.md.

pub mod agent;
pub mod bilingual;
pub mod capabilities;
pub mod check;
pub mod cloud_api;
pub mod coster;
pub mod describe;
pub mod fallback;
pub mod handoff;
pub mod http;
pub mod loopback;
pub mod media;
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
