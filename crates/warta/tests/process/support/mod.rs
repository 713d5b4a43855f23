//! Programs, what they say when they are ready, and calls to them.

mod chat;
mod console;
mod http;
mod program;
mod ready;

pub(crate) use chat::{Chat, taken, text};
pub(crate) use console::session_behaviour;
pub(crate) use http::{Http, eventually};
pub(crate) use program::Program;
pub(crate) use ready::{Channel, Ready, TwinReady};

/// Whether the long form was asked for: a hundred times the size.
pub(crate) fn long() -> bool {
    std::env::var_os("WARTA_TEST_LONG").is_some()
}
