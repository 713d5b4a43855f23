//! What is written to the journal: one line of JSON per event. The twin's whole state is the sum of them.

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

/// What an app receives, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AppSubscription {
    pub(crate) callback_url: String,
    pub(crate) fields: Vec<String>,
}

/// An address that replaces the app's for one WABA or one number; it has passed the handshake.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
}
