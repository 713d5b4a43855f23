//! The events of the journal: one line of JSON each. The twin's whole state is their sum.

use serde::{Deserialize, Serialize};

use super::{
    account::Account,
    message::{Media, Message, Webhook},
    organization::{Organization, Template},
};
use crate::engine::{Attempt, Status};

/// One line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A test account was issued or changed.
    Account(Box<Account>),
    /// A Qontak organization was created or changed.
    Organization(Box<Organization>),
    /// A token was revoked or made valid again.
    Token { token: String, good: bool },
    /// A template was created or its status was set.
    Template(Box<Template>),
    /// A file was stored.
    Media(Media),
    /// A user sent a message; the webhooks report it.
    Received { message: Box<Message>, webhooks: Vec<Webhook> },
    /// A send was accepted.
    Accepted(Box<Message>),
    /// A send was refused, by a check or by a fault.
    Refused { at_ms: i64, account: String, why: String },
    /// A send reached a status; the webhooks report it.
    Status { at_ms: i64, id: String, status: Status, webhooks: Vec<Webhook> },
    /// A webhook ordered by the control interface.
    Owed(Webhook),
    /// An attempt to deliver a webhook.
    Attempt(Attempt),
    /// The business read the user's messages.
    BusinessRead { account: String, user: String },
    /// A room was resolved; the user's next message opens another.
    Resolved { account: String, user: String },
    /// The time of the user's last message was moved back.
    Aged { account: String, user: String, by_ms: i64 },
    /// The clock was moved.
    Clock { offset_ms: i64 },
}
