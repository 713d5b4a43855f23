//! Statuses of messages we sent (§3.4, §3.5).

use serde_json::{Map, Value};
use warta_core::delivery::{Failure, Status};
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, Item, StatusUpdate};

use super::wire::Object;
use crate::qontak::errors;

/// The kind of the event for an unknown status.
const UNKNOWN: &str = "unknown_status";
/// Qontak's text for an absent value.
const NOTHING: &str = "n/a";

/// Reads the status of a message in a room. `None` if there is none. The status of a template comes with its broadcast.
pub(super) fn of_message(object: Object<'_>, at: Timestamp) -> Result<Option<Item>, &'static str> {
    if object.0.get("is_campaign").and_then(Value::as_bool) == Some(true) {
        return Ok(None);
    }
    let provider_id = object.owned("/id").ok_or("it has no id")?;
    let message = object.text("/local_id").and_then(|id| id.parse().ok());
    let failure = || Failure::new("failed", "Qontak reports a failure and gives no reason.");
    let detail = detail(object, &[("room_id", "/room_id"), ("whatsapp_message_id", "/external_id")]);
    Ok(match word(object) {
        Ok(Some(status)) => {
            let failure = (status == Status::Failed).then(failure);
            Some(Item::Status(StatusUpdate { provider_id, status, at, message, failure, detail }))
        }
        Ok(None) => None,
        Err(word) => Some(unknown(word, &provider_id, at)),
    })
}

/// Reads the status of a template, by its broadcast.
pub(super) fn of_broadcast(object: Object<'_>, received_at: Timestamp) -> Result<Option<Item>, &'static str> {
    let provider_id = object.owned("/messages_broadcast_id").ok_or("it has no messages_broadcast_id")?;
    let status = match word(object) {
        Ok(Some(status)) => status,
        Ok(None) => return Ok(None),
        Err(word) => return Ok(Some(unknown(word, &provider_id, received_at))),
    };
    // WhatsApp's own status is under the name of the status.
    let raw_status = object.object(&format!("/messages_response/{status}/statuses/0"));
    let seconds = raw_status.and_then(|raw_status| raw_status.text("/timestamp")?.parse().ok());
    let at = seconds.and_then(Timestamp::from_secs).unwrap_or(received_at);
    let mut detail = detail(
        object,
        &[("recipient_id", "/contact_phone_number"), ("whatsapp_message_id", "/whatsapp_message_id")],
    );
    for name in ["conversation", "pricing"] {
        if let (Some(value), Some(fields)) =
            (raw_status.and_then(|raw_status| raw_status.0.get(name)), detail.as_object_mut())
        {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    let failure = (status == Status::Failed).then(|| failure(object));
    Ok(Some(Item::Status(StatusUpdate { provider_id, status, at, message: None, failure, detail })))
}

/// The status, or `None`. The error is an unknown status word.
fn word(object: Object<'_>) -> Result<Option<Status>, &str> {
    Ok(Some(match object.text("/status") {
        Some("created" | "pending") => Status::Accepted,
        Some("sent") => Status::Sent,
        Some("delivered") => Status::Delivered,
        Some("read") => Status::Read,
        Some("failed") => Status::Failed,
        Some(word) => return Err(word),
        None => return Ok(None),
    }))
}

/// The event for an unknown status.
fn unknown(word: &str, provider_id: &str, at: Timestamp) -> Item {
    let detail = serde_json::json!({ "id": provider_id, "status": word });
    Item::Event(ChannelEvent { kind: UNKNOWN.to_owned(), at: Some(at), detail })
}

fn failure(object: Object<'_>) -> Failure {
    let error = object.object("/messages_response/errors/0");
    let code = error.and_then(|error| error.integer("/code"));
    let explanation =
        error.and_then(|error| error.first(&["/details", "/error_data/details", "/title", "/message"]));
    let text = object.text("/whatsapp_error_message").filter(|text| *text != NOTHING);
    errors::undelivered(code, text.or(explanation))
}

/// The other fields of a status.
fn detail(object: Object<'_>, fields: &[(&str, &str)]) -> Value {
    let there = |at: &str| object.owned(at).filter(|text| text != NOTHING);
    let pairs = fields.iter().filter_map(|(name, at)| Some(((*name).to_owned(), Value::String(there(at)?))));
    Value::Object(pairs.collect::<Map<_, _>>())
}
