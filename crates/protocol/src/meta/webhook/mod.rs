//! Reading what Meta's webhooks say (§1.8 to §4). Every item of a batch stands for itself: one that cannot be read is
//! reported as a fault and costs its neighbours nothing.

mod content;
pub(crate) mod envelope;
pub mod event;
mod message;
mod status;
pub(crate) mod talk;
pub(crate) mod wire;

pub use envelope::parse;

#[cfg(test)]
mod tests;
