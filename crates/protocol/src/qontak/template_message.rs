//! Requests that send a template to a number, by the template's id (§2.7). Parameters are converted from WhatsApp's format
//! (facts/meta-cloud.md §5.6) to Qontak's.

use ::http::Method;
use serde_json::{Map, Value, json};
use warta_core::delivery::Failure;
use warta_core::message::Template;
use warta_core::secret::Secret;

use super::{Settings, sign};
use crate::http::Request;
use crate::outgoing::{Outgoing, UNSUPPORTED};
use crate::settings::is_uuid;

/// The request that sends a template.
///
/// # Errors
///
/// For a user without a phone number, a template without its id, and parameters that Qontak does not support.
pub(super) fn message(
    settings: &Settings,
    key: &Secret,
    content: &Template,
    outgoing: Outgoing<'_>,
) -> Result<Request, Failure> {
    let to = outgoing.to.phone().ok_or_else(|| {
        Failure::new(
            "phone_required",
            "Qontak sends templates to phone numbers, and the number of this user is not known.",
        )
    })?;
    if !is_uuid(&content.name) {
        let detail = "Qontak sends a template by its id, a UUID, not by its name. Take the id from the list of templates.";
        return Err(Failure::new("template_not_found", detail));
    }
    let name = outgoing.name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(to.digits());
    let body = json!({
        "to_name": name,
        "to_number": to.digits(),
        "message_template_id": content.name.to_ascii_lowercase(),
        "channel_integration_id": settings.channel_integration_id,
        "language": { "code": content.language },
        "parameters": parameters(&content.components)?,
    });
    Ok(sign::json(settings, key, (Method::POST, "broadcasts/whatsapp/direct"), &body, outgoing.now))
}

/// WhatsApp's components as Qontak's parameters.
fn parameters(components: &[Value]) -> Result<Value, Failure> {
    let mut parameters = Map::new();
    let mut buttons = Vec::new();
    for component in components {
        let word =
            |name: &str| component.get(name).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let values: &[Value] =
            component.get("parameters").and_then(Value::as_array).map_or(&[], Vec::as_slice);
        match word("type").as_str() {
            _ if values.is_empty() => {}
            "header" => {
                parameters.insert("header".to_owned(), header(values)?);
            }
            "body" => {
                let body: Result<Vec<Value>, Failure> =
                    values.iter().enumerate().map(|(at, value)| body(at, value)).collect();
                parameters.insert("body".to_owned(), Value::Array(body?));
            }
            "button" => match word("sub_type").as_str() {
                "url" => buttons.push(button(component, values)?),
                // Qontak returns only the title of a tapped button.
                "quick_reply" => {}
                _ => {
                    return Err(unsupported(
                        "Qontak fills in only those buttons of a template that open a page.",
                    ));
                }
            },
            _ => {
                return Err(unsupported(
                    "Qontak fills in a template's header, body and buttons, nothing else.",
                ));
            }
        }
    }
    if !buttons.is_empty() {
        parameters.insert("buttons".to_owned(), Value::Array(buttons));
    }
    Ok(Value::Object(parameters))
}

/// A header's file, by its URL.
fn header(values: &[Value]) -> Result<Value, Failure> {
    let wrong =
        || unsupported("In a template's header Qontak takes a picture, video or document by its link.");
    let kind = values.first().and_then(|value| value.get("type")?.as_str()).ok_or_else(wrong)?;
    let format = match kind {
        "image" => "IMAGE",
        "video" => "VIDEO",
        "document" => "DOCUMENT",
        _ => return Err(wrong()),
    };
    let file = values.first().and_then(|value| value.get(kind)).ok_or_else(wrong)?;
    let link = file.get("link").and_then(Value::as_str).ok_or_else(wrong)?;
    let mut params = vec![json!({ "key": "url", "value": link })];
    let named = file.get("filename").and_then(Value::as_str);
    params.extend(named.map(|name| json!({ "key": "filename", "value": name })));
    Ok(json!({ "format": format, "params": params }))
}

/// A parameter of the body: Qontak takes the variable's position, a name, and the text.
fn body(at: usize, value: &Value) -> Result<Value, Failure> {
    let key = (at + 1).to_string();
    let text = text(value).ok_or_else(|| unsupported("In a template's body Qontak takes text only."))?;
    let name = value.get("parameter_name").and_then(Value::as_str).unwrap_or(&key);
    Ok(json!({ "key": key, "value": name, "value_text": text }))
}

