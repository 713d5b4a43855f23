//! Channels: one WhatsApp of one agent in one environment, with its secrets, its revisions and its hand-off pages.
//!
//! Every change holds the channel's row, writes what becomes of it together with a revision, and adds to the audit: one
//! transaction, so that nobody sees a mixture and nothing changes without a trace.

mod change;
mod create;
mod delete;
mod handoff;
mod look;
mod promote;
mod read;
mod renewal;
mod revisions;
mod rows;
mod secrets;
mod write;

pub use change::ChannelChange;
pub use create::NewChannel;
pub(crate) use delete::delete;
pub use delete::{DELETED_CHANNELS_STAY, DeletedChannel};
#[cfg(test)]
pub(crate) use handoff::HANDOFFS;
pub use handoff::Handoff;
#[cfg(test)]
pub(crate) use look::{FOR_AGENT, LAST_INBOUND, LAST_SENT, TO_SEND};
pub use look::{Look, RefusedCall};
pub use promote::{Promotion, PromotionTarget};
pub use renewal::Renewed;
#[cfg(test)]
pub(crate) use revisions::REVISIONS;
pub use revisions::{Revision, SecretMark, Snapshot};
pub use rows::{Channel, Standing};
#[cfg(test)]
pub(crate) use secrets::SECRET_ROWS;
pub use secrets::{NewSecret, Others, SecretRow};
pub(crate) use write::{hold, put};
