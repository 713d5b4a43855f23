//! The part that the twins of all providers share: one durable state, one service around it, one delivery of webhooks,
//! and the common half of the control interface.
//!
//! A provider's folder names its own types and rules by implementing [`Rules`] and [`Deliver`], and adds its API,
//! its checks and its wording. From the bottom up: [`Message`] and [`Webhook`] are the data,
//! [`State`] is what they add up to, the journal makes it durable, [`ProviderTwin`] is the running twin, and delivery
//! and control work on that.

mod accounts;
mod chats;
mod clock;
pub(crate) mod control;
mod delivery;
pub(crate) mod egress;
mod faults;
mod files;
mod journal;
mod message;
mod outbox;
mod state;
mod twin;

pub(crate) use accounts::{NotIssued, WINDOW_MS};
pub(crate) use clock::Clock;
pub(crate) use delivery::{Call, Deliver};
pub(crate) use faults::{Faults, StatusDelays};
pub(crate) use message::{Attempt, Head, Message, Outbound, Status, Webhook};
pub(crate) use state::{Account, Rules, State};
pub(crate) use twin::ProviderTwin;
