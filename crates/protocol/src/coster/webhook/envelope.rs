//! The envelope of a webhook (§6.5 to §6.7, §7.2): the Cloud API's JSON in an envelope of Coster's, without one, or in the shape of
//! the On-Premises API. Any other object is read as an empty webhook, because Coster also sends calls without content.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use warta_core::ids::MessageId;
use warta_core::time::Timestamp;
use warta_core::webhook::Item;

use crate::cloud_api::webhook::event::Event;
use crate::cloud_api::webhook::value::{self, Dialect, MessagesValue, Origin};
use crate::cloud_api::webhook::wire::{Items, Loose, json_fault, read_item};
use crate::coster::errors;
use crate::mend::{self, Reading};
use crate::verify::Verified;
use crate::webhook::{Fault, Route, Routed, Unreadable, Webhook};

/// The envelope, of Coster or of Meta. Not read: `id`, `mid`, `client_id` and `channel_id`, whose meaning is not documented,
/// `object`, always `whatsapp_business_account`, and `outbound`, a copy of our message.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    xid: Loose<'a>,
    #[serde(borrow)]
    account: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    entry: Items<'a>,
}

/// Coster's account. Not read: `account`, the number, and `account_title`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Account<'a> {
    #[serde(borrow)]
    id: Loose<'a>,
}

/// An entry as in Meta's webhooks (§6.6). Not read: `id`, Meta's id of the account.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow)]
    time: Loose<'a>,
    #[serde(borrow)]
    changes: Items<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Change<'a> {
    #[serde(borrow)]
    field: Loose<'a>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// Reads a webhook. An item without a time of its own gets the time of its entry, else `received_at`.
///
/// # Errors
///
/// When the body is not a JSON object.
pub fn parse(verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
    mend::read_twice(verified.body(), |body| read(body, received_at))
}

fn read(body: &[u8], received_at: Timestamp) -> Result<Reading, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(json_fault(&error));
    let body: &RawValue = serde_json::from_slice(body).map_err(unreadable)?;
    if !body.get().starts_with('{') {
        return Err(Unreadable("it is not an object".to_owned()));
    }
    let outer: Envelope<'_> = serde_json::from_str(body.get()).map_err(unreadable)?;
    let inner = outer.data.and_then(|data| read_item::<Envelope<'_>>(data).ok()).unwrap_or_default();
    let account = outer.account.and_then(|raw| read_item::<Account<'_>>(raw).ok()).unwrap_or_default();
    let xid = outer.xid.get().or_else(|| inner.xid.get());
    let mut reader = Reader {
        received_at,
        route: account.id.owned().map_or(Route::Called, Route::Account),
        dialect: Dialect { id: xid, failure: errors::failure },
        webhook: Webhook::default(),
        doubtful: false,
    };
    // The order of §6.7. Nothing is read twice.
    match (&outer.entry, &inner.entry, outer.data) {
        (_, Items::List(entries), Some(_)) if !entries.is_empty() => reader.entries(entries, "/data"),
        (Items::List(entries), ..) => reader.entries(entries, ""),
        (_, _, data) => {
            // Coster also sends calls without content (§6.5).
            let mut found = reader.messages(body, "", None);
            if let (false, Some(data)) = (*found.as_ref().unwrap_or(&false), data) {
                found = found.and(reader.messages(data, "/data", None));
            }
            reader.doubtful |= found.is_err();
        }
    }
    let mut webhook = reader.webhook;
    name(&mut webhook, xid.and_then(|xid| xid.parse().ok()));
    Ok(Reading { doubtful: reader.doubtful || !webhook.faults.is_empty(), webhook })
}

struct Reader<'a> {
    received_at: Timestamp,
    route: Route,
    dialect: Dialect<'a>,
    webhook: Webhook,
    /// True if something is not as expected, without being a fault.
    doubtful: bool,
}

impl Reader<'_> {
    fn entries(&mut self, entries: &[&RawValue], above: &str) {
        for (index, raw) in entries.iter().enumerate() {
            let pointer = format!("{above}/entry/{index}");
            match read_item::<Entry<'_>>(raw) {
                Ok(entry) => self.entry(&entry, &pointer),
                Err(reason) => self.fault(pointer, reason),
            }
        }
    }

    fn entry(&mut self, entry: &Entry<'_>, pointer: &str) {
        let time = entry.time.instant();
        for (index, raw) in entry.changes.list().iter().enumerate() {
            let pointer = format!("{pointer}/changes/{index}");
            let change = match read_item::<Change<'_>>(raw) {
                Ok(change) => change,
                Err(reason) => {
                    self.fault(pointer, reason);
                    continue;
                }
            };
            let Some(value) = change.value else { continue };
            match change.field.get() {
                // As at Meta, a field that nobody knows does not hide the messages in it.
                Some(field) if field != "messages" && (Event::is_known(field) || !has_messages(value)) => {
                    self.events(field, value, time, pointer);
                }
                _ => {
                    let pointer = format!("{pointer}/value");
                    if let Err(reason) = self.messages(value, &pointer, time) {
                        self.fault(pointer, reason);
                    }
                }
            }
        }
    }

    /// Reads messages and statuses. `false` if there are none.
    fn messages(&mut self, raw: &RawValue, pointer: &str, time: Option<Timestamp>) -> Result<bool, String> {
        let value = read_item::<MessagesValue<'_>>(raw)?;
        let origin = Origin {
            route: self.route.clone(),
            pointer: pointer.to_owned(),
            time,
            received_at: self.received_at,
        };
        self.doubtful |= value::read(&value, &origin, self.dialect, &mut self.webhook);
        Ok(value.has_items())
    }

    /// Reads any other field. The envelope has every field, and most of them are empty (§6.6).
    fn events(&mut self, field: &str, raw: &RawValue, time: Option<Timestamp>, pointer: String) {
        let mut value = match read_item::<Value>(raw) {
            Ok(value) => value,
            Err(reason) => return self.fault(pointer, reason),
        };
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|_, value| !is_empty(value));
        }
        if is_empty(&value) {
            return;
        }
        let route = self.route.clone();
        let events = Event::read(Some(field), value, time).into_iter();
        self.webhook
            .items
            .extend(events.map(|event| Routed { route: route.clone(), item: Item::Event(event) }));
    }

    fn fault(&mut self, pointer: String, reason: String) {
        self.webhook.faults.push(Fault { pointer, reason });
    }
}

fn has_messages(value: &RawValue) -> bool {
    read_item::<MessagesValue<'_>>(value).is_ok_and(|value| value.has_messages())
}

/// True if a value is the default of a field that was never filled.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// Adds our id of the message to its statuses: `xid` holds it (§6.6). Statuses of several messages cannot all have it.
fn name(webhook: &mut Webhook, message: Option<MessageId>) {
    let mut updates: Vec<_> = webhook
        .items
        .iter_mut()
        .filter_map(|routed| if let Item::Status(update) = &mut routed.item { Some(update) } else { None })
        .collect();
    let one = updates.windows(2).all(|pair| match pair {
        [one, other] => one.provider_id == other.provider_id,
        _ => true,
    });
    if one {
        for update in &mut updates {
            update.message = update.message.or(message);
        }
    }
}
