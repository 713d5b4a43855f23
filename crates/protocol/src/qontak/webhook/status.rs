//! News about what we sent (§3.4, §3.5).

use serde_json::{Map, Value};
use warta_core::delivery::{Failure, Status};
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, Item, StatusUpdate};

use super::wire::Object;
use crate::qontak::errors;

/// What a status that no source names is called among a channel's events.
const UNKNOWN: &str = "unknown_status";
/// What Qontak writes where it has nothing to say.
const NOTHING: &str = "n/a";

/// Reads the status of a message in a room; `None` where it says nothing. A template's is told better by its broadcast.
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

/// Reads the status of a template, which is named by its broadcast.
pub(super) fn of_broadcast(object: Object<'_>, received_at: Timestamp) -> Result<Option<Item>, &'static str> {
    let provider_id = object.owned("/messages_broadcast_id").ok_or("it has no messages_broadcast_id")?;
    let status = match word(object) {
        Ok(Some(status)) => status,
        Ok(None) => return Ok(None),
        Err(word) => return Ok(Some(unknown(word, &provider_id, received_at))),
    };
    // What WhatsApp told stands under the name of its status.
    let told = object.object(&format!("/messages_response/{status}/statuses/0"));
    let seconds = told.and_then(|told| told.text("/timestamp")?.parse().ok());
    let at = seconds.and_then(Timestamp::from_secs).unwrap_or(received_at);
    let mut detail = detail(
        object,
        &[("recipient_id", "/contact_phone_number"), ("whatsapp_message_id", "/whatsapp_message_id")],
    );
    for name in ["conversation", "pricing"] {
        if let (Some(value), Some(fields)) = (told.and_then(|told| told.0.get(name)), detail.as_object_mut())
        {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    let failure = (status == Status::Failed).then(|| failure(object));
    Ok(Some(Item::Status(StatusUpdate { provider_id, status, at, message: None, failure, detail })))
}

/// The status; `None` where there is none, and the word itself where it is not known.
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

/// A word we do not know: kept, never guessed at.
fn unknown(word: &str, provider_id: &str, at: Timestamp) -> Item {
    let detail = serde_json::json!({ "id": provider_id, "status": word });
    Item::Event(ChannelEvent { kind: UNKNOWN.to_owned(), at: Some(at), detail })
}

fn failure(object: Object<'_>) -> Failure {
    let error = object.object("/messages_response/errors/0");
    let code = error.and_then(|error| error.integer("/code"));
    let said =
        error.and_then(|error| error.first(&["/details", "/error_data/details", "/title", "/message"]));
    let text = object.text("/whatsapp_error_message").filter(|text| *text != NOTHING);
    errors::undelivered(code, text.or(said))
}

/// What the status says beyond its step.
fn detail(object: Object<'_>, fields: &[(&str, &str)]) -> Value {
    let there = |at: &str| object.owned(at).filter(|text| text != NOTHING);
    let pairs = fields.iter().filter_map(|(name, at)| Some(((*name).to_owned(), Value::String(there(at)?))));
    Value::Object(pairs.collect::<Map<_, _>>())
}
