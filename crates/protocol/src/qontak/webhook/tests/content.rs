//! What messages of each type say.

use serde_json::{Value, json};

use super::content;

fn say(cases: impl IntoIterator<Item = (Value, Value)>) {
    for (changes, expected) in cases {
        assert_eq!(content(&changes), expected, "{changes}");
    }
}

#[test]
fn files_are_known_by_their_address() {
    let pdf = "https://cdn.qontak.com/uploads/message/file/f-1/libur.pdf";
    let file = json!({"url": pdf, "filename": "libur.pdf", "size": 857_266, "small": {"url": null}});
    let voice = json!({"url": "https://cdn.qontak.com/v/1.ogg", "filename": null});
    say([
        (
            json!({"type": "document", "text": null, "file": file}),
            json!({"document": {"media_id": pdf, "mime_type": "application/pdf", "filename": "libur.pdf"}}),
        ),
        (
            json!({"type": "image", "text": "Menu", "file": {"url": "https://cdn.qontak.com/a", "filename": "a.JPG"}}),
            json!({"image": {"media_id": "https://cdn.qontak.com/a", "mime_type": "image/jpeg", "caption": "Menu", "filename": "a.JPG"}}),
        ),
        (
            json!({"type": "voice", "text": null, "file": voice}),
            json!({"audio": {"media_id": "https://cdn.qontak.com/v/1.ogg", "mime_type": "audio/ogg", "voice": true}}),
        ),
        (json!({"type": "image", "file": null}), json!({"unsupported": {"type": "image", "detail": "halo"}})),
    ]);
}

#[test]
fn places_are_read_in_the_shapes_they_may_have() {
    let place = json!({"latitude": -6.2, "longitude": 106.8, "name": "Toko"});
    let raw = json!({"messages": [{ "location": place }]});
    let unnamed = json!({"location": {"latitude": -6.2, "longitude": 106.8}});
    say([
        (json!({"type": "location", "text": null, "location": place}), json!({ "location": place })),
        (json!({"type": "location", "latitude": "-6.2", "longitude": "106.8"}), unnamed),
        (json!({"type": "location", "text": null, "raw_message": raw}), json!({ "location": place })),
        (json!({"type": "location", "text": "-6.2,106.8"}), json!({"text": {"body": "-6.2,106.8"}})),
        (
            json!({"type": "location", "text": null, "location": {"latitude": null}}),
            json!({"unsupported": {"type": "location"}}),
        ),
    ]);
}

#[test]
fn taps_and_cards_are_read_from_whatsapps_own_message() {
    let with = |kind: &str, raw: Value| json!({"type": kind, "raw_message": {"messages": [raw]}});
    let tap = json!({"interactive": {"button_reply": {"id": "opt_1", "title": "Cek status"}}});
    let row = json!({"id": "row_1", "title": "Katalog", "description": "Semua"});
    let cards = json!([{"name": {"formatted_name": "Sari"}}]);
    say([
        (with("text", tap), json!({"button_reply": {"id": "opt_1", "title": "Cek status"}})),
        (with("interactive", json!({"interactive": {"list_reply": row}})), json!({ "list_reply": row })),
        (
            with("text", json!({"button": {"payload": "p", "text": "OK"}})),
            json!({"button_reply": {"id": "p", "title": "OK"}}),
        ),
        (
            with("text", json!({"button": {"text": "OK"}})),
            json!({"button_reply": {"id": "OK", "title": "OK"}}),
        ),
        (with("contact", json!({ "contacts": cards })), json!({ "contacts": cards })),
    ]);
}

#[test]
fn what_is_in_no_known_shape_is_unsupported_with_its_text() {
    say([
        (
            json!({"type": "contact", "text": "Sari"}),
            json!({"unsupported": {"type": "contact", "detail": "Sari"}}),
        ),
        (json!({"type": "story", "text": "x"}), json!({"unsupported": {"type": "story", "detail": "x"}})),
        (json!({"type": "hologram", "text": null}), json!({"unsupported": {"type": "hologram"}})),
        (json!({"text": null}), json!({"unsupported": {"type": "text"}})),
        (json!({"type": 7, "text": ["x"]}), json!({"unsupported": {"type": "text"}})),
        (json!({"type": null}), json!({"text": {"body": "halo"}})),
    ]);
}
