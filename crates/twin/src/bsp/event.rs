//! What is written to the journal: one line of JSON per event. The twin's whole state is the sum of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Account, Media, Post};
use crate::{
    chat::{Failure, Ticks},
    qontak::{Organization, Template},
};

/// One line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A test account was issued or changed.
    Account(Box<Account>),
    /// A Qontak organization was made or changed.
    Organization(Box<Organization>),
    /// A token is no longer good, or is good again.
    Token { token: String, good: bool },
    /// A template was made or judged.
    Template(Box<Template>),
    /// A file was stored.
    Media(Media),
    /// A user wrote; the webhooks tell the business.
    Received { message: Box<Message>, webhooks: Vec<Webhook> },
    /// A send was accepted.
    Accepted(Box<Message>),
    /// A send was refused, or a fault ate it.
    Refused { at_ms: i64, account: String, why: String },
    /// A status was reached; the webhooks tell the business.
    Status { at_ms: i64, id: String, status: Status, webhooks: Vec<Webhook> },
    /// A webhook made by hand.
    Owed(Webhook),
    /// A webhook was tried.
    Attempt(Attempt),
    /// The business read what the user wrote.
    BusinessRead { account: String, user: String },
    /// A room was resolved: what the user writes next opens another.
    Resolved { account: String, user: String },
    /// The user's last message is so much older now.
    Aged { account: String, user: String, by_ms: i64 },
    /// The clock was moved.
    Clock { offset_ms: i64 },
}

/// A message in a chat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    /// Coster's is WhatsApp's, Qontak's a UUID.
    pub(crate) id: String,
    /// WhatsApp's id.
    pub(crate) wamid: String,
    pub(crate) account: String,
    /// Digits of the user's number.
    pub(crate) user: String,
    /// What the user calls themself; empty where nobody knows.
    pub(crate) name: String,
    pub(crate) from_user: bool,
    /// Meta's message object, `{"type":"text","text":{…}}`: what the phone shows.
    pub(crate) content: Value,
    pub(crate) at_ms: i64,
    pub(crate) ticks: Ticks,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) context_id: Option<String>,
    /// Qontak's room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<String>,
    /// Only on messages of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outbound: Option<Outbound>,
}

/// What the twin remembers of a send, to tell its statuses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outbound {
    /// The caller's own id: Coster's `xid`, Qontak's `local_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// Qontak's broadcast, of a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) broadcast: Option<String>,
    /// As the caller wrote it.
    pub(crate) said: Value,
    /// `service`, `utility`, `marketing` or `authentication`.
    pub(crate) category: String,
    /// Statuses still to come, and when.
    pub(crate) plan: Vec<(Status, i64)>,
}

/// Delivery status, as webhooks name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Kept by the provider, not yet with WhatsApp. Only Qontak tells of it.
    Created,
    Sent,
    Delivered,
    Read,
    Failed,
}

impl Status {
    /// The word in the webhook.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    /// What the phone shows.
    pub(super) const fn ticks(self) -> Ticks {
        match self {
            Self::Created => Ticks::None,
            Self::Sent => Ticks::Sent,
            Self::Delivered => Ticks::Delivered,
            Self::Read => Ticks::Read,
            Self::Failed => Ticks::Failed,
        }
    }
}

/// A webhook that is owed until it is answered, or given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) url: String,
    /// The exact bytes.
    pub(crate) body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    /// How many come at once.
    pub(crate) copies: u8,
    pub(crate) at_ms: i64,
    /// The message it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
}

impl Webhook {
    /// A call that is owed from now on.
    pub(crate) fn of(post: Post, id: String, copies: u8, at_ms: i64, about: Option<String>) -> Self {
        let Post { url, body, request_id } = post;
        Self { id, url, body, request_id, copies, at_ms, about }
    }
}

/// One try to deliver a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at_ms: i64,
    pub(crate) webhook: String,
    /// Counted from 1.
    pub(crate) number: u32,
    pub(crate) url: String,
    /// The answer's HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// When it is tried again; absent when it is done with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_ms: Option<i64>,
}
