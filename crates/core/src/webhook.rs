//! Parsed webhooks: the common types that every protocol produces and the store accepts.

use serde_json::Value;

use crate::delivery::{Failure, Status};
use crate::identity::Identity;
use crate::ids::MessageId;
use crate::message::{Context, InboundContent};
use crate::time::Timestamp;

/// A message from a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The provider's message id; unique per channel.
    pub provider_id: String,
    /// The sender.
    pub from: Identity,
    /// The user's display name.
    pub name: Option<String>,
    /// The user name, if the user has one.
    pub username: Option<String>,
    /// The provider's room of the conversation, if the provider has rooms (Qontak).
    pub room: Option<String>,
    /// When the user sent it, by the provider's clock.
    pub sent_at: Timestamp,
    /// The content.
    pub content: InboundContent,
    /// The references to other messages.
    pub context: Context,
}

/// A status update for an outbound message.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusUpdate {
    /// The provider's id of the message.
    pub provider_id: String,
    /// The new status.
    pub status: Status,
    /// The time of the status, by the provider's clock.
    pub at: Timestamp,
    /// Our message id, if the provider returns the reference sent with the message.
    pub message: Option<MessageId>,
    /// The failure, if the message failed.
    pub failure: Option<Failure>,
    /// Other data from the provider, such as price, conversation and recipient. A JSON object.
    pub detail: Value,
}

/// An event of the channel itself, such as a template approval, a quality change of the number, an account warning or a user's
/// marketing preference. It is stored and shown; the kinds known to the gateway also have effects.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelEvent {
    /// The provider's word for the event, such as `message_template_status_update`.
    pub kind: String,
    /// The time by the provider's clock, if the provider sent one.
    pub at: Option<Timestamp>,
    /// Data from the provider. A JSON object.
    pub detail: Value,
}

/// One item of a webhook.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A message from a user.
    Message(Box<Message>),
    /// A status update for an outbound message.
    Status(StatusUpdate),
    /// An event of the channel itself.
    Event(ChannelEvent),
}
