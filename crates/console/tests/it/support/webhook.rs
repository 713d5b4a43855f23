//! Webhooks as Meta writes and signs them, made without our own protocol code.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use warta_core::ids::MessageId;

/// The app secret of every channel of the tests.
pub(crate) const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
/// The business account of every channel of the tests.
pub(crate) const WABA: &str = "102290129340398";

/// What Meta puts into `X-Hub-Signature-256`.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let mut header = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        write!(header, "{byte:02x}").unwrap();
    }
    header
}

/// A user's text, written at `seconds`.
pub(crate) fn text(from: &str, id: &str, body: &str, seconds: i64) -> Value {
    json!({"from": from, "id": id, "timestamp": seconds.to_string(), "type": "text", "text": {"body": body}})
}

/// A webhook with messages to the number `to`.
pub(crate) fn messages(to: &str, messages: &[Value]) -> Value {
    let contacts: Vec<Value> = messages
        .iter()
        .map(|message| json!({"profile": {"name": "Budi"}, "wa_id": message["from"]}))
        .collect();
    envelope(&[change(to, ("contacts", json!(contacts)), ("messages", json!(messages)))])
}

/// A webhook that says how far messages of `number` have come.
pub(crate) fn statuses(number: &str, statuses: &[Value]) -> Value {
    envelope(&[change(number, ("contacts", json!([])), ("statuses", json!(statuses)))])
}

/// How far one message has come.
pub(crate) fn status(
    provider_id: &str,
    word: &str,
    to: &str,
    message: Option<MessageId>,
    seconds: i64,
) -> Value {
    let mut status =
        json!({"id": provider_id, "status": word, "timestamp": seconds.to_string(), "recipient_id": to});
    if let Some(message) = message {
        status["biz_opaque_callback_data"] = json!(message.to_string());
    }
    status
}

pub(crate) fn change(number: &str, contacts: (&str, Value), items: (&str, Value)) -> Value {
    let metadata = json!({"display_phone_number": "6281100000001", "phone_number_id": number});
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata});
    value[contacts.0] = contacts.1;
    value[items.0] = items.1;
    json!({"field": "messages", "value": value})
}

pub(crate) fn envelope(changes: &[Value]) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": changes}]})
}
