//! What Coster has been seen to send (§6.5, §6.6, §7.2), and what it never should.

use proptest::prelude::*;
use serde_json::{Value, json};
use warta_core::delivery::Status;
use warta_core::message::InboundContent;
use warta_core::time::Timestamp;
use warta_core::webhook::{Item, Message, StatusUpdate};

use super::parse;
use crate::verify::Verified;
use crate::webhook::{Route, Webhook};

/// When the bodies of the tests come in.
const NOW: Timestamp = Timestamp::from_millis(1_794_060_000_000);
const ACCOUNT: &str = "00112233445566778899aabbccddeeff";
const MESSAGE: &str = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";

fn read(body: &Value) -> Webhook {
    parse(Verified::from_store(body.to_string().as_bytes()), NOW).unwrap()
}

fn metadata() -> Value {
    json!({"display_phone_number": "6281100000001", "phone_number_id": "100200300400500"})
}

fn text() -> Value {
    json!({"from": "6281100000002", "id": "wamid.HBgNIN=", "timestamp": "1735689600", "type": "text",
        "text": {"body": "halo"}})
}

/// A value of the field `messages` with one message (§6.5).
fn said(message: &Value) -> Value {
    json!({"messaging_product": "whatsapp", "metadata": metadata(), "messages": [message],
        "contacts": [{"profile": {"name": "Budi"}, "wa_id": "6281100000002"}]})
}

/// Meta's envelope.
fn bare(value: &Value) -> Value {
    json!({"object": "whatsapp_business_account",
        "entry": [{"id": "100000000000001", "changes": [{"field": "messages", "value": value}]}]})
}

/// Coster's (§6.5).
fn wrapped(value: &Value) -> Value {
    json!({"id": "evt-000001", "mid": "wamid.HBgNIN=", "client_id": "clt-1", "channel_id": "whatsapp-cloud",
        "account": {"id": ACCOUNT, "account": "6281100000001", "account_title": "Toko Contoh"},
        "data": bare(value)})
}

/// A status as it comes in a report (§6.6).
fn delivered() -> Value {
    json!({"id": "wamid.HBgNEXAMPLE=", "recipient_id": "6281100000002", "status": "delivered",
        "timestamp": "1735689602",
        "conversation": {"id": "0123456789abcdef0123456789abcdef", "expiration_timestamp": null, "origin": {"type": "authentication"}},
        "pricing": {"billable": true, "category": "authentication", "pricing_model": "PMP", "type": "regular"}})
}

/// A failed one, whose envelope brings every field there is and a copy of what was sent (§6.6).
fn failed(xid: &str) -> Value {
    let status = json!({"id": "wamid.HBgNEXAMPLE=", "recipient_id": "6281100000002", "status": "failed",
        "timestamp": "1735689603", "conversation": null,
        "pricing": {"billable": true, "category": "authentication", "pricing_model": "PMP", "type": "regular"},
        "errors": [{"code": 131_026, "title": "Message undeliverable", "message": "Message undeliverable",
            "error_data": {"details": "No WhatsApp"}}]});
    let value = json!({"messaging_product": "whatsapp", "metadata": metadata(), "statuses": [status],
        "contacts": null, "messages": null, "errors": null, "ban_info": null, "disable_info": null, "event": "",
        "decision": "", "message_template_id": 0, "message_template_name": "", "message_template_language": "",
        "phone_number": "", "rejection_reason": "", "current_limit": "", "old_limit": "",
        "requested_verified_name": "", "disable_date": "", "display_phone_number": "",
        "max_daily_conversation_per_phone": 0, "max_phone_number_per_business": 0});
    let template = json!({"name": "order_update", "namespace": null,
        "language": {"code": "id", "policy": "deterministic"},
        "components": [{"type": "body", "cards": null, "index": null, "sub_type": null,
            "parameters": [{"type": "text", "text": "Budi"}]}]});
    let outbound = json!({"type": "template", "recipient": "6281100000002", "data": {"to": "6281100000002",
        "type": "template", "messaging_product": "whatsapp", "template": template}});
    let changes = json!([{"field": "messages", "value": value}]);
    json!({"object": "whatsapp_business_account", "xid": xid, "outbound": outbound,
        "entry": [{"id": "100000000000001", "time": 0, "changes": changes}]})
}

