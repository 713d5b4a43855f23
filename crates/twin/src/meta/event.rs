//! What is written to the journal: one line of JSON per event. The twin's whole state is the sum of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    accounts::{Account, NumberStatus, Quality, TokenState},
    media::Media,
    subscriptions::{AppSubscription, Callback},
    templates::Template,
};
use crate::chat::{Failure, Ticks};

/// One line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A test account was issued.
    Account(Box<Account>),
    /// Its token was revoked, expired or made valid again.
    Token {
        phone_number_id: String,
        state: TokenState,
        /// What it may do from now on; absent: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scopes: Option<Vec<String>>,
        /// When it ends by itself, 0 for never; absent: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at_ms: Option<i64>,
    },
    /// Its number changed state.
    Number { phone_number_id: String, status: NumberStatus },
    /// Its number was rated.
    Quality { phone_number_id: String, quality: Quality },
    /// An app's secret was reset.
    AppSecret { app_id: String, app_secret: String },
    /// A user became known, or known better.
    User(User),
    /// An app chose its callback and fields.
    AppSubscribed { app_id: String, subscription: AppSubscription },
    /// An app dropped its subscription.
    AppUnsubscribed { app_id: String },
    /// A WABA sends its webhooks to its app, perhaps to another address.
    WabaSubscribed { waba_id: String, callback: Option<Callback> },
    /// A WABA stopped sending webhooks.
    WabaUnsubscribed { waba_id: String },
    /// A number sends its webhooks to another address, or no longer does.
    NumberCallback { phone_number_id: String, callback: Option<Callback> },
    /// A file was stored.
    Media(Media),
    /// A file was deleted.
    MediaDeleted { id: String },
    /// A template was made, changed, judged or deleted.
    Template(Box<Template>),
    /// Users wrote; the webhooks tell the business.
    Received { at_ms: i64, messages: Vec<Message>, users: Vec<User>, webhooks: Vec<Webhook> },
    /// A send was accepted.
    Accepted { at_ms: i64, message: Box<Message>, user: User },
    /// A send was refused, or a fault ate it.
    Refused { at_ms: i64, phone_number_id: String, code: u32, details: String },
    /// A status was reached; the webhook (none where the user's app says nothing) tells the business.
    Status { at_ms: i64, wamid: String, status: Status, webhook: Option<Webhook> },
    /// A webhook made by hand.
    Owed(Webhook),
    /// A webhook was tried.
    Attempt(Attempt),
    /// The business read this message and those before it.
    BusinessRead { at_ms: i64, wamid: String },
    /// The user looks at a chat.
    Opened { at_ms: i64, phone_number_id: String, user: String },
    /// The clock was moved.
    Clock { offset_ms: i64 },
    /// A message as a compacted journal keeps it.
    Kept(Box<Message>),
}

/// A WhatsApp user as the twin knows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    /// The phone number in digits; the BSUID where the phone is hidden.
    pub(crate) key: String,
    /// Digits without `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    /// Business-scoped id, `ID.…`.
    pub(crate) bsuid: String,
    /// Profile name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// A message in a chat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) wamid: String,
    pub(crate) phone_number_id: String,
    /// Key of the user.
    pub(crate) user: String,
    pub(crate) from_user: bool,
    /// `{"type":"text","text":{…}}` as it was sent.
    pub(crate) content: Value,
    pub(crate) at_ms: i64,
    pub(crate) ticks: Ticks,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) context_id: Option<String>,
    /// Only on messages of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outbound: Option<Outbound>,
}

impl Message {
    /// The type of its content.
    pub(crate) fn kind(&self) -> &str {
        self.content.get("type").and_then(Value::as_str).unwrap_or_default()
    }
}

/// What the twin remembers of a send, to make its statuses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outbound {
    /// As the caller wrote it.
    pub(crate) to: String,
    /// Returned in every status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) biz_opaque_callback_data: Option<String>,
    /// `service`, `utility`, `marketing` or `authentication`.
    pub(crate) category: String,
    /// Statuses still to come.
    pub(crate) plan: Vec<Planned>,
    /// When the user reads it at the earliest, once they open the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) read_from_ms: Option<i64>,
}

/// A status still to come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) status: Status,
    /// When the webhook is sent.
    pub(crate) due_ms: i64,
    /// The time it tells.
    pub(crate) stamp_ms: i64,
}

/// Delivery status, as webhooks name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Sent,
    Delivered,
    Read,
    Failed,
}

impl Status {
    /// The word in the webhook.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// A webhook that is owed until somebody answers 200.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) phone_number_id: String,
    pub(crate) field: String,
    /// The exact bytes.
    pub(crate) body: String,
    pub(crate) at_ms: i64,
    /// Messages it speaks of.
    pub(crate) about: Vec<String>,
}

/// One try to deliver a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at_ms: i64,
    pub(crate) webhook: String,
    /// Counted from 1.
    pub(crate) number: u32,
    /// Where it went; absent when nobody is subscribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
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
