//! Reading the value of a webhook change (§1.8 to §4): messages, statuses, and other events of a channel. The envelope around it
//! is read in the folder of each protocol.

mod content;
pub mod event;
mod message;
mod status;
pub(crate) mod value;
pub(crate) mod wire;
