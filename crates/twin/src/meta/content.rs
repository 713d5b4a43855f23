//! Checks of message content: shape and length of every type except interactive messages and templates
//! (facts §5.1, §5.3).

use http::header;
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    error::GraphError,
    fields::{file, flag, location, text},
    interactive,
    model::{Account, Meta, media},
};
use crate::{chat::Ticks, engine::egress, json::put};

const TEXT_CHARS: usize = 4_096;
const CONTACTS: usize = 257;
/// Types that carry a file.
const MEDIA: [&str; 5] = ["audio", "document", "image", "sticker", "video"];
/// The oldest message that can be reacted to (§5.3).
const REACTION_MS: i64 = 30 * 86_400_000;

/// Checks type, shape and lengths; gives the message object.
pub(crate) fn check(body: &Value) -> Result<Value, GraphError> {
    let kind = match body.get("type") {
        None => "text",
        Some(Value::String(kind)) => kind,
        Some(_) => return Err(GraphError::parameter("Param type must be a string")),
    };
    if !MEDIA.contains(&kind)
        && !["text", "location", "contacts", "reaction", "interactive", "template"].contains(&kind)
    {
        return Err(GraphError::parameter(format!(
            "Param type must be one of {{AUDIO, CONTACTS, DOCUMENT, IMAGE, \
             INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO}} - got \"{kind}\"."
        )));
    }
    let object = body.get(kind).ok_or_else(|| GraphError::required(kind))?;
    if kind != "contacts" && !object.is_object() {
        return Err(GraphError::parameter(format!("Param {kind} must be a JSON object.")));
    }
    match kind {
        "text" => {
            text(object, "text['body']", "body", TEXT_CHARS)?;
            flag(object, "preview_url")?;
        }
        "location" => location(object)?,
        "contacts" => contacts(object)?,
        "reaction" => {
            text(object, "reaction['message_id']", "message_id", 512)?;
            object["emoji"].as_str().ok_or_else(|| GraphError::missing("reaction['emoji'] is required"))?;
        }
        "interactive" => interactive::check(object)?,
        "template" => {}
        _ => file(object, kind)?,
    }
    let mut content = json!({"type": kind, kind: object});
    if let Some(context) = body.get("context") {
        context["message_id"].as_str().ok_or_else(|| GraphError::required("context[message_id]"))?;
        put(&mut content, "context", context.clone());
    }
    Ok(content)
}

fn contacts(object: &Value) -> Result<(), GraphError> {
    let list = object.as_array().ok_or_else(|| GraphError::parameter("Param contacts must be an array."))?;
    if list.is_empty() || list.len() > CONTACTS {
        return Err(GraphError::value(format!("contacts: from 1 to {CONTACTS} are allowed")));
    }
    for contact in list {
        let name = contact.get("name").ok_or_else(|| GraphError::missing("contacts['name'] is required"))?;
        text(name, "contacts['name']['formatted_name']", "formatted_name", 512)?;
        for key in ["phones", "emails", "addresses", "urls"] {
            if contact.get(key).is_some_and(|list| !list.is_array()) {
                return Err(GraphError::parameter(format!("Param contacts['{key}'] must be an array.")));
            }
        }
    }
    Ok(())
}

/// Every file object in a message, with its kind: its own, and those of interactive and template headers.
fn files(content: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![content];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    match MEDIA.iter().find(|kind| *kind == key) {
                        Some(kind) if inner.is_object() => found.push((*kind, inner)),
                        _ => open.push(inner),
                    }
                }
            }
            Value::Array(list) => open.extend(list),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Refuses a media id that does not exist or belongs to another number.
pub(crate) fn check_media(meta: &Meta, account: &Account, content: &Value) -> Result<(), GraphError> {
    for (kind, file) in files(content) {
        let Some(id) = file["id"].as_str() else { continue };
        let owner = meta.media(id).map(|media| media.phone_number_id);
        let usable = owner.is_some_and(|owner| owner.is_none_or(|owner| owner == account.phone_number_id));
        if !usable {
            return Err(GraphError::value(format!("{kind}['id'] is not a media id of this number")));
        }
    }
    Ok(())
}

/// The code of the `failed` status that the content leads to: a file of a wrong kind or size (131053), or a
/// reaction to a message that allows none (131009).
pub(crate) async fn failure_code(meta: &Meta, account: &Account, content: &Value) -> Option<u32> {
    if content["type"] == "reaction" {
        let wamid = content.get("reaction")?.get("message_id")?.as_str()?;
        let state = meta.state();
        let target = state.messages.get(wamid).filter(|message| {
            message.head.phone_number_id == account.phone_number_id
                && message.kind() != "reaction"
                && message.ticks != Ticks::Failed
                && meta.now_ms() - message.at_ms < REACTION_MS
        });
        return target.is_none().then_some(131_009);
    }
    for (kind, file) in files(content) {
        let stored =
            file["id"].as_str().and_then(|id| meta.media(id)).map(|file| (file.mime_type, file.bytes));
        let facts = match file["link"].as_str() {
            Some(link) => linked(meta, link).await,
            None => Some(stored),
        };
        // Public links are assumed to work: a twin does not call foreign hosts.
        let Some(facts) = facts else { continue };
        if !facts.is_some_and(|(mime, bytes)| media::fits(kind, &mime, bytes)) {
            return Some(131_053);
        }
    }
    None
}

/// Type and size of the file behind a link on this machine: outer none for a public link, inner none when
/// the file cannot be fetched.
async fn linked(meta: &Meta, link: &str) -> Option<Option<(String, u64)>> {
    let url = Url::parse(link).ok().filter(egress::is_loopback_http)?;
    let fetch = async {
        let answer = meta.egress.client().ok()?.get(url).send().await.ok()?;
        let answer = answer.error_for_status().ok()?;
        let mime = answer.headers().get(header::CONTENT_TYPE)?.to_str().ok()?.to_owned();
        let bytes = answer.bytes().await.ok()?.len();
        Some((mime, u64::try_from(bytes).unwrap_or(u64::MAX)))
    };
    Some(fetch.await)
}
