//! What a provider's webhook says, in our words: the one shape that every protocol parses into and the store takes in.

use serde_json::Value;

use crate::delivery::{Failure, Status};
use crate::identity::Identity;
use crate::ids::MessageId;
use crate::message::{Context, InboundContent};
use crate::time::Timestamp;

/// A message from a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The provider's id of it; unique per channel.
    pub provider_id: String,
    /// Who wrote it.
    pub from: Identity,
    /// The name the user shows.
    pub name: Option<String>,
    /// The user name, where one was set.
    pub username: Option<String>,
    /// The provider's room that the conversation stands in, where it has rooms (Qontak).
    pub room: Option<String>,
    /// When the user sent it, by the provider's clock.
    pub sent_at: Timestamp,
    /// What it says.
    pub content: InboundContent,
    /// What it refers to.
    pub context: Context,
}

/// News about a message we sent.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusUpdate {
    /// The provider's id of the message.
    pub provider_id: String,
    /// How far it has come.
    pub status: Status,
    /// When, by the provider's clock.
    pub at: Timestamp,
    /// Our own id, where the provider gave back what we sent along with the message.
    pub message: Option<MessageId>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What else the provider said: price, conversation, recipient. An object.
    pub detail: Value,
}

/// Something about the channel itself: a template approved, a number's quality, an account warned, a user's
/// marketing preference. Stored, shown, and acted on by what knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelEvent {
    /// What happened, in the provider's word for the field, such as `message_template_status_update`.
    pub kind: String,
    /// When, by the provider's clock, where it said so.
    pub at: Option<Timestamp>,
    /// What the provider said. An object.
    pub detail: Value,
}

/// One thing a webhook says.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A message from a user.
    Message(Box<Message>),
    /// News about a message we sent.
    Status(StatusUpdate),
    /// Something about the channel itself.
    Event(ChannelEvent),
}
