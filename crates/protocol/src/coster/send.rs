//! Requests that send messages: replies are Cloud API messages in an envelope (§6.2), templates go to another host (§6.4).

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};
use warta_core::delivery::Failure;
use warta_core::message::{OutboundContent, Template};
use warta_core::phone::Phone;
use warta_core::secret::Secret;

use super::{Interactive, Settings};
use crate::cloud_api::send;
use crate::fallback;
use crate::http::{Body, Request, path_segment};
use crate::outgoing::{Outgoing, UNSUPPORTED};

/// The header for the bot token (§6.2).
const BOT_TOKEN: HeaderName = HeaderName::from_static("x-access-token");

/// The request that sends a message. For a template, `token` is the push token.
///
/// # Errors
///
/// When a template is sent to a user without a phone number: Coster takes no other address for it.
pub fn message(settings: &Settings, token: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure> {
    if let OutboundContent::Template(content) = outgoing.content {
        return template(settings, token, outgoing, content);
    }
    let numbered = match settings.interactive {
        Interactive::Text => fallback::numbered(outgoing.content),
        Interactive::Native => None,
    };
    let content = numbered.as_ref().unwrap_or(outgoing.content);
    Ok(reply(settings, token, Outgoing { content, ..outgoing }))
}

/// The request that sends a message within 24 hours of the user's last one (§6.2). Only texts have been seen; that `data` takes
/// all kinds of the Cloud API is a guess.
fn reply(settings: &Settings, token: &Secret, outgoing: Outgoing<'_>) -> Request {
    let data = send::message(outgoing, |phone| json!(phone.digits()), None);
    let body = json!({
        "xid": outgoing.message,
        "channel_id": "whatsapp-cloud",
        "account_id": settings.account_id,
        "division_id": settings.division_id,
        "is_helpdesk": false,
        "message_type": "outbound",
        "data": data,
    });
    let mut request = Request::post_json(format!("{}/bot/webhook", settings.bot_base_url), token, &body);
    request.headers.remove(header::AUTHORIZATION);
    show(&mut request.headers, token);
    request
}

/// The request that sends a template (§6.4).
fn template(
    settings: &Settings,
    token: &Secret,
    outgoing: Outgoing<'_>,
    content: &Template,
) -> Result<Request, Failure> {
    let phone: &Phone = outgoing.to.phone().ok_or_else(|| {
        Failure::new(
            UNSUPPORTED,
            "Coster sends templates to phone numbers, and the number of this user is not known.",
        )
    })?;
    let components: Vec<Value> = content.components.iter().cloned().map(component).collect();
    let template = send::fields([
        ("name", Some(json!(content.name))),
        ("language", Some(json!({ "policy": "deterministic", "code": content.language }))),
        ("components", (!components.is_empty()).then(|| json!(components))),
    ]);
    let body =
        json!({ "xid": outgoing.message, "to": phone.digits(), "type": "template", "template": template });
    let account = path_segment(&settings.account_id);
    Ok(Request::post_json(format!("{}/v1/{account}/messages", settings.push_base_url), token, &body))
}

/// A component of a template. Meta takes the index of a button as text or number, Coster as a number (§6.4).
fn component(mut component: Value) -> Value {
    if let Some(index) = component.get_mut("index")
        && let Some(number) = index.as_str().and_then(|text| text.trim().parse::<u32>().ok())
    {
        *index = json!(number);
    }
    component
}

/// A request to download from the bot's host.
pub(super) fn get(url: String, bot_token: &Secret) -> Request {
    let mut headers = HeaderMap::with_capacity(1);
    show(&mut headers, bot_token);
    Request { method: Method::GET, url, headers, body: Body::Empty }
}

fn show(headers: &mut HeaderMap, bot_token: &Secret) {
    // A token with a line break is not a valid header. Without the header Coster refuses the call and says why.
    if let Ok(mut value) = HeaderValue::try_from(bot_token.expose()) {
        value.set_sensitive(true);
        headers.insert(BOT_TOKEN, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warta_core::identity::Identity;
    use warta_core::time::Timestamp;

    const MESSAGE: &str = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";

    fn settings(interactive: &str) -> Settings {
        let settings = json!({"account_id": "00112233445566778899aabbccddeeff",
            "division_id": "ffeeddccbbaa99887766554433221100", "interactive": interactive});
        Settings::read(&settings).unwrap()
    }

    fn asked(to: &Identity, content: Value, reply_to: Option<&str>, how: &str) -> Result<Request, Failure> {
        let content: OutboundContent = serde_json::from_value(content).unwrap();
        assert_eq!(content.faults(), []);
        let outgoing = Outgoing {
            message: MESSAGE.parse().unwrap(),
            to,
            name: None,
            content: &content,
            reply_to,
            room: None,
            file: None,
            now: Timestamp::from_millis(0),
        };
        message(&settings(how), &Secret::new("marker-token"), outgoing)
    }

    fn body(request: &Request) -> Value {
        assert_eq!(request.method, Method::POST);
        assert_eq!(request.headers["content-type"], "application/json");
        assert!(!format!("{request:?} {:?}", request.headers).contains("marker"), "{request:?}");
        let Body::Json(body) = &request.body else { panic!("not JSON: {request:?}") };
        serde_json::from_slice(body).unwrap()
    }

    /// The `data` of a reply, whose envelope is as it should be.
    fn data(request: &Request) -> Value {
        assert_eq!(request.url, "https://api.coster.id/bot/webhook");
        assert_eq!(request.headers["x-access-token"], "marker-token");
        assert!(request.headers.get("authorization").is_none());
        let mut body = body(request);
        let data = body["data"].take();
        assert_eq!(
            body,
            json!({"xid": MESSAGE, "channel_id": "whatsapp-cloud", "account_id": "00112233445566778899aabbccddeeff",
                "division_id": "ffeeddccbbaa99887766554433221100", "is_helpdesk": false,
                "message_type": "outbound", "data": null})
        );
        data
    }

    fn budi() -> Identity {
        Identity::Both("ID.7351902468113579".parse().unwrap(), "6281100000002".parse().unwrap())
    }

    #[test]
    fn a_reply_is_metas_message_in_costers_envelope() {
        let request =
            asked(&budi(), json!({"text": {"body": "Halo!"}}), Some("wamid.IN1"), "native").unwrap();
        assert_eq!(
            data(&request),
            json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281100000002",
                "type": "text", "text": {"body": "Halo!", "preview_url": false},
                "context": {"message_id": "wamid.IN1"}})
        );
    }

    #[test]
    fn files_and_reactions_go_out_as_meta_has_them() {
        for (content, kind, object) in [
            (
                json!({"document": {"link": "https://cdn.example/a.pdf", "filename": "a.pdf"}}),
                "document",
                json!({"link": "https://cdn.example/a.pdf", "filename": "a.pdf"}),
            ),
            (
                json!({"reaction": {"message_id": "wamid.IN0", "emoji": "👍"}}),
                "reaction",
                json!({"message_id": "wamid.IN1", "emoji": "👍"}),
            ),
        ] {
            let data = data(&asked(&budi(), content, Some("wamid.IN1"), "native").unwrap());
            assert_eq!((&data["type"], &data[kind]), (&json!(kind), &object));
            assert_eq!(data.get("context").is_some(), kind != "reaction");
        }
    }

    #[test]
    fn buttons_go_out_as_the_settings_say() {
        let buttons = json!({"buttons": {"body": "Pilih", "buttons": [{"id": "a", "title": "Cek status"}]}});
        let native = data(&asked(&budi(), buttons.clone(), None, "native").unwrap());
        assert_eq!(native["interactive"]["action"]["buttons"][0]["reply"]["id"], "a");
        let text = data(&asked(&budi(), buttons, None, "text").unwrap());
        assert_eq!((&text["type"], text.get("interactive")), (&json!("text"), None));
        assert_eq!(text["text"]["body"], "Pilih\n\n1. Cek status\n\n↩ 1–1");
    }

    #[test]
    fn a_template_goes_to_the_push_host_with_the_other_token() {
        let content = json!({"template": {"name": "order_update", "language": "id", "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Budi"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "inv/123"}]}]}});
        let request = asked(&budi(), content, Some("wamid.IN1"), "text").unwrap();
        assert_eq!(request.url, "https://m2m.coster.id/v1/00112233445566778899aabbccddeeff/messages");
        assert_eq!(request.headers["authorization"], "Bearer marker-token");
        assert!(request.headers.get("x-access-token").is_none());
        assert_eq!(
            body(&request),
            json!({"xid": MESSAGE, "to": "6281100000002", "type": "template", "template": {
                "name": "order_update", "language": {"policy": "deterministic", "code": "id"}, "components": [
                    {"type": "body", "parameters": [{"type": "text", "text": "Budi"}]},
                    {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "inv/123"}]}]}})
        );
    }

    #[test]
    fn a_user_without_a_phone_gets_replies_and_no_templates() {
        let rina = Identity::Bsuid("ID.735".parse().unwrap());
        let data = data(&asked(&rina, json!({"text": {"body": "Halo"}}), None, "native").unwrap());
        assert_eq!((data.get("to"), &data["recipient"]), (None, &json!("ID.735")));
        let refused = asked(&rina, json!({"template": {"name": "a", "language": "id"}}), None, "native");
        assert_eq!(refused.unwrap_err().code, UNSUPPORTED);
    }

    #[test]
    fn an_account_id_cannot_leave_its_place_in_the_path() {
        let settings = Settings::read(&json!({"account_id": "../x?y", "division_id": "d"})).unwrap();
        let content: OutboundContent =
            serde_json::from_value(json!({"template": {"name": "a", "language": "id"}})).unwrap();
        let outgoing = Outgoing {
            message: MESSAGE.parse().unwrap(),
            to: &budi(),
            name: None,
            content: &content,
            reply_to: None,
            room: None,
            file: None,
            now: Timestamp::from_millis(0),
        };
        let request = message(&settings, &Secret::new("t"), outgoing).unwrap();
        assert_eq!(request.url, "https://m2m.coster.id/v1/%2E%2E%2Fx%3Fy/messages");
    }
}
