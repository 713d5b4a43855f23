//! A message in a chat, as the journal stores it, and the delivery statuses of what the business sends.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chat::{ChatChange, ChatItem, Failure, Ticks};

/// A message, in either direction. `H` holds its ids in the provider's own names, `O` what a send needs besides.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message<H, O> {
    #[serde(flatten)]
    pub(crate) head: H,
    /// Key of the user: the phone number in digits, or Meta's BSUID.
    pub(crate) user: String,
    pub(crate) from_user: bool,
    /// Meta's message object, `{"type":"text","text":{…}}`: what the phone shows.
    pub(crate) content: Value,
    pub(crate) at_ms: i64,
    pub(crate) ticks: Ticks,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) context_id: Option<String>,
    /// Only on messages of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outbound: Option<O>,
}

/// The ids of a message.
pub(crate) trait Head: Send + 'static {
    /// Id of the message.
    fn id(&self) -> &str;
    /// Id of the account.
    fn account(&self) -> &str;
}

/// What the twin remembers of a send, to report its statuses.
pub(crate) trait Outbound: Send + 'static {
    /// Statuses not yet reported, and when each is due.
    fn planned(&self) -> Vec<(Status, i64)>;
    /// Removes a status that has been reported.
    fn remove(&mut self, status: Status);
}

/// Delivery status, as webhooks name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Stored by the provider, not yet with WhatsApp. Only Qontak reports it.
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

impl<H: Head, O> Message<H, O> {
    /// The type of its content.
    pub(crate) fn kind(&self) -> &str {
        self.content.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// The chat it belongs to.
    pub(crate) fn chat(&self) -> ChatChange {
        ChatChange { account: self.head.account().to_owned(), user: self.user.clone() }
    }

    /// As the phone shows it.
    pub(super) fn item(&self) -> ChatItem {
        ChatItem {
            id: self.head.id().to_owned(),
            from_user: self.from_user,
            content: self.content.clone(),
            at_ms: self.at_ms,
            ticks: self.ticks,
            error: self.failure.clone().filter(|_| self.ticks == Ticks::Failed),
            context_id: self.context_id.clone(),
        }
    }
}

/// A webhook to be sent until the business accepts it.
pub(crate) trait Webhook: Clone + Send + 'static {
    /// Its id.
    fn id(&self) -> &str;
    /// The exact body.
    fn body(&self) -> &str;
    /// When it was made.
    fn at_ms(&self) -> i64;
    /// Ids of the messages it reports.
    fn about(&self) -> &[String];
}

/// A webhook that is not yet delivered.
pub(crate) struct Undelivered<W> {
    pub(crate) webhook: W,
    /// Attempts so far.
    pub(crate) attempts: u32,
    /// When the next attempt is due.
    pub(crate) due_ms: i64,
}

/// One attempt to deliver a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at_ms: i64,
    /// Id of the webhook.
    pub(crate) webhook: String,
    /// Counted from 1.
    pub(crate) number: u32,
    /// The address; absent when nobody is subscribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The answer's HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// When the next attempt is due; absent after the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_ms: Option<i64>,
}
