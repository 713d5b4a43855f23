//! Requests that send messages and read receipts (§5).

use serde_json::json;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Settings, subscription};
use crate::cloud_api::send;
use crate::http::{Request, Response};
use crate::outgoing::Outgoing;
use crate::read_receipt::{ReadReceipt, ReadReceipts};

/// The request that sends a message (§5.1).
#[must_use]
pub fn message(settings: &Settings, token: &Secret, outgoing: Outgoing<'_>) -> Request {
    // Without `+` Meta may put the business's own country code in front.
    let body = send::message(outgoing, |phone| json!(phone), Some(outgoing.message));
    Request::post_json(messages(settings), token, &body)
}

/// The request that shows a user's message as read, and with `typing` for up to 25 seconds that an answer is being written (§5.5).
/// It marks all earlier messages of the user too.
#[must_use]
pub fn read_receipt(settings: &Settings, token: &Secret, provider_id: &str, typing: bool) -> Request {
    let body = send::fields([
        ("messaging_product", Some(json!("whatsapp"))),
        ("status", Some(json!("read"))),
        ("message_id", Some(json!(provider_id))),
        ("typing_indicator", typing.then(|| json!({ "type": "text" }))),
    ]);
    Request::post_json(messages(settings), token, &body)
}

fn messages(settings: &Settings) -> String {
    settings.url(&format!("{}/messages", settings.phone_number_id))
}

impl ReadReceipts for Settings {
    fn request(&self, key: &Secret, receipt: ReadReceipt<'_>, _now: Timestamp) -> Option<Request> {
        Some(read_receipt(self, key, receipt.provider_id, receipt.typing))
    }

