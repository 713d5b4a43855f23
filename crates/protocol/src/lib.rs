//! What providers and agents say on the wire, and how to say it to them: bytes in, values out; values in, HTTP
//! requests out. Nothing here waits, calls, looks at a clock or throws dice.
//!
//! One folder per provider, with the same files in each: `verify`, `webhook`, `send`, `answer`, `media`, `check`, `describe`, `handoff`. The folder
//! [`agent`] is our own contract with agents. A new provider is a folder and an arm in [`Settings`].

pub mod agent;
pub mod describe;
pub mod handoff;
pub mod http;
pub mod meta;
mod settings;

pub use settings::{InvalidSettings, Settings};
