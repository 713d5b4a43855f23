//! What is said in the value of the field `messages`: messages, news about ours, and faults (§1.8). Other protocols wrap the same
//! value in envelopes of their own.

use serde::Deserialize;
use warta_core::delivery::Failure;
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, Item};

use super::envelope::object;
use super::event::Event;
use super::message::{self, Contact};
use super::status;
use super::wire::{Items, Loose};
use crate::webhook::{Fault, Route, Routed, Webhook};

/// The value of the field `messages` (§1.8). Not read: `messaging_product`, always `whatsapp`.
#[derive(Deserialize)]
pub(crate) struct Talk<'a> {
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    contacts: Items<'a>,
    #[serde(borrow, default)]
    messages: Items<'a>,
    #[serde(borrow, default)]
    statuses: Items<'a>,
    #[serde(borrow, default)]
    errors: Items<'a>,
}

/// Whose number it concerns. Not read: `display_phone_number`, written in two ways (§0.2).
#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    phone_number_id: Loose<'a>,
}

/// Where a value stands, and what holds for the items in it that do not say it themselves.
pub(crate) struct Spot {
    /// Whom it concerns.
    pub(crate) route: Route,
    /// A JSON pointer to it.
    pub(crate) pointer: String,
    /// When it was told.
    pub(crate) time: Option<Timestamp>,
    /// When it came in.
    pub(crate) received_at: Timestamp,
}

/// In what the values of the protocols that speak like Meta differ.
#[derive(Clone, Copy)]
pub(crate) struct Dialect<'a> {
    /// The id of a status that names none.
    pub(crate) id: Option<&'a str>,
    /// What the code and the explanation of a failure mean.
    pub(crate) failure: fn(Option<i64>, Option<&str>) -> Failure,
}

impl Talk<'_> {
    /// Whether it has one of the lists at all.
    pub(crate) fn says_anything(&self) -> bool {
        self.kinds().iter().any(|(_, items)| !matches!(items, Items::Absent))
    }

    /// The id of the number it concerns.
    pub(crate) fn number(&self) -> Option<&str> {
        self.metadata.as_ref().and_then(|metadata| metadata.phone_number_id.get())
    }

    fn kinds(&self) -> [(&'static str, &Items<'_>); 3] {
        [("messages", &self.messages), ("statuses", &self.statuses), ("errors", &self.errors)]
    }
}

/// Reads every item of a value into `webhook`. One that cannot be read is a fault there and costs its neighbours nothing.
pub(crate) fn read(value: &Talk<'_>, spot: &Spot, dialect: Dialect<'_>, webhook: &mut Webhook) {
    let mut fault = |pointer: String, reason: String| webhook.faults.push(Fault { pointer, reason });
    let mut items = Vec::new();
    for (name, list) in value.kinds() {
        if matches!(list, Items::Other) {
            fault(format!("{}/{name}", spot.pointer), "it is not a list".to_owned());
        }
    }
    let fallback = spot.time.unwrap_or(spot.received_at);
    let contacts: Vec<Contact<'_>> = value.contacts.read();
    for (index, raw) in value.messages.list().iter().enumerate() {
        match message::read(raw, &contacts, fallback) {
            Ok(message) => items.push(Item::Message(Box::new(message))),
            Err(reason) => fault(format!("{}/messages/{index}", spot.pointer), reason),
        }
    }
    for (index, raw) in value.statuses.list().iter().enumerate() {
        match status::read(raw, fallback, dialect) {
            Ok(status::News::Update(update)) => items.push(Item::Status(update)),
            Ok(status::News::Unknown(event)) => items.push(Item::Event(event)),
            Ok(status::News::Ignored) => webhook.ignored += 1,
            Err(reason) => fault(format!("{}/statuses/{index}", spot.pointer), reason),
        }
    }
    for raw in value.errors.list() {
        let kind = Event::ValueErrors.as_str().to_owned();
        items.push(Item::Event(ChannelEvent { kind, at: spot.time, detail: object(raw) }));
    }
    webhook.items.extend(items.into_iter().map(|item| Routed { route: spot.route.clone(), item }));
}
