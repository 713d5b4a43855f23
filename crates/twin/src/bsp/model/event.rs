//! What is written to the journal: one line of JSON per event. The twin's whole state is the sum of them.

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
