//! Requests that send messages into the room of a conversation (§2.6). A number without a room gets a template, see
//! `template_message`.

use ::http::Method;
use serde_json::{Map, Value, json};
use warta_core::delivery::Failure;
use warta_core::message::{Buttons, List, OutboundContent, OutboundMedia};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::capabilities::instead;
use super::errors::{self, Operation};
use super::{Settings, sign, template_message};
use crate::fallback;
use crate::http::{Body, File, Form, Request, Response, path_segment};
use crate::outgoing::{Outgoing, ROOM_UNKNOWN, UNSUPPORTED};
use crate::read_receipt::{ReadReceipt, ReadReceipts};

/// The path for messages.
const BOT: &str = "messages/whatsapp/bot";
/// The path for buttons and lists.
const INTERACTIVE: &str = "messages/whatsapp/interactive_message/bot";
/// The longest body of an interactive message, in characters. It is shorter than WhatsApp's own limit for lists.
const LONGEST_BODY: usize = 1_024;

/// The kind of request that sends this content. Its answer is read by it.
#[must_use]
pub fn operation(content: &OutboundContent) -> Operation {
    let body = if let OutboundContent::Buttons(buttons) = content {
        &buttons.body
    } else if let OutboundContent::List(list) = content {
        &list.body
    } else if matches!(content, OutboundContent::Template(_)) {
        return Operation::Template;
    } else {
        return Operation::Message;
    };
    // A body that is too long for buttons or a list is sent as numbered text.
    if body.chars().count() <= LONGEST_BODY { Operation::Interactive } else { Operation::Message }
}

/// The URL of the file whose bytes [`message`] needs: Qontak does not download links.
#[must_use]
pub fn wants_file(content: &OutboundContent) -> Option<&str> {
    file(content).and_then(|(_, file)| file.link.as_deref())
}

/// The request that sends a message. Our id is sent as `local_id`, which statuses return. That this endpoint takes it is
/// \[inferred\] from a similar one.
///
/// # Errors
///
/// For a conversation without a room, a kind that Qontak does not support, and a template without its id.
pub fn message(settings: &Settings, key: &Secret, outgoing: Outgoing<'_>) -> Result<Request, Failure> {
    if let OutboundContent::Template(content) = outgoing.content {
        return template_message::message(settings, key, content, outgoing);
    }
    let room = outgoing.room.filter(|room| !room.is_empty()).ok_or_else(no_room)?;
    let send = |path, body| Ok(sign::json(settings, key, (Method::POST, path), &body, outgoing.now));
    let local_id = outgoing.message;
    let plain = |text: &str| json!({ "room_id": room, "type": "text", "text": text, "local_id": local_id });
    let choices = |kind: &str, interactive: Value| json!({ "room_id": room, "type": kind, "interactive": interactive, "local_id": local_id });
    match (outgoing.content, operation(outgoing.content)) {
        (OutboundContent::Text(text), _) => send(BOT, plain(&text.body)),
        (OutboundContent::Buttons(content), Operation::Interactive) => {
            send(INTERACTIVE, choices("button", buttons(content)))
        }
        (OutboundContent::List(content), Operation::Interactive) => {
            send(INTERACTIVE, choices("list", list(content)))
        }
        (content, _) => match (fallback::text_form(content), file(content)) {
            // A kind that Qontak lacks, or too long for a list: choices are numbered, and the answer is matched by number or title.
            (Some(OutboundContent::Text(text)), _) => send(BOT, plain(&text.body)),
            (_, Some((kind, content))) => {
                let file = copy(content, outgoing.file)?;
                let caption = content.caption.clone().map(|text| ("text", text));
                let local_id = ("local_id", local_id.to_string());
                let fields = [("room_id", room.to_owned()), ("type", kind.to_owned())];
                let fields = fields.into_iter().chain(caption).chain([local_id]).collect();
                let body = Body::Multipart(Form { fields, file });
                Ok(sign::call(settings, key, (Method::POST, BOT), body, outgoing.now))
            }
            _ => Err(unsupported(content)),
        },
    }
}

/// The file of a content, and Qontak's name for its kind.
fn file(content: &OutboundContent) -> Option<(&'static str, &OutboundMedia)> {
    match content {
        OutboundContent::Image(file) => Some(("image", file)),
        OutboundContent::Video(file) => Some(("video", file)),
        OutboundContent::Audio(file) => Some(("audio", file)),
        OutboundContent::Document(file) => Some(("document", file)),
        OutboundContent::Text(_)
        | OutboundContent::Sticker(_)
        | OutboundContent::Location(_)
        | OutboundContent::Contacts(_)
        | OutboundContent::Buttons(_)
        | OutboundContent::List(_)
        | OutboundContent::CtaUrl(_)
        | OutboundContent::LocationRequest(_)
        | OutboundContent::Reaction(_)
        | OutboundContent::Template(_) => None,
    }
}

