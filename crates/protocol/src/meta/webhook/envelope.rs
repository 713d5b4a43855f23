//! The outer layers of a webhook: entries, changes and values, each with its items.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use warta_core::time::Timestamp;
use warta_core::webhook::Item;

use crate::cloud_api::errors;
use crate::cloud_api::webhook::event::Event;
use crate::cloud_api::webhook::value::{self, Dialect, MessagesValue, Origin};
use crate::cloud_api::webhook::wire::{Items, Loose, item, place};
use crate::verify::Verified;
use crate::webhook::{Fault, Route, Routed, Unreadable, Webhook};

/// Meta's own words.
const DIALECT: Dialect<'_> =
    Dialect { id: None, failure: |code, detail| errors::failure(code, None, detail) };

/// The body (§1.8), its entries as a list of `E` or of whatever is there. Not read: `object`, always
/// `whatsapp_business_account`, and misplaced in some of Meta's examples.
#[derive(Deserialize)]
struct Body<E> {
    entry: E,
}

/// What one account has to say (§1.8), its changes as a list of `C` or of whatever is there.
#[derive(Deserialize)]
struct Entry<'a, C> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(borrow, default)]
    time: Loose<'a>,
    changes: C,
}

/// One thing it says. The two keys come in either order (§1.8).
#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow, default)]
    field: Loose<'a>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// Reads a webhook. An item without a time of its own gets that of its entry, else `received_at`.
///
/// # Errors
///
/// When the body is not JSON or not a webhook.
pub fn parse(verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
    let mut reader = Reader { received_at, webhook: Webhook::default() };
    // The outer layers are as they should be: one pass over the body finds all values.
    if let Ok(body) = serde_json::from_slice::<Body<Vec<Entry<'_, Vec<Change<'_>>>>>>(verified.body()) {
        for (entry, told) in body.entry.iter().enumerate() {
            for (change, told_change) in told.changes.iter().enumerate() {
                reader.change(&Place::new(told, entry, change), told_change);
            }
        }
        return Ok(reader.webhook);
    }
    // They are not: each layer is opened for itself, so that what is broken stands alone.
    let body: Body<Items<'_>> =
        serde_json::from_slice(verified.body()).map_err(|error| Unreadable(place(&error)))?;
    let Items::List(entries) = body.entry else {
        return Err(Unreadable("its entry is not a list".to_owned()));
    };
    for (entry, raw) in entries.iter().enumerate() {
        reader.entry(entry, raw);
    }
    Ok(reader.webhook)
}

/// Where a change stands, and whom it is from.
struct Place<'a> {
    entry: usize,
    change: usize,
    account: Option<&'a str>,
    time: Option<Timestamp>,
}

impl<'a> Place<'a> {
    fn new<C>(told: &'a Entry<'_, C>, entry: usize, change: usize) -> Self {
        Self { entry, change, account: told.id.get(), time: told.time.instant() }
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
}

impl Reader {
    fn entry(&mut self, index: usize, raw: &RawValue) {
        let entry: Entry<'_, Items<'_>> = match item(raw) {
            Ok(entry) => entry,
            Err(reason) => return self.fault(format!("/entry/{index}"), reason),
        };
        let Items::List(changes) = &entry.changes else {
            return self.fault(format!("/entry/{index}"), "its changes are not a list");
        };
        for (change, raw) in changes.iter().enumerate() {
            let place = Place::new(&entry, index, change);
            match item(raw) {
                Ok(change) => self.change(&place, &change),
                Err(reason) => self.fault(place.pointer(), reason),
            }
        }
    }

    fn change(&mut self, place: &Place<'_>, change: &Change<'_>) {
        let Some(value) = change.value else {
            return self.fault(place.pointer(), "it has no value");
        };
        // Some examples of Meta's put `field` in the wrong place: then what is in the value decides.
        match change.field.get() {
            Some("messages") | None if self.messages(place, value) => {}
            field => self.events(place, field, value),
        }
    }

    /// Reads the value of `messages`; `false` when it is not such a value.
    fn messages(&mut self, place: &Place<'_>, raw: &RawValue) -> bool {
        let Ok(value) = item::<MessagesValue<'_>>(raw) else { return false };
        if !value.has_items() {
            return false;
        }
        let origin = Origin {
            route: place.route(value.number()),
            pointer: format!("{}/value", place.pointer()),
            time: place.time,
            received_at: self.received_at,
        };
        value::read(&value, &origin, DIALECT, &mut self.webhook);
        true
    }

    /// Reads the value of any other field.
    fn events(&mut self, place: &Place<'_>, field: Option<&str>, raw: &RawValue) {
        let value = match item::<Value>(raw) {
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
