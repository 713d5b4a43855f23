//! The value of the webhook field `messages`: messages of users, statuses of ours, and errors (§1.8).

use serde::Deserialize;
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, Item};

use super::event::Event;
use super::message::{self, Contact};
pub(crate) use super::status::Dialect;
use super::status::{self, StatusItem};
use super::wire::{self, Items, Loose, Part, as_object};
use crate::webhook::{Fault, Route, Routed, Webhook};

/// The value of the field `messages` (§1.8). Not read: `messaging_product`, always `whatsapp`.
#[derive(Deserialize)]
pub(crate) struct MessagesValue<'a> {
    #[serde(borrow, default)]
    metadata: Part<Metadata<'a>>,
    #[serde(borrow, default)]
    contacts: Items<'a>,
    #[serde(borrow, default)]
    messages: Items<'a>,
    #[serde(borrow, default)]
    statuses: Items<'a>,
    #[serde(borrow, default)]
    errors: Items<'a>,
}

/// The number that it concerns. Not read: `display_phone_number`, written in two ways (§0.2).
#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    phone_number_id: Loose<'a>,
}

/// Where a value comes from. Items without a time of their own take theirs from here.
pub(crate) struct Origin {
    /// The channel that it concerns.
    pub(crate) route: Route,
    /// A JSON pointer to the value.
    pub(crate) pointer: String,
    /// The time of the entry around it.
    pub(crate) time: Option<Timestamp>,
    /// When the webhook was received.
    pub(crate) received_at: Timestamp,
}

impl MessagesValue<'_> {
    /// True if it has one of the three lists.
    pub(crate) fn has_items(&self) -> bool {
        self.lists().iter().any(|(_, items)| !matches!(items, Items::Absent))
    }

    /// The id of the number that it concerns.
    pub(crate) fn number(&self) -> Option<&str> {
        self.metadata.get().and_then(|metadata| metadata.phone_number_id.get())
    }

    /// True if it has messages.
    pub(crate) fn has_messages(&self) -> bool {
        !self.messages.list().is_empty()
    }

    fn lists(&self) -> [(&'static str, &Items<'_>); 3] {
        [("messages", &self.messages), ("statuses", &self.statuses), ("errors", &self.errors)]
    }
}

/// Reads every item of a value into `webhook`. An unreadable item becomes a fault and does not affect the others. True if something
/// is not as expected, without being a fault.
pub(crate) fn read(
    value: &MessagesValue<'_>,
    origin: &Origin,
    dialect: Dialect<'_>,
    webhook: &mut Webhook,
) -> bool {
    let mut fault = |pointer: String, reason: String| webhook.faults.push(Fault { pointer, reason });
    let mut items = Vec::new();
    for (name, list) in value.lists() {
        if matches!(list, Items::Other) {
            fault(format!("{}/{name}", origin.pointer), "it is not a list".to_owned());
        }
    }
    let fallback = origin.time.unwrap_or(origin.received_at);
    let contacts: Vec<Contact<'_>> = value.contacts.read();
    let mut doubtful = contacts.len() < value.contacts.list().len();
    // What stands beside a single message concerns it: there is no other for it to concern.
    let reason = match value.messages.list() {
        [_] => value.errors.read::<wire::Fault<'_>>().into_iter().next(),
        _ => None,
    };
    for (index, raw) in value.messages.list().iter().enumerate() {
        match message::read(raw, &contacts, fallback, reason.as_ref()) {
            Ok(read) => {
                doubtful |= read.doubtful;
                items.push(Item::Message(Box::new(read.message)));
            }
            Err(reason) => fault(format!("{}/messages/{index}", origin.pointer), reason),
        }
    }
    for (index, raw) in value.statuses.list().iter().enumerate() {
        match status::read(raw, fallback, dialect) {
            Ok(StatusItem::Update(update)) => items.push(Item::Status(update)),
            Ok(StatusItem::Unknown(event)) => items.push(Item::Event(event)),
            Ok(StatusItem::Ignored) => webhook.ignored += 1,
            Err(reason) => fault(format!("{}/statuses/{index}", origin.pointer), reason),
        }
    }
    for raw in value.errors.list() {
        let kind = Event::ValueErrors.as_str().to_owned();
        items.push(Item::Event(ChannelEvent { kind, at: origin.time, detail: as_object(raw) }));
    }
    webhook.items.extend(items.into_iter().map(|item| Routed { route: origin.route.clone(), item }));
    doubtful
}