/// The file to upload, under the name to show.
fn copy(content: &OutboundMedia, file: Option<&File>) -> Result<File, Failure> {
    let missing = "Qontak needs the bytes of the file, and they are missing: send the file by a link that can be downloaded.";
    let file = file.ok_or_else(|| Failure::new(UNSUPPORTED, missing))?;
    let name = content.filename.clone().unwrap_or_else(|| file.name.clone());
    Ok(File { name, mime_type: file.mime_type.clone(), bytes: file.bytes.clone() })
}

fn no_room() -> Failure {
    let detail = "Qontak has no room for this user yet: it opens when the user writes. Until then only a template reaches the user.";
    Failure::new(ROOM_UNKNOWN, detail)
}

fn unsupported(content: &OutboundContent) -> Failure {
    let detail = instead(content.kind()).map_or("Qontak does not carry it.", |text| text.en);
    Failure::new(UNSUPPORTED, detail)
}

fn buttons(content: &Buttons) -> Value {
    let buttons: Vec<Value> =
        content.buttons.iter().map(|button| json!({ "id": button.id, "title": button.title })).collect();
    let frame = [content.header.as_ref(), Some(&content.body), content.footer.as_ref()];
    interactive(frame, "buttons", json!(buttons))
}

fn list(content: &List) -> Value {
    let frame = [content.header.as_ref(), Some(&content.body), content.footer.as_ref()];
    // Sections and rows have the same format on both sides.
    interactive(frame, "lists", json!({ "button": content.button, "sections": content.sections }))
}

/// Header, body and footer around the choices. The formats of header and footer are \[inferred\].
fn interactive([header, body, footer]: [Option<&String>; 3], name: &str, choices: Value) -> Value {
    let mut fields = Map::new();
    let header = header.map(|text| json!({ "format": "text", "text": text }));
    let parts = [
        ("header", header),
        ("body", body.map(|text| json!(text))),
        ("footer", footer.map(|text| json!(text))),
    ];
    for (name, value) in parts.into_iter().chain([(name, Some(choices))]) {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    }
    Value::Object(fields)
}

impl ReadReceipts for Settings {
    /// Marks all messages of a room as read (§2.10).
    fn request(&self, key: &Secret, receipt: ReadReceipt<'_>, now: Timestamp) -> Option<Request> {
        let room = path_segment(receipt.room.filter(|room| !room.is_empty())?);
        Some(sign::bare(self, key, Method::PUT, &format!("rooms/{room}/mark_all_as_read"), now))
    }

