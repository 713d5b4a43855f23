//! Statuses of messages we sent (§3).

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use warta_core::delivery::{Failure, Status};
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, StatusUpdate};

use super::event::Event;
use super::wire::{Fault, Items, Loose, as_object};

/// How the providers that pass on the Cloud API's statuses differ.
#[derive(Clone, Copy)]
pub(crate) struct Dialect<'a> {
    /// The id of a status that names none.
    pub(crate) id: Option<&'a str>,
    /// The failure for an error code and its explanation.
    pub(crate) failure: fn(Option<i64>, Option<&str>) -> Failure,
}

/// One of `statuses[]`, by its status word.
pub(super) enum StatusItem {
    /// A known status.
    Update(StatusUpdate),
    /// An unknown status, stored as an event.
    Unknown(ChannelEvent),
    /// A word that Meta no longer uses and that says nothing about delivery.
    Ignored,
}

/// A status (§3.1).
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(borrow, default)]
    status: Loose<'a>,
    #[serde(borrow, default)]
    timestamp: Loose<'a>,
    #[serde(borrow, default)]
    recipient_id: Loose<'a>,
    #[serde(borrow, default)]
    recipient_user_id: Loose<'a>,
    #[serde(borrow, default)]
    recipient_type: Loose<'a>,
    #[serde(borrow, default)]
    recipient_participant_id: Loose<'a>,
    #[serde(borrow, default)]
    recipient_participant_user_id: Loose<'a>,
    #[serde(borrow, default)]
    biz_opaque_callback_data: Loose<'a>,
    #[serde(borrow)]
    conversation: Option<&'a RawValue>,
    #[serde(borrow)]
    pricing: Option<&'a RawValue>,
    #[serde(borrow, default)]
    errors: Items<'a>,
}

/// Reads one status. `fallback` is the time of a status that has none.
pub(super) fn read(raw: &RawValue, fallback: Timestamp, dialect: Dialect<'_>) -> Result<StatusItem, String> {
    let wire: Wire<'_> = serde_json::from_str(raw.get()).map_err(|_| "it is not an object as expected")?;
    let at = wire.timestamp.instant();
    let status = match wire.status.get().ok_or("it has no status")? {
        "sent" => Status::Sent,
        "delivered" => Status::Delivered,
        "read" => Status::Read,
        "played" => Status::Played,
        "failed" => Status::Failed,
        "deleted" | "warning" => return Ok(StatusItem::Ignored),
        _ => {
            let kind = Event::UnknownStatus.as_str().to_owned();
            return Ok(StatusItem::Unknown(ChannelEvent { kind, at, detail: as_object(raw) }));
        }
    };
    Ok(StatusItem::Update(StatusUpdate {
        provider_id: wire.id.get().or(dialect.id).ok_or("it has no id")?.to_owned(),
        status,
        at: at.unwrap_or(fallback),
        message: wire.biz_opaque_callback_data.number(),
        failure: (status == Status::Failed).then(|| failure(&wire.errors.read::<Fault<'_>>(), dialect)),
        detail: detail(&wire),
    }))
}

fn failure(errors: &[Fault<'_>], dialect: Dialect<'_>) -> Failure {
    let Some(error) = errors.first() else {
        return Failure::new("failed", "Meta reports a failure and gives no reason.");
    };
    (dialect.failure)(error.code.number(), error.detail())
}

/// The other fields of a status: recipient, conversation and price.
fn detail(wire: &Wire<'_>) -> Value {
    let mut detail = Map::new();
    let texts = [
        ("recipient_id", &wire.recipient_id),
        ("recipient_user_id", &wire.recipient_user_id),
        ("recipient_type", &wire.recipient_type),
        ("recipient_participant_id", &wire.recipient_participant_id),
        ("recipient_participant_user_id", &wire.recipient_participant_user_id),
    ];
    for (name, text) in texts {
        if let Some(text) = text.owned() {
            detail.insert(name.to_owned(), Value::String(text));
        }
    }
    for (name, value) in [("conversation", wire.conversation), ("pricing", wire.pricing)] {
        if let Some(value) = value.and_then(|raw| serde_json::from_str(raw.get()).ok()) {
            detail.insert(name.to_owned(), value);
        }
    }
    if !wire.errors.list().is_empty() {
        detail.insert("errors".to_owned(), wire.errors.list().iter().map(|raw| as_object(raw)).collect());
    }
    Value::Object(detail)
}
