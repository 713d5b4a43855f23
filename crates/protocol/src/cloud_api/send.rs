//! Writing messages (§5).

use serde_json::{Value, json};
use warta_core::identity::Identity;
use warta_core::ids::MessageId;
use warta_core::message::{Buttons, CtaUrl, List, Location, OutboundContent, OutboundMedia, Template};
use warta_core::phone::Phone;

use crate::outgoing::Outgoing;

/// A message (§5.1). `phone` writes the recipient's number. Statuses give `callback_data` back.
pub(crate) fn message(
    outgoing: Outgoing<'_>,
    phone: impl FnOnce(&Phone) -> Value,
    callback_data: Option<MessageId>,
) -> Value {
    let Outgoing { to, content, reply_to, .. } = outgoing;
    let (kind, object) = object(content, reply_to);
    // Given both, Meta takes the phone.
    let (number, bsuid) = match to {
        Identity::Phone(number) | Identity::Both(_, number) => (Some(number), None),
        Identity::Bsuid(bsuid) => (None, Some(bsuid)),
    };
    // A reaction names its message itself, and Meta ignores the context of a template.
    let quotes = !matches!(content, OutboundContent::Reaction(_) | OutboundContent::Template(_));
    fields([
        ("messaging_product", Some(json!("whatsapp"))),
        ("recipient_type", Some(json!("individual"))),
        ("to", number.map(phone)),
        ("recipient", bsuid.map(|bsuid| json!(bsuid))),
        ("type", Some(json!(kind))),
        (kind, Some(object)),
        ("context", reply_to.filter(|_| quotes).map(|id| json!({ "message_id": id }))),
        ("biz_opaque_callback_data", callback_data.map(|id| json!(id))),
    ])
}

/// The type of a message and the object named after it (§5.3, §5.4, §5.6).
fn object(content: &OutboundContent, reply_to: Option<&str>) -> (&'static str, Value) {
    match content {
        OutboundContent::Text(text) => {
            ("text", json!({ "body": text.body, "preview_url": text.preview_url }))
        }
        OutboundContent::Image(file) => ("image", media(file)),
        OutboundContent::Video(file) => ("video", media(file)),
        OutboundContent::Audio(file) => ("audio", media(file)),
        OutboundContent::Document(file) => ("document", media(file)),
        OutboundContent::Sticker(file) => ("sticker", media(file)),
        OutboundContent::Location(place) => ("location", location(place)),
        // A contact card has the same format on both sides.
        OutboundContent::Contacts(contacts) => ("contacts", json!(contacts)),
        OutboundContent::Buttons(content) => ("interactive", buttons(content)),
        OutboundContent::List(content) => ("interactive", list(content)),
        OutboundContent::CtaUrl(content) => ("interactive", cta_url(content)),
        OutboundContent::LocationRequest(request) => {
            let action = json!({ "name": "send_location" });
            (
                "interactive",
                interactive("location_request_message", [None, Some(&request.body), None], action),
            )
        }
        OutboundContent::Reaction(reaction) => {
            let message_id = reply_to.unwrap_or(&reaction.message_id);
            (
                "reaction",
                json!({ "message_id": message_id, "emoji": reaction.emoji.as_deref().unwrap_or_default() }),
            )
        }
        OutboundContent::Template(content) => ("template", template(content)),
    }
}

/// An object of the fields that are not `None`.
pub(crate) fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn media(file: &OutboundMedia) -> Value {
    fields([
        ("id", file.media_id.as_ref().map(|id| json!(id))),
        ("link", file.link.as_ref().map(|link| json!(link))),
        ("caption", file.caption.as_ref().map(|caption| json!(caption))),
        ("filename", file.filename.as_ref().map(|name| json!(name))),
        ("voice", file.voice.then_some(Value::Bool(true))),
    ])
}

/// Coordinates are sent as text and received as numbers.
fn location(place: &Location) -> Value {
    fields([
        ("latitude", Some(json!(place.latitude.to_string()))),
        ("longitude", Some(json!(place.longitude.to_string()))),
        ("name", place.name.as_ref().map(|name| json!(name))),
        ("address", place.address.as_ref().map(|address| json!(address))),
    ])
}

/// An interactive message: header, body and footer around an action.
fn interactive(kind: &str, [header, body, footer]: [Option<&String>; 3], action: Value) -> Value {
    fields([
        ("type", Some(json!(kind))),
        ("header", header.map(|text| json!({ "type": "text", "text": text }))),
        ("body", body.map(|text| json!({ "text": text }))),
        ("footer", footer.map(|text| json!({ "text": text }))),
        ("action", Some(action)),
    ])
}

fn buttons(content: &Buttons) -> Value {
    let buttons: Vec<Value> = content
        .buttons
        .iter()
        .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
        .collect();
    let frame = [content.header.as_ref(), Some(&content.body), content.footer.as_ref()];
    interactive("button", frame, json!({ "buttons": buttons }))
}

fn list(content: &List) -> Value {
    let frame = [content.header.as_ref(), Some(&content.body), content.footer.as_ref()];
    // Sections and rows have the same format on both sides.
    interactive("list", frame, json!({ "button": content.button, "sections": content.sections }))
}

fn cta_url(content: &CtaUrl) -> Value {
    let frame = [content.header.as_ref(), Some(&content.body), content.footer.as_ref()];
    let parameters = json!({ "display_text": content.display_text, "url": content.url });
    interactive("cta_url", frame, json!({ "name": "cta_url", "parameters": parameters }))
}

fn template(content: &Template) -> Value {
    fields([
        ("name", Some(json!(content.name))),
        ("language", Some(json!({ "code": content.language }))),
        ("components", (!content.components.is_empty()).then(|| json!(content.components))),
    ])
}
