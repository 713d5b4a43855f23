//! The envelope of a webhook: entries and their changes.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use warta_core::time::Timestamp;
use warta_core::webhook::Item;

use crate::cloud_api::errors;
use crate::cloud_api::webhook::event::Event;
use crate::cloud_api::webhook::value::{self, Dialect, MessagesValue, Origin};
use crate::cloud_api::webhook::wire::{Items, Loose, json_fault, read_item};
use crate::mend::{self, Reading};
use crate::verify::Verified;
use crate::webhook::{Fault, Route, Routed, Unreadable, Webhook};

/// Meta's own dialect.
const DIALECT: Dialect<'_> =
    Dialect { id: None, failure: |code, detail| errors::failure(code, None, detail) };

/// The body (§1.8). `E` is a list of entries, or anything. Not read: `object`, always `whatsapp_business_account`, and
/// misplaced in some of Meta's examples.
#[derive(Deserialize)]
struct Body<E> {
    entry: E,
}

/// An entry: the changes of one account (§1.8). `C` is a list of changes, or anything.
#[derive(Deserialize)]
struct Entry<'a, C> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(borrow, default)]
    time: Loose<'a>,
    changes: C,
}

/// A change. The two keys come in either order (§1.8).
#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow, default)]
    field: Loose<'a>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// Reads a webhook. An item without a time of its own gets the time of its entry, else `received_at`.
///
/// # Errors
///
/// When the body is not JSON or not a webhook.
pub fn parse(verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
    mend::read_twice(verified.body(), |body| read(body, received_at))
}

fn read(body: &[u8], received_at: Timestamp) -> Result<Reading, Unreadable> {
    let mut reader = Reader { received_at, webhook: Webhook::default(), doubtful: false };
    // The usual case, a well-formed envelope: one pass over the body finds all values.
    if let Ok(body) = serde_json::from_slice::<Body<Vec<Entry<'_, Vec<Change<'_>>>>>>(body) {
        for (entry_at, entry) in body.entry.iter().enumerate() {
            for (change_at, change) in entry.changes.iter().enumerate() {
                reader.change(&Place::new(entry, entry_at, change_at), change);
            }
        }
        return Ok(reader.reading());
    }
    // A malformed envelope: each layer is read separately, so that one fault does not affect the rest.
    let body: Body<Items<'_>> =
        serde_json::from_slice(body).map_err(|error| Unreadable(json_fault(&error)))?;
    let Items::List(entries) = body.entry else {
        return Err(Unreadable("its entry is not a list".to_owned()));
    };
    for (entry, raw) in entries.iter().enumerate() {
        reader.entry(entry, raw);
    }
    Ok(reader.reading())
}

/// The position of a change, and its account and time.
struct Place<'a> {
    entry: usize,
    change: usize,
    account: Option<&'a str>,
    time: Option<Timestamp>,
}

impl<'a> Place<'a> {
    fn new<C>(of: &'a Entry<'_, C>, entry: usize, change: usize) -> Self {
        Self { entry, change, account: of.id.get(), time: of.time.instant() }
    }

    fn pointer(&self) -> String {
        format!("/entry/{}/changes/{}", self.entry, self.change)
    }

    fn route(&self, number: Option<&str>) -> Route {
        match number {
            Some(number) => Route::Number(number.to_owned()),
            None => Route::Account(self.account.unwrap_or_default().to_owned()),
        }
    }
}

struct Reader {
    received_at: Timestamp,
    webhook: Webhook,
    /// True if something is not as expected, without being a fault.
    doubtful: bool,
}

impl Reader {
    fn reading(self) -> Reading {
        Reading { doubtful: self.doubtful || !self.webhook.faults.is_empty(), webhook: self.webhook }
    }

    fn entry(&mut self, index: usize, raw: &RawValue) {
        let entry: Entry<'_, Items<'_>> = match read_item(raw) {
            Ok(entry) => entry,
            Err(reason) => return self.fault(format!("/entry/{index}"), reason),
        };
        let Items::List(changes) = &entry.changes else {
            return self.fault(format!("/entry/{index}"), "its changes are not a list");
        };
        for (change, raw) in changes.iter().enumerate() {
            let place = Place::new(&entry, index, change);
            match read_item(raw) {
                Ok(change) => self.change(&place, &change),
                Err(reason) => self.fault(place.pointer(), reason),
            }
        }
    }

    fn change(&mut self, place: &Place<'_>, change: &Change<'_>) {
        let Some(value) = change.value else {
            return self.fault(place.pointer(), "it has no value");
        };
        // Some of Meta's examples misplace `field`: then, as with one that nobody knows, the content of the value decides.
        let field = change.field.get();
        let known = field.is_none_or(|field| field == "messages");
        let other = field.is_some_and(Event::is_known);
        let read = !other && self.messages(place, value, known);
        if !read {
            self.events(place, field, value);
        }
    }

    /// Reads the value of `messages`. `false` if it is not such a value: it has none of the lists or, in a field that is not `known`
    /// to be one, no messages.
    fn messages(&mut self, place: &Place<'_>, raw: &RawValue, known: bool) -> bool {
        let Ok(value) = read_item::<MessagesValue<'_>>(raw) else {
            self.doubtful = true;
            return false;
        };
        if !(value.has_messages() || known && value.has_items()) {
            return false;
        }
        let origin = Origin {
            route: place.route(value.number()),
            pointer: format!("{}/value", place.pointer()),
            time: place.time,
            received_at: self.received_at,
        };
        self.doubtful |= value::read(&value, &origin, DIALECT, &mut self.webhook);
        true
    }

    /// Reads the value of any other field.
    fn events(&mut self, place: &Place<'_>, field: Option<&str>, raw: &RawValue) {
        let value = match read_item::<Value>(raw) {
            Ok(value) => value,
            Err(reason) => return self.fault(place.pointer(), reason),
        };
        let number = ["/metadata", "/recipient", "/standby/metadata"]
            .iter()
            .find_map(|at| value.pointer(at)?.get("phone_number_id")?.as_str())
            .map(str::to_owned);
        let route = place.route(number.as_deref());
        for event in Event::read(field, value, place.time) {
            self.push(route.clone(), Item::Event(event));
        }
    }

    fn push(&mut self, route: Route, item: Item) {
        self.webhook.items.push(Routed { route, item });
    }

    fn fault(&mut self, pointer: String, reason: impl Into<String>) {
        self.webhook.faults.push(Fault { pointer, reason: reason.into() });
    }
}
