//! Reading Qontak's webhooks (§3).

mod content;
mod envelope;
mod message;
mod status;
mod wire;

pub use envelope::{ROOM_RESOLVED, parse};

#[cfg(test)]
mod tests;