    fn confirm(&self, response: Response<'_>) -> Result<(), Failure> {
        subscription::done(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use serde_json::Value;
    use warta_core::identity::Identity;
    use warta_core::message::OutboundContent;

    const MESSAGE: &str = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";

    fn settings() -> Settings {
        Settings::read(&json!({"phone_number_id": "700111222333444", "waba_id": "9"})).unwrap()
    }

    fn body(request: Request) -> Value {
        assert_eq!(request.method, ::http::Method::POST);
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/700111222333444/messages");
        assert_eq!(request.headers["authorization"], "Bearer EAAG-token");
        assert_eq!(request.headers["content-type"], "application/json");
        let Body::Json(body) = request.body else { panic!("not JSON: {:?}", request.body) };
        serde_json::from_slice(&body).unwrap()
    }

    fn sent(to: &Identity, content: Value, reply_to: Option<&str>) -> Value {
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
        body(message(&settings(), &Secret::new("EAAG-token"), outgoing))
    }

    fn rina() -> Identity {
        Identity::Both("US.7351902468113579".parse().unwrap(), "15550100123".parse().unwrap())
    }

    fn goes_out(content: Value, expected: Value) {
        let mut expected = expected;
        expected["messaging_product"] = json!("whatsapp");
        expected["recipient_type"] = json!("individual");
        expected["to"] = json!("+15550100123");
        expected["biz_opaque_callback_data"] = json!(MESSAGE);
        let shown = content.to_string();
        assert_eq!(sent(&rina(), content, None), expected, "{shown}");
    }

    #[test]
    fn interactive_kinds_go_out_as_meta_documents_them() {
        let frame =
            json!({"header": {"type": "text", "text": "H"}, "body": {"text": "B"}, "footer": {"text": "F"}});
        let interactive = |kind: &str, action: Value| {
            let mut object = frame.clone();
            object["type"] = json!(kind);
            object["action"] = action;
            json!({"type": "interactive", "interactive": object})
        };
        for (content, expected) in [
            (
                json!({"buttons": {"header": "H", "body": "B", "footer": "F", "buttons": [{"id": "yes", "title": "Yes"}]}}),
                interactive(
                    "button",
                    json!({"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}),
                ),
            ),
            (
                json!({"list": {"header": "H", "body": "B", "footer": "F", "button": "Choose", "sections": [{"title": "Today", "rows": [{"id": "r1", "title": "09:00", "description": "d"}, {"id": "r2", "title": "10:00"}]}]}}),
                interactive(
                    "list",
                    json!({"button": "Choose", "sections": [{"title": "Today", "rows": [{"id": "r1", "title": "09:00", "description": "d"}, {"id": "r2", "title": "10:00"}]}]}),
                ),
            ),
            (
                json!({"cta_url": {"header": "H", "body": "B", "footer": "F", "display_text": "Open", "url": "https://a.example"}}),
                interactive(
                    "cta_url",
                    json!({"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://a.example"}}),
                ),
            ),
            (
                json!({"location_request": {"body": "Where?"}}),
                json!({"type": "interactive", "interactive": {"type": "location_request_message", "body": {"text": "Where?"}, "action": {"name": "send_location"}}}),
            ),
        ] {
            goes_out(content, expected);
        }
    }

    #[test]
    fn plain_kinds_go_out_as_meta_documents_them() {
        let card = json!({"name": {"formatted_name": "Budi S."}, "phones": [{"phone": "+15550100200", "type": "WORK", "wa_id": "15550100200"}]});
        let component = json!({"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Rina"}]});
        for (content, expected) in [
            (
                json!({"text": {"body": "Halo"}}),
                json!({"type": "text", "text": {"body": "Halo", "preview_url": false}}),
            ),
            (
                json!({"text": {"body": "https://a.example", "preview_url": true}}),
                json!({"type": "text", "text": {"body": "https://a.example", "preview_url": true}}),
            ),
            (
                json!({"image": {"link": "https://cdn.example/a.png", "caption": "Menu"}}),
                json!({"type": "image", "image": {"link": "https://cdn.example/a.png", "caption": "Menu"}}),
            ),
            (json!({"image": {"media_id": "11"}}), json!({"type": "image", "image": {"id": "11"}})),
            (
                json!({"video": {"media_id": "11", "caption": "c"}}),
                json!({"type": "video", "video": {"id": "11", "caption": "c"}}),
            ),
            (
                json!({"audio": {"media_id": "11", "voice": true}}),
                json!({"type": "audio", "audio": {"id": "11", "voice": true}}),
            ),
            (
                json!({"document": {"media_id": "11", "filename": "a.pdf", "caption": "c"}}),
                json!({"type": "document", "document": {"id": "11", "filename": "a.pdf", "caption": "c"}}),
            ),
            (json!({"sticker": {"media_id": "11"}}), json!({"type": "sticker", "sticker": {"id": "11"}})),
            (
                json!({"location": {"latitude": -6.2001, "longitude": 106.8166, "name": "Shop", "address": "Jl. Contoh 1"}}),
                json!({"type": "location", "location": {"latitude": "-6.2001", "longitude": "106.8166", "name": "Shop", "address": "Jl. Contoh 1"}}),
            ),
            (json!({"contacts": [card]}), json!({"type": "contacts", "contacts": [card]})),
            (
                json!({"reaction": {"message_id": "wamid.IN1", "emoji": "👍"}}),
                json!({"type": "reaction", "reaction": {"message_id": "wamid.IN1", "emoji": "👍"}}),
            ),
            (
                json!({"reaction": {"message_id": "wamid.IN1"}}),
                json!({"type": "reaction", "reaction": {"message_id": "wamid.IN1", "emoji": ""}}),
            ),
            (
                json!({"template": {"name": "hello", "language": "id"}}),
                json!({"type": "template", "template": {"name": "hello", "language": {"code": "id"}}}),
            ),
            (
                json!({"template": {"name": "visit", "language": "en_US", "components": [component]}}),
                json!({"type": "template", "template": {"name": "visit", "language": {"code": "en_US"}, "components": [component]}}),
            ),
        ] {
            goes_out(content, expected);
        }
    }

    #[test]
    fn a_user_without_a_phone_is_reached_by_their_bsuid() {
        let body = sent(&Identity::Bsuid("US.735".parse().unwrap()), json!({"text": {"body": "Halo"}}), None);
        assert_eq!((body.get("to"), &body["recipient"]), (None, &json!("US.735")));
    }

    #[test]
    fn an_answer_quotes_what_it_answers() {
        let body = sent(&rina(), json!({"text": {"body": "Halo"}}), Some("wamid.IN1"));
        assert_eq!(body["context"], json!({"message_id": "wamid.IN1"}));
    }

    #[test]
    fn a_reaction_goes_on_the_message_it_answers_and_quotes_nothing() {
        let body =
            sent(&rina(), json!({"reaction": {"message_id": MESSAGE, "emoji": "👍"}}), Some("wamid.IN1"));
        assert_eq!((body.get("context"), &body["reaction"]["message_id"]), (None, &json!("wamid.IN1")));
    }

    #[test]
    fn a_receipt_marks_as_read_and_may_show_typing() {
        let token = Secret::new("EAAG-token");
        let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1"});
        assert_eq!(body(read_receipt(&settings(), &token, "wamid.IN1", false)), read);
        let typing = body(read_receipt(&settings(), &token, "wamid.IN1", true));
        assert_eq!(typing["typing_indicator"], json!({"type": "text"}));
    }
}