fn button(component: &Value, values: &[Value]) -> Result<Value, Failure> {
    // WhatsApp writes the index as a text or a number.
    let index = match component.get("index") {
        Some(Value::String(index)) => index.clone(),
        Some(Value::Number(index)) => index.to_string(),
        _ => "0".to_owned(),
    };
    let value =
        values.first().and_then(text).ok_or_else(|| unsupported("A button's value must be a text."))?;
    Ok(json!({ "index": index, "type": "url", "value": value }))
}

/// A parameter as text. Currencies and dates have a fallback text.
fn text(value: &Value) -> Option<&str> {
    ["/text", "/currency/fallback_value", "/date_time/fallback_value"]
        .iter()
        .find_map(|at| value.pointer(at)?.as_str())
}

fn unsupported(detail: &str) -> Failure {
    Failure::new(UNSUPPORTED, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use warta_core::identity::Identity;
    use warta_core::message::OutboundContent;
    use warta_core::time::Timestamp;

    const TEMPLATE: &str = "7c1d0000-1111-4222-8333-aaaaaaaaaaaa";
    const INTEGRATION: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";

    fn send(template: &Value, to: &Identity, name: Option<&str>) -> Result<Value, Failure> {
        let settings = Settings::read(&json!({"channel_integration_id": INTEGRATION})).unwrap();
        let content: OutboundContent = serde_json::from_value(json!({ "template": template })).unwrap();
        let outgoing = Outgoing {
            message: "msg_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(),
            to,
            name,
            content: &content,
            reply_to: None,
            room: None,
            file: None,
            now: Timestamp::from_millis(0),
        };
        let request = crate::qontak::send::message(&settings, &Secret::new("t"), outgoing)?;
        assert_eq!(request.url, "https://service-chat.qontak.com/api/open/v1/broadcasts/whatsapp/direct");
        let Body::Json(body) = request.body else { panic!("no JSON") };
        Ok(serde_json::from_slice(&body).unwrap())
    }

    fn budi() -> Identity {
        Identity::Phone("6281100000002".parse().unwrap())
    }

    #[test]
    fn a_template_goes_out_as_the_schema_has_it() {
        let template = json!({"name": TEMPLATE, "language": "id", "components": [
            {"type": "header", "parameters": [{"type": "document", "document": {"link": "https://cdn.example/inv.pdf", "filename": "inv.pdf"}}]},
            {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Budi"},
                {"type": "currency", "currency": {"fallback_value": "Rp10.000", "code": "IDR", "amount_1000": 1}}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "inv/123"}]},
            {"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": [{"type": "payload", "payload": "p"}]}]});
        let expected = json!({"to_name": "Budi", "to_number": "6281100000002", "message_template_id": TEMPLATE,
            "channel_integration_id": INTEGRATION, "language": {"code": "id"},
            "parameters": {"header": {"format": "DOCUMENT", "params": [{"key": "url", "value": "https://cdn.example/inv.pdf"},
                {"key": "filename", "value": "inv.pdf"}]},
                "body": [{"key": "1", "value": "name", "value_text": "Budi"}, {"key": "2", "value": "2", "value_text": "Rp10.000"}],
                "buttons": [{"index": "0", "type": "url", "value": "inv/123"}]}});
        assert_eq!(send(&template, &budi(), Some("Budi")), Ok(expected));
    }

    #[test]
    fn a_template_without_values_has_none_and_a_user_without_a_name_has_their_number() {
        let body = send(&json!({"name": TEMPLATE, "language": "en"}), &budi(), Some(" ")).unwrap();
        assert_eq!((&body["parameters"], &body["to_name"]), (&json!({}), &json!("6281100000002")));
    }

    #[test]
    fn what_cannot_be_sent_says_why() {
        let with = |component: Value| json!({"name": TEMPLATE, "language": "id", "components": [component]});
        let user = Identity::Bsuid("US.735".parse().unwrap());
        let bare = json!({"name": TEMPLATE, "language": "id"});
        assert_eq!(send(&bare, &user, None).unwrap_err().code, "phone_required");
        let named = json!({"name": "order_update", "language": "id"});
        assert_eq!(send(&named, &budi(), None).unwrap_err().code, "template_not_found");
        for component in [
            json!({"type": "header", "parameters": [{"type": "text", "text": "x"}]}),
            json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "11"}}]}),
            json!({"type": "body", "parameters": [{"type": "image"}]}),
            json!({"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [{"type": "coupon_code", "coupon_code": "X"}]}),
            json!({"type": "carousel", "parameters": [1]}),
            json!({"type": "body", "parameters": [null]}),
        ] {
            let failure = send(&with(component.clone()), &budi(), None).unwrap_err();
            assert_eq!(failure.code, UNSUPPORTED, "{component}");
        }
    }
}
