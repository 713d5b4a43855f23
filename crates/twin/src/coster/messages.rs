//! Checks of sends: a reply is Meta's message in an envelope (§6.2), a template has another envelope (§6.4).

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Refusal;
use crate::{
    bsp::{Account, Bsp, Head, Keys, Message, Outbound, draft},
    chat::{Failure, digits_of, media_id},
    ids,
    meta::{content, seeded, template_send},
};

/// The only channel in the sources (§6.2).
const CHANNEL: &str = "whatsapp-cloud";
/// Longest accepted correlation id; no source names a limit.
const XID_CHARS: usize = 256;

/// Checks a reply.
pub(super) fn reply(bsp: &Bsp, owner: &Account, body: &[u8]) -> Result<Message, Refusal> {
    let body = object(body)?;
    let xid = text(&body, "xid")?.to_owned();
    let Keys::Coster { division_id, .. } = &owner.keys else { return Err(Refusal::token()) };
    for (key, wanted) in
        [("channel_id", CHANNEL), ("account_id", owner.id.as_str()), ("division_id", division_id.as_str())]
    {
        if text(&body, key)? != wanted {
            return Err(Refusal::parameter(format!("{key} does not match")));
        }
    }
    if body.get("message_type").is_some_and(|kind| kind != "outbound") {
        return Err(Refusal::parameter("message_type must be outbound"));
    }
    let data = body.get("data").filter(|data| data.is_object());
    let data = data.ok_or_else(|| Refusal::parameter("data is missing"))?;
    if data["messaging_product"] != "whatsapp" {
        return Err(Refusal::parameter("data.messaging_product must be whatsapp"));
    }
    let user = recipient(data, "data.to")?;
    text(data, "type").map_err(|_| Refusal::parameter("data.type is missing"))?;
    let content = content::check(data).map_err(refusal)?;
    if content.get("template").is_some() {
        return Err(Refusal::parameter("data.type template is not sent here"));
    }
    if media_id(&content).is_some() {
        // There is no upload, so no media id exists (§6.3).
        return Err(Refusal::parameter("Unknown media id"));
    }
    let closed = !bsp.window_is_open(&owner.id, &user);
    let failure = closed.then(|| Failure::of(131_047));
    Ok(Message { failure, ..valid(owner, (xid, user), content, body, "service".to_owned()) })
}

/// Checks a template.
pub(super) fn push(owner: &Account, body: &[u8]) -> Result<Message, Refusal> {
    let body = object(body)?;
    // The platform generates a missing one (§6.4).
    let xid = match body.get("xid") {
        None | Some(Value::Null) => ids::digits(10),
        Some(_) => text(&body, "xid")?.to_owned(),
    };
    let user = recipient(&body, "to")?;
    if text(&body, "type")? != "template" {
        return Err(Refusal::parameter("type must be template"));
    }
    let template = body.get("template").filter(|template| template.is_object());
    let mut template = template.cloned().ok_or_else(|| Refusal::parameter("template is missing"))?;
    let policy = template.get("language").and_then(|language| language.get("policy"));
    if policy.is_some_and(|policy| policy != "deterministic") {
        return Err(Refusal::parameter("template.language.policy must be deterministic"));
    }
    let components = template.get("components").and_then(Value::as_array).into_iter().flatten();
    for component in components {
        // Coster accepts only a number, Meta a string too (§6.4).
        if component["type"] == "button" && !component["index"].is_u64() {
            return Err(Refusal::parameter("template.components[].index must be a number"));
        }
    }
    if let Value::Object(template) = &mut template {
        template.remove("namespace");
        template.retain(|_, value| !value.is_null());
    }
    let content = json!({"type": "template", "template": template});
    let (content, category) = template_send::fill(&seeded(&owner.waba_id), content).map_err(refusal)?;
    Ok(valid(owner, (xid, user), content, body, category))
}

fn valid(
    owner: &Account,
    (xid, user): (String, String),
    mut content: Value,
    request: Value,
    category: String,
) -> Message {
    let wamid = ids::wamid(&user, ids::Direction::Outbound);
    let quoted = content.as_object_mut().and_then(|object| object.remove("context"));
    let head = Head { id: wamid.clone(), wamid, account: owner.id.clone(), ..Head::default() };
    let outbound = Outbound { key: Some(xid), request, category, ..Outbound::default() };
    Message {
        context_id: quoted.and_then(|quoted| quoted.get("message_id")?.as_str().map(str::to_owned)),
        ..draft(head, user, content, outbound)
    }
}

fn object(body: &[u8]) -> Result<Value, Refusal> {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    body.filter(Value::is_object).ok_or_else(|| Refusal::parameter("The body is not a JSON object"))
}

fn text<'v>(object: &'v Value, key: &str) -> Result<&'v str, Refusal> {
    let text = object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::parameter(format!("{key} is missing")))?;
    if text.chars().count() > XID_CHARS {
        return Err(Refusal::parameter(format!("{key} is too long")));
    }
    Ok(text)
}

fn recipient(object: &Value, path: &str) -> Result<String, Refusal> {
    let to = object.get("to").and_then(Value::as_str).unwrap_or_default();
    let plain = to.bytes().all(|sign| sign.is_ascii_digit());
    digits_of(to).filter(|_| plain).ok_or_else(|| Refusal::parameter(format!("Unknown Contact ({path})")))
}

/// A refusal by WhatsApp, in Coster's envelope.
fn refusal(error: crate::meta::GraphError) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, error.code, &error.message, error.details.unwrap_or_default())
}