fn statuses(webhook: &Webhook) -> Vec<&StatusUpdate> {
    let items = webhook.items.iter();
    items
        .filter_map(|routed| if let Item::Status(update) = &routed.item { Some(update) } else { None })
        .collect()
}

fn message(webhook: &Webhook) -> &Message {
    let [only] = webhook.items.as_slice() else { panic!("{webhook:?}") };
    let Item::Message(message) = &only.item else { panic!("{only:?}") };
    message
}

fn assert_says_nothing(body: &Value) {
    assert_eq!(read(body), Webhook::default(), "{body}");
}

#[test]
fn a_message_is_read_in_every_envelope() {
    let called = || Route::Called;
    let legacy =
        json!({"contacts": [{"profile": {"name": "Budi"}, "wa_id": "6281100000002"}], "messages": [text()]});
    for (body, route) in [
        (wrapped(&said(&text())), Route::Account(ACCOUNT.to_owned())),
        (bare(&said(&text())), called()),
        (legacy.clone(), called()),
        (json!({"data": legacy}), called()),
        (json!({"account": "6281100000001", "data": bare(&said(&text()))}), called()),
        (json!({"account": null, "data": null, "entry": bare(&said(&text()))["entry"]}), called()),
    ] {
        let webhook = read(&body);
        assert_eq!((&webhook.items[0].route, webhook.faults.len()), (&route, 0), "{body}");
        let message = message(&webhook);
        assert_eq!(message.provider_id, "wamid.HBgNIN=");
        assert_eq!(message.from.keys(), ["6281100000002"], "{body}");
        assert_eq!(message.name.as_deref(), Some("Budi"));
        assert_eq!(message.sent_at, Timestamp::from_millis(1_735_689_600_000));
        assert!(matches!(&message.content, InboundContent::Text(text) if text.body == "halo"), "{message:?}");
    }
}

