//! The envelope of a webhook (§3): one object a call. Objects that are not for a channel are ignored in any format. A user's
//! message or a status without an id or a sender is a fault.

use serde_json::{Value, json};
use warta_core::time::Timestamp;
use warta_core::webhook::{ChannelEvent, Item};

use super::wire::Object;
use super::{message, status};
use crate::mend::{self, Reading};
use crate::verify::Verified;
use crate::webhook::{Fault, Route, Routed, Unreadable, Webhook};

/// The kind of the event for a closed room.
pub const ROOM_RESOLVED: &str = "room_resolved";

/// The kind of a webhook (§3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A message from a user.
    Inbound,
    /// A status of a message in a room.
    Status,
    /// A status of a template.
    Broadcast,
    /// A room was closed.
    Resolved,
    /// Anything else: messages of people, opened and assigned rooms, the handshake, new kinds.
    Nothing,
}

/// Reads a webhook. A message without a time gets `received_at`. So does a status, because its `created_at` is that of the
/// message.
///
/// # Errors
///
/// When the body is not JSON.
pub fn parse(verified: Verified<'_>, received_at: Timestamp) -> Result<Webhook, Unreadable> {
    mend::read_twice(verified.body(), |body| {
        let webhook = read(body, received_at)?;
        Ok(Reading { doubtful: !webhook.faults.is_empty(), webhook })
    })
}

fn read(body: &[u8], received_at: Timestamp) -> Result<Webhook, Unreadable> {
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        // Without the text of the body that serde may quote.
        Unreadable(format!("it is no JSON at line {}, column {}", error.line(), error.column()))
    })?;
    let object = Object(&body);
    let mut webhook = Webhook::default();
    let item = match kind(object) {
        Kind::Inbound => {
            message::read(object, received_at).map(|message| Some(Item::Message(Box::new(message))))
        }
        Kind::Status => status::of_message(object, received_at),
        Kind::Broadcast => status::of_broadcast(object, received_at),
        Kind::Resolved => Ok(Some(Item::Event(resolved(object)))),
        Kind::Nothing => return Ok(webhook),
    };
    match item {
        Ok(Some(item)) => webhook.items.push(Routed { route: route(object), item }),
        Ok(None) => webhook.ignored = 1,
        Err(reason) => webhook.faults.push(Fault { pointer: String::new(), reason: reason.to_owned() }),
    }
    Ok(webhook)
}

fn kind(object: Object<'_>) -> Kind {
    let who = object.text("/participant_type");
    let customer = who == Some("customer");
    let ours = matches!(who, Some("agent" | "bot" | "system"));
    if object.0.get("verify_info").is_some() {
        return Kind::Nothing;
    }
    match object.text("/data_event") {
        // Only a customer's message may reach an agent; otherwise the agent would talk to itself.
        Some("receive_message_from_customer") if customer => Kind::Inbound,
        Some("status_message") if ours => Kind::Status,
        Some("broadcast_log_status") => Kind::Broadcast,
        Some(_) => Kind::Nothing,
        None => match (object.text("/service_name"), object.text("/event_name")) {
            (Some("room"), Some("resolved")) => Kind::Resolved,
            // The format of 2021.
            (None, None) if customer && object.text("/status") == Some("created") => Kind::Inbound,
            (None, None) if ours => Kind::Status,
            _ => Kind::Nothing,
        },
    }
}

/// The channel of an item. All of an organization's numbers send their events to one URL (§3.1).
fn route(object: Object<'_>) -> Route {
    object
        .first(&["/room/channel_integration_id", "/channel_integration/id", "/channel_integration_id"])
        .map_or(Route::Called, |id| Route::Number(id.to_ascii_lowercase()))
}

/// A closed room. Messages to it are refused from now on.
fn resolved(object: Object<'_>) -> ChannelEvent {
    let at = object.first(&["/created_at", "/room/resolved_at"]).and_then(|at| at.parse().ok());
    let detail = json!({ "room_id": object.first(&["/room/id", "/room_id"]), "contact": object.text("/room/account_uniq_id") });
    ChannelEvent { kind: ROOM_RESOLVED.to_owned(), at, detail }
}