    fn confirm(&self, response: Response<'_>) -> Result<(), Failure> {
        if (200..300).contains(&response.status) {
            Ok(())
        } else {
            Err(errors::failure(response, Operation::Message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warta_core::identity::Identity;

    const MESSAGE: &str = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";
    const API: &str = "https://service-chat.qontak.com/api/open/v1";

    fn settings() -> Settings {
        let settings = json!({"channel_integration_id": "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa"});
        Settings::read(&settings).unwrap()
    }

    fn send(content: &Value, room: Option<&str>, file: Option<&File>) -> Result<Request, Failure> {
        let content: OutboundContent = serde_json::from_value(content.clone()).unwrap();
        assert_eq!(content.faults(), []);
        let outgoing = Outgoing {
            message: MESSAGE.parse().unwrap(),
            to: &Identity::Phone("6281100000002".parse().unwrap()),
            name: None,
            content: &content,
            reply_to: Some("m-0"),
            room,
            file,
            now: Timestamp::from_millis(0),
        };
        message(&settings(), &Secret::new("tok_1"), outgoing)
    }

    fn goes_out(content: &Value, path: &str, expected: &Value) {
        let request = send(content, Some("r-0001"), None).unwrap();
        assert_eq!((&request.method, request.url), (&Method::POST, format!("{API}/{path}")), "{content}");
        assert_eq!(request.headers["authorization"], "Bearer tok_1");
        let Body::Json(body) = request.body else { panic!("{content}") };
        let mut expected = expected.clone();
        expected["room_id"] = json!("r-0001");
        expected["local_id"] = json!(MESSAGE);
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), expected, "{content}");
    }

    #[test]
    fn text_buttons_and_lists_go_out_as_clients_send_them() {
        goes_out(&json!({"text": {"body": "Halo"}}), BOT, &json!({"type": "text", "text": "Halo"}));
        goes_out(
            &json!({"buttons": {"header": "Menu", "body": "Pilih layanan", "footer": "opsional",
                "buttons": [{"id": "opt_1", "title": "Cek status"}, {"id": "opt_2", "title": "Bicara CS"}]}}),
            INTERACTIVE,
            &json!({"type": "button", "interactive": {"header": {"format": "text", "text": "Menu"}, "body": "Pilih layanan",
                "footer": "opsional", "buttons": [{"id": "opt_1", "title": "Cek status"}, {"id": "opt_2", "title": "Bicara CS"}]}}),
        );
        let sections = json!([{"title": "Produk", "rows": [{"id": "row_1", "title": "Katalog", "description": "Semua produk"}]}]);
        goes_out(
            &json!({"list": {"body": "Pilih kategori", "button": "Lihat menu", "sections": sections}}),
            INTERACTIVE,
            &json!({"type": "list", "interactive": {"body": "Pilih kategori", "lists": {"button": "Lihat menu", "sections": sections}}}),
        );
    }

    #[test]
    fn a_list_that_is_too_long_goes_out_as_numbered_text_and_is_read_as_such() {
        let body = "x".repeat(LONGEST_BODY + 1);
        let content = json!({"list": {"body": body, "button": "Menu", "sections": [{"rows": [{"id": "a", "title": "Tea"}]}]}});
        let text = format!("{body}\n\n1. Tea\n\n↩ 1–1");
        goes_out(&content, BOT, &json!({"type": "text", "text": text}));
        assert_eq!(operation(&serde_json::from_value(content).unwrap()), Operation::Message);
    }

    #[test]
    fn a_file_goes_out_by_its_bytes_with_its_caption() {
        let file =
            File { name: "x.bin".to_owned(), mime_type: "application/pdf".to_owned(), bytes: vec![1, 2] };
        let content = json!({"document": {"link": "https://cdn.example/a.pdf", "caption": "Tagihan", "filename": "inv.pdf"}});
        let read: OutboundContent = serde_json::from_value(content.clone()).unwrap();
        assert_eq!(wants_file(&read), Some("https://cdn.example/a.pdf"));
        let request = send(&content, Some("r-0001"), Some(&file)).unwrap();
        assert_eq!(request.url, format!("{API}/{BOT}"));
        let Body::Multipart(form) = request.body else { panic!("no form") };
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let expected =
            [("room_id", "r-0001"), ("type", "document"), ("text", "Tagihan"), ("local_id", MESSAGE)];
        assert_eq!(fields, expected);
        assert_eq!((form.file.name.as_str(), form.file.bytes.as_slice()), ("inv.pdf", [1, 2].as_slice()));
        assert_eq!(send(&content, Some("r-0001"), None).unwrap_err().code, UNSUPPORTED);
    }

    #[test]
    fn without_a_room_only_a_template_goes_out() {
        for room in [None, Some("")] {
            assert_eq!(send(&json!({"text": {"body": "Halo"}}), room, None).unwrap_err().code, ROOM_UNKNOWN);
        }
    }

    #[test]
    fn what_qontak_does_not_carry_is_written_out() {
        for content in [
            json!({"location": {"latitude": -6.2, "longitude": 106.8}}),
            json!({"contacts": [{"name": {"formatted_name": "Budi", "first_name": "Budi"}}]}),
            json!({"cta_url": {"body": "B", "display_text": "Open", "url": "https://a.example"}}),
            json!({"location_request": {"body": "Where?"}}),
            json!({"reaction": {"message_id": "m-1", "emoji": "👍"}}),
        ] {
            let request = send(&content, Some("r-0001"), None).unwrap();
            let Body::Json(body) = request.body else { panic!("{content}") };
            assert!(String::from_utf8_lossy(&body).contains(r#""type":"text""#), "{content}");
        }
    }

    #[test]
    fn what_cannot_be_written_out_is_refused_with_advice() {
        for content in [
            json!({"sticker": {"link": "https://cdn.example/a.webp"}}),
            json!({"reaction": {"message_id": "m-1"}}),
        ] {
            let failure = send(&content, Some("r-0001"), None).unwrap_err();
            assert_eq!(failure.code, UNSUPPORTED, "{content}");
            assert!(
                failure.detail.ends_with('.') && failure.detail != "Qontak does not carry it.",
                "{content}"
            );
        }
    }

    #[test]
    fn a_room_is_shown_as_read_whole() {
        let call = |room| {
            let read = ReadReceipt { provider_id: "m-1", room, typing: true };
            settings().request(&Secret::new("t"), read, Timestamp::from_millis(0))
        };
        let request = call(Some("r/1")).unwrap();
        assert_eq!(
            (request.method, request.url),
            (Method::PUT, format!("{API}/rooms/r%2F1/mark_all_as_read"))
        );
        assert!(call(None).is_none());
    }
}