#[test]
fn other_kinds_are_metas() {
    for (kind, object) in [
        (
            "image",
            json!({"caption": "AM#1", "mime_type": "image/jpeg", "sha256": "ab", "id": "900000000000001"}),
        ),
        ("location", json!({"latitude": -6.2, "longitude": 106.8})),
        ("interactive", json!({"type": "button_reply", "button_reply": {"id": "a", "title": "A"}})),
        (
            "interactive",
            json!({"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "d"}}),
        ),
        ("something_new", json!({"x": 1})),
    ] {
        let mut message =
            json!({"from": "6281100000002", "id": "1", "timestamp": "1735689600", "type": kind});
        message[kind] = object;
        let webhook = read(&wrapped(&said(&message)));
        let content = &self::message(&webhook).content;
        let fits = match (kind, content) {
            ("image", InboundContent::Image(file)) => {
                file.media_id == "900000000000001" && file.caption.as_deref() == Some("AM#1")
            }
            ("location", InboundContent::Location(place)) => (place.latitude + 6.2).abs() < 1e-9,
            ("interactive", InboundContent::ButtonReply(reply)) => reply.id == "a",
            ("interactive", InboundContent::ListReply(reply)) => reply.id == "a",
            ("something_new", InboundContent::Unsupported(found)) => found.raw_type == "something_new",
            _ => false,
        };
        assert!(fits, "{kind}: {content:?}");
    }
}

#[test]
fn a_report_names_our_message() {
    let mut body = bare(&json!({"metadata": metadata(), "statuses": [delivered()]}));
    body["xid"] = json!(MESSAGE);
    body["entry"][0]["time"] = json!(1_735_689_601_000_i64);
    let webhook = read(&body);
    let [update] = statuses(&webhook)[..] else { panic!("{webhook:?}") };
    assert_eq!((update.provider_id.as_str(), update.status), ("wamid.HBgNEXAMPLE=", Status::Delivered));
    assert_eq!(update.message, Some(MESSAGE.parse().unwrap()));
    assert_eq!(update.at, Timestamp::from_millis(1_735_689_602_000));
    assert_eq!(update.detail["pricing"]["category"], "authentication");
    assert_eq!(webhook.items[0].route, Route::Called);
}

#[test]
fn a_failed_report_tells_why_and_its_empty_fields_tell_nothing() {
    let webhook = read(&failed("notif-1735689600123"));
    let [update] = statuses(&webhook)[..] else { panic!("{webhook:?}") };
    assert_eq!((webhook.items.len(), webhook.faults.len()), (1, 0), "{webhook:?}");
    let failure = update.failure.as_ref().unwrap();
    assert_eq!((failure.code.as_str(), failure.provider_code), ("undeliverable", Some(131_026)));
    assert!(failure.detail.ends_with("Coster says: No WhatsApp"), "{failure:?}");
    // Somebody else's xid is no message of ours.
    assert_eq!((update.status, update.message), (Status::Failed, None));
    assert_eq!(update.detail.get("conversation"), None);
}

#[test]
fn a_report_is_read_wrapped_and_in_the_old_form_too() {
    let value = json!({"metadata": metadata(), "statuses": [delivered()]});
    let mut inner = wrapped(&value);
    inner["data"]["xid"] = json!(MESSAGE);
    let mut outer = wrapped(&value);
    outer["xid"] = json!(MESSAGE);
    let legacy = json!({"xid": MESSAGE, "statuses": [delivered()]});
    for body in [inner, outer, legacy] {
        let webhook = read(&body);
        let [update] = statuses(&webhook)[..] else { panic!("{body}") };
        assert_eq!(update.message, Some(MESSAGE.parse().unwrap()), "{body}");
    }
}

#[test]
fn what_a_report_lacks_is_made_up_for() {
    for (status, xid, id, at) in [
        // Milliseconds (§6.6).
        (json!({"id": "w", "status": "read", "timestamp": "1735689602123"}), "x", "w", 1_735_689_602_123),
        (json!({"id": "w", "status": "read", "timestamp": 1_735_689_602}), "x", "w", 1_735_689_602_000),
        (json!({"id": "w", "status": "read"}), "x", "w", NOW.as_millis()),
        // The xid stands for an id (§6.6).
        (json!({"id": null, "status": "sent", "timestamp": ""}), MESSAGE, MESSAGE, NOW.as_millis()),
    ] {
        let webhook = read(&json!({"xid": xid, "statuses": [status]}));
        let [update] = statuses(&webhook)[..] else { panic!("{status}: {webhook:?}") };
        assert_eq!((update.provider_id.as_str(), update.at.as_millis()), (id, at), "{status}");
        assert_eq!(update.message.is_some(), xid == MESSAGE);
    }
}

#[test]
fn one_xid_does_not_name_the_messages_of_others() {
    let other = json!({"id": "wamid.OTHER", "status": "sent"});
    let mixed = read(&json!({"xid": MESSAGE, "statuses": [delivered(), other]}));
    assert!(statuses(&mixed).iter().all(|update| update.message.is_none()), "{mixed:?}");
    let steps = read(&json!({"xid": MESSAGE, "statuses": [delivered(), delivered()]}));
    assert!(statuses(&steps).iter().all(|update| update.message.is_some()), "{steps:?}");
}

#[test]
fn a_value_may_hold_messages_and_reports() {
    let mut value = said(&text());
    value["statuses"] = json!([delivered()]);
    let webhook = read(&wrapped(&value));
    assert_eq!((webhook.items.len(), statuses(&webhook).len()), (2, 1));
}

#[test]
fn an_unknown_word_is_kept_and_never_guessed_at() {
    let webhook = read(&json!({"statuses": [{"id": "w", "status": "queued_at_partner"}]}));
    let [only] = webhook.items.as_slice() else { panic!("{webhook:?}") };
    let Item::Event(event) = &only.item else { panic!("{only:?}") };
    assert_eq!(event.kind, "messages.unknown_status");
    assert_eq!(event.detail["status"], "queued_at_partner");
}

#[test]
fn another_field_is_an_event_without_what_was_never_filled() {
    let mut body = failed("x");
    let change = &mut body["entry"][0]["changes"][0];
    change["field"] = json!("message_template_status_update");
    change["value"]["statuses"] = Value::Null;
    change["value"]["event"] = json!("APPROVED");
    change["value"]["message_template_id"] = json!(12);
    let webhook = read(&body);
    let [only] = webhook.items.as_slice() else { panic!("{webhook:?}") };
    let Item::Event(event) = &only.item else { panic!("{only:?}") };
    assert_eq!(event.kind, "message_template_status_update");
    assert_eq!(
        (&event.detail["event"], &event.detail["message_template_id"]),
        (&json!("APPROVED"), &json!("12"))
    );
    assert!(event.detail.get("rejection_reason").is_none() && event.detail.get("messages").is_none());
}

#[test]
fn calls_without_anything_in_them_say_nothing() {
    for body in [
        json!({}),
        json!({"ping": true}),
        json!({"id": "evt-1", "data": null}),
        json!({"id": "evt-1", "data": "text"}),
        json!({"data": {"entry": null}}),
        json!({"data": {"entry": []}}),
        json!({"entry": null}),
        json!({"entry": "text"}),
        json!({"entry": [{}]}),
        json!({"entry": [{"changes": null}]}),
        json!({"entry": [{"changes": [{}, {"value": null}, {"field": "messages", "value": {}}]}]}),
        json!({"entry": [{"changes": [{"field": "account_update", "value": {"event": "", "n": 0}}]}]}),
        json!({"messages": null, "statuses": null}),
        json!({"messages": [], "statuses": []}),
        bare(&json!({"metadata": metadata(), "messages": null, "statuses": null, "contacts": null})),
    ] {
        assert_says_nothing(&body);
    }
}

#[test]
fn one_bad_item_costs_none_of_the_others() {
    for bad in [json!(null), json!([]), json!("text"), json!({}), json!({"id": {}, "type": "text"})] {
        let mut value = said(&text());
        value["messages"] = json!([text(), bad, text()]);
        let webhook = read(&wrapped(&value));
        assert_eq!(webhook.items.len(), 2, "{bad}");
        assert_eq!(webhook.faults.len(), 1, "{bad}");
        assert_eq!(webhook.faults[0].pointer, "/data/entry/0/changes/0/value/messages/1");
    }
    let mut value = said(&text());
    value["metadata"] = json!("marker");
    value["messages"] = json!(["marker"]);
    let webhook = read(&bare(&value));
    assert_eq!(webhook.faults[0].pointer, "/entry/0/changes/0/value/messages/0");
    assert!(!format!("{:?}", webhook.faults).contains("marker"));
}

#[test]
fn what_is_no_object_is_unreadable_and_not_quoted() {
    for body in ["", "{", "marker", "\"marker\"", "[]", "[{\"messages\":[]}]", "1", "null", "\u{1}"] {
        let error = parse(Verified::from_store(body.as_bytes()), NOW).unwrap_err();
        assert!(!error.to_string().contains("marker"), "{error}");
    }
    assert!(parse(Verified::from_store(b"{\"id\":\"\xff\xfe\"}"), NOW).is_err());
}

#[test]
fn a_body_cut_anywhere_is_unreadable() {
    let body = wrapped(&said(&text())).to_string();
    for end in 0..body.len() {
        assert!(parse(Verified::from_store(&body.as_bytes()[..end]), NOW).is_err(), "{end}");
    }
}

#[test]
fn nesting_without_end_is_no_crash() {
    let deep = 200_000;
    for (open, close) in [("[", "]"), (r#"{"data":"#, "}")] {
        let nested = format!("{}1{}", open.repeat(deep), close.repeat(deep));
        for frame in [
            "{\"data\":@}",
            "{\"account\":@}",
            "{\"xid\":@}",
            "{\"entry\":@}",
            "{\"messages\":@}",
            "{\"statuses\":[@]}",
            "{\"data\":{\"entry\":[{\"changes\":[{\"field\":\"x\",\"value\":@}]}]}}",
            "{\"entry\":[{\"changes\":[{\"value\":{\"messages\":[@]}}]}]}",
        ] {
            drop(parse(Verified::from_store(frame.replace('@', &nested).as_bytes()), NOW));
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(parse(Verified::from_store(&body), NOW));
    }

    #[test]
    fn a_damaged_body_is_read_without_panic(
        which in 0..3_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let bodies = [wrapped(&said(&text())), failed(MESSAGE), json!({"statuses": [delivered()]})];
        let mut body = bodies[which].to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        drop(parse(Verified::from_store(&body), NOW));
    }
}
