//! The events of the journal: one line of JSON each. The twin's whole state is their sum.

use serde::{Deserialize, Serialize};

use super::{
    account::{Account, NumberStatus, Quality, TokenState},
    media::Media,
    message::{Message, User, Webhook},
    template::Template,
};
use crate::engine::{Attempt, Status};

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
        /// The new scopes; absent: unchanged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scopes: Option<Vec<String>>,
        /// When it expires, 0 for never; absent: unchanged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at_ms: Option<i64>,
    },
    /// Its number changed state.
    Number { phone_number_id: String, status: NumberStatus },
    /// The quality rating of its number changed.
    Quality { phone_number_id: String, quality: Quality },
    /// An app's secret was reset.
    AppSecret { app_id: String, app_secret: String },
    /// A user was added or updated.
    User(User),
    /// An app subscribed with a callback and fields.
    AppSubscribed { app_id: String, subscription: AppSubscription },
    /// An app dropped its subscription.
    AppUnsubscribed { app_id: String },
    /// A WABA sends its webhooks to its app, perhaps to another URL.
    WabaSubscribed { waba_id: String, callback: Option<Callback> },
    /// A WABA stopped sending webhooks.
    WabaUnsubscribed { waba_id: String },
    /// The callback of a number was set or removed.
    NumberCallback { phone_number_id: String, callback: Option<Callback> },
    /// A file was stored.
    Media(Media),
    /// A file was deleted.
    MediaDeleted { id: String },
    /// A template was created, changed or deleted, or its status was set.
    Template(Box<Template>),
    /// Users sent messages; the webhooks report them.
    Received { at_ms: i64, messages: Vec<Message>, users: Vec<User>, webhooks: Vec<Webhook> },
    /// A send was accepted.
    Accepted { at_ms: i64, message: Box<Message>, user: User },
    /// A send was refused, by a check or by a fault.
    Refused { at_ms: i64, phone_number_id: String, code: u32, details: String },
    /// A send reached a status; the webhook (none for an unknown account or user) reports it.
    Status { at_ms: i64, wamid: String, status: Status, webhook: Option<Webhook> },
    /// A webhook ordered by the control interface.
    Owed(Webhook),
    /// An attempt to deliver a webhook.
    Attempt(Attempt),
    /// The business read this message and those before it.
    BusinessRead { at_ms: i64, wamid: String },
    /// The user opened a chat.
    Opened { at_ms: i64, phone_number_id: String, user: String },
    /// The clock was moved.
    Clock { offset_ms: i64 },
    /// A message as a compacted journal keeps it.
    Kept(Box<Message>),
}

/// The fields an app receives, and its callback.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AppSubscription {
    pub(crate) callback_url: String,
    pub(crate) fields: Vec<String>,
}

/// A callback that replaces the app's for one WABA or one number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
}
