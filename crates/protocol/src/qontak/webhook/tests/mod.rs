//! Bodies as the fact sheet has them, and what they say.

mod content;

use proptest::prelude::*;
use serde_json::{Value, json};
use warta_core::message::InboundContent;
use warta_core::time::Timestamp;
use warta_core::webhook::{Item, Message};

use super::parse;
use crate::verify::Verified;
use crate::webhook::{Route, Webhook};

/// When the bodies of the tests come in: 2026-11-07T14:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_794_060_000_000);
const INTEGRATION: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";

fn read(body: &Value) -> Webhook {
    parse(Verified::from_store(body.to_string().as_bytes()), NOW).unwrap()
}

/// A message object (§3.3) with these fields instead of its own.
fn object(changes: &Value) -> Value {
    let mut object = json!({"id": "m-0001", "type": "text", "room_id": "r-0001", "is_campaign": false, "sender_id": "c-0001",
        "sender_type": "Models::Contact", "sender": {"name": "Budi", "avatar": null}, "participant_id": "p-0001",
        "participant_type": "customer", "organization_id": "o-0001", "text": "halo", "status": "created",
        "external_id": "wamid.HBgEXAMPLE==", "local_id": null, "created_at": "2025-01-02T03:04:05.000Z", "buttons": [],
        "reply": null, "channel_integration": {"id": INTEGRATION, "target_channel": "wa_cloud"}, "last_campaign": {},
        "room": {"id": "r-0001", "name": "Budi", "description": "", "status": "unassigned",
            "type": "Models::CustomerServiceRoom", "tags": [], "channel": "wa_cloud", "channel_account": "Toko Contoh",
            "organization_id": "o-0001", "account_uniq_id": "6281100000002", "channel_integration_id": INTEGRATION,
            "session_at": "2025-01-02T03:04:05.000Z", "unread_count": 1, "extra": {"is_participant_online": false},
            "resolved_at": null, "division_id": null},
        "webhook_event": "message_interaction", "data_event": "receive_message_from_customer"});
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

/// A log object (§2.7, §3.5) with these fields instead of its own.
fn log(changes: &Value) -> Value {
    let mut log = json!({"id": "l-1", "organization_id": "o-0001", "messages_broadcast_id": "b-1",
        "contact_phone_number": "6281100000002", "contact_full_name": "Budi", "status": "sent",
        "whatsapp_message_id": "wamid.HBgEXAMPLE==", "whatsapp_error_message": "n/a", "messages": {"body": {"parameters": []}},
        "messages_response": {"messaging_product": "whatsapp", "messages": [{"id": "wamid.HBgEXAMPLE=="}],
            "sent": {"webhook": "wa", "statuses": [{"id": "wamid.HBgEXAMPLE==", "status": "sent", "timestamp": "1735689601",
                "recipient_id": "6281100000002", "pricing": {"billable": true, "category": "utility"}}]}},
        "created_at": "2025-01-02T03:04:06.000Z", "is_pacing": false, "channel_integration_id": INTEGRATION,
        "data_event": "broadcast_log_status", "webhook_event": "message_interaction"});
    for (name, value) in changes.as_object().unwrap() {
        log[name] = value.clone();
    }
    log
}

fn message(changes: &Value) -> Message {
    let mut webhook = read(&object(changes));
    assert_eq!((webhook.items.len(), webhook.faults.len()), (1, 0), "{webhook:?}");
    let Item::Message(message) = webhook.items.remove(0).item else { panic!("{changes}") };
    *message
}

fn content(changes: &Value) -> Value {
    serde_json::to_value(message(changes).content).unwrap()
}

/// What a status comes to: `id status` or `id event kind`; nothing for nothing.
fn short(webhook: &Webhook) -> String {
    let one = |item: &Item| match item {
        Item::Message(message) => format!("message {}", message.provider_id),
        Item::Status(update) => format!("{} {}", update.provider_id, update.status),
        Item::Event(event) => format!("event {}", event.kind),
    };
    webhook.items.iter().map(|routed| one(&routed.item)).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_text_says_who_when_where_and_what() {
    let message = message(&json!({}));
    assert_eq!(message.provider_id, "m-0001");
    assert_eq!(message.from.keys(), ["6281100000002"]);
    assert_eq!((message.name.as_deref(), message.room.as_deref()), (Some("Budi"), Some("r-0001")));
    assert_eq!(message.sent_at.to_string(), "2025-01-02T03:04:05.000Z");
    assert_eq!(serde_json::to_value(&message.content).unwrap(), json!({"text": {"body": "halo"}}));
    assert!(message.context.is_empty());
    assert_eq!(read(&object(&json!({}))).items[0].route, Route::Number(INTEGRATION.to_owned()));
}

#[test]
fn whatsapps_own_message_counts_only_where_it_is_this_one() {
    let reply = json!({"messages": [{"button": {"payload": "p", "text": "OK"}}]});
    for (id, kind) in [("m-0001", "button_reply"), ("m-0000", "text")] {
        let mut room = object(&json!({}))["room"].clone();
        room["last_message"] = json!({"id": id, "raw_message": reply});
        assert_eq!(message(&json!({ "room": room })).content.kind(), kind, "{id}");
    }
}

#[test]
fn a_message_tells_what_it_answers_and_where_it_came_from() {
    let raw = json!({"messages": [{"context": {"forwarded": true}, "referral": {"source_id": "ad-1"}}]});
    let message = message(&json!({"reply": {"id": "m-0000", "text": "x"}, "raw_message": raw}));
    assert_eq!(message.context.reply_to.as_deref(), Some("m-0000"));
    assert!(message.context.forwarded);
    assert_eq!(message.context.referral, Some(json!({"source_id": "ad-1"})));
}

#[test]
fn the_dispatch_rule_is_followed() {
    let resolved = json!({"service_name": "room", "event_name": "resolved", "created_at": "2025-01-02T03:04:05.000Z",
        "room": {"id": "r-0001", "account_uniq_id": "6281100000002", "channel_integration_id": INTEGRATION}});
    let none = json!({"data_event": null, "webhook_event": null});
    let old = |who: &str, status: &str| {
        let mut changes = none.clone();
        (changes["participant_type"], changes["status"]) = (json!(who), json!(status));
        object(&changes)
    };
    let event = |event: &str, who: &str| object(&json!({"data_event": event, "participant_type": who}));
    for (body, expected) in [
        (json!({"verify_info": {"id": "x", "url": "https://a.example"}}), ""),
        (json!({"verify_info": null}), ""),
        (object(&json!({"verify_info": "x"})), ""),
        (object(&json!({})), "message m-0001"),
        (event("receive_message_from_customer", "agent"), ""),
        (event("receive_message_from_customer", "bot"), ""),
        (object(&json!({"participant_type": null})), ""),
        (event("receive_message_from_agent", "agent"), ""),
        (event("receive_message_from_agent", "customer"), ""),
        (event("status_message", "bot"), "m-0001 accepted"),
        (event("status_message", "agent"), "m-0001 accepted"),
        (event("status_message", "customer"), ""),
        (event("room_created", "customer"), ""),
        (event("add_agent", "agent"), ""),
        (event("something_new", "customer"), ""),
        (log(&json!({})), "b-1 sent"),
        (resolved, "event room_resolved"),
        (json!({"service_name": "room", "event_name": "created", "room": {}}), ""),
        (json!({"webhook_event": "waba_interaction", "status": "APPROVED"}), ""),
        (old("customer", "created"), "message m-0001"),
        (old("customer", "read"), ""),
        (old("bot", "delivered"), "m-0001 delivered"),
        (old("agent", "read"), "m-0001 read"),
        (old("robot", "created"), ""),
        (json!({}), ""),
        (json!([]), ""),
        (json!(null), ""),
        (json!("halo"), ""),
        (json!(7), ""),
    ] {
        let webhook = read(&body);
        assert_eq!((short(&webhook).as_str(), webhook.faults.len()), (expected, 0), "{body}");
    }
}

#[test]
fn every_item_names_its_number_or_nobody() {
    let other = "0B6C2F5E-2222-4222-8333-BBBBBBBBBBBB";
    let small = other.to_lowercase();
    for (body, route) in [
        (
            object(&json!({"room": {"account_uniq_id": "6281100000002", "channel_integration_id": other}})),
            Some(small.as_str()),
        ),
        (object(&json!({"room": {"account_uniq_id": "6281100000002"}})), Some(INTEGRATION)),
        (object(&json!({"room": {"account_uniq_id": "6281100000002"}, "channel_integration": null})), None),
        (log(&json!({"channel_integration_id": other})), Some(small.as_str())),
        (log(&json!({"channel_integration_id": null})), None),
    ] {
        let expected = route.map_or(Route::Called, |id| Route::Number(id.to_owned()));
        assert_eq!(read(&body).items[0].route, expected, "{body}");
    }
}

#[test]
fn a_status_in_a_room_is_matched_by_id_and_by_our_own() {
    let ours = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";
    let status = |changes: Value| {
        let mut changes = changes;
        changes["data_event"] = json!("status_message");
        changes["participant_type"] = json!("bot");
        read(&object(&changes))
    };
    let webhook = status(json!({"status": "delivered", "local_id": ours}));
    let Item::Status(update) = &webhook.items[0].item else { panic!("{webhook:?}") };
    assert_eq!(update.message.map(|id| id.to_string()).as_deref(), Some(ours));
    // `created_at` is the message's time, not the status's.
    assert_eq!((update.at, &update.failure), (NOW, &None));
    assert_eq!(update.detail, json!({"room_id": "r-0001", "whatsapp_message_id": "wamid.HBgEXAMPLE=="}));
    for (changes, expected, ignored) in [
        (json!({"status": "sent", "local_id": "theirs"}), "m-0001 sent", 0),
        (json!({"status": "failed"}), "m-0001 failed", 0),
        (json!({"status": "teleported"}), "event unknown_status", 0),
        (json!({"status": null}), "", 1),
        (json!({"status": "sent", "is_campaign": true}), "", 1),
    ] {
        let webhook = status(changes.clone());
        assert_eq!((short(&webhook).as_str(), webhook.ignored), (expected, ignored), "{changes}");
    }
    let Item::Status(update) = &status(json!({"status": "failed"})).items.remove(0).item else { panic!() };
    assert_eq!(update.failure.as_ref().map(|failure| failure.code.as_str()), Some("failed"));
}

#[test]
fn a_template_is_matched_by_its_broadcast_and_tells_when_and_why() {
    let status = |changes: Value| {
        let mut webhook = read(&log(&changes));
        let Item::Status(update) = webhook.items.remove(0).item else { panic!("{changes}") };
        update
    };
    let sent = status(json!({}));
    assert_eq!((sent.provider_id.as_str(), Some(sent.at)), ("b-1", Timestamp::from_secs(1_735_689_601)));
    assert_eq!(sent.detail["pricing"], json!({"billable": true, "category": "utility"}));
    assert_eq!(status(json!({"status": "read"})).at, NOW);
    assert_eq!(status(json!({"status": "pending", "messages_response": {}})).status.as_str(), "accepted");
    let errors = |code: Value| json!({"code": "404", "errors": [{"code": code, "title": "Template name does not exist in the translation", "details": "x"}]});
    for (response, text, word) in [
        (errors(json!(2_001)), "n/a", "template_not_found"),
        (errors(json!("131026")), "n/a", "undeliverable"),
        (errors(json!(null)), "Template name does not exist", "failed"),
        (json!({}), "Message undeliverable", "failed"),
        (json!(null), "n/a", "failed"),
    ] {
        let changes = json!({"status": "failed", "whatsapp_message_id": "n/a", "whatsapp_error_message": text, "messages_response": response});
        let update = status(changes.clone());
        assert_eq!(update.failure.unwrap().code, word, "{changes}");
        assert_eq!(update.detail, json!({"recipient_id": "6281100000002"}));
    }
    assert_eq!(short(&read(&log(&json!({"status": "queued"})))), "event unknown_status");
}

#[test]
fn a_closed_room_is_an_event_with_room_and_contact() {
    let body = json!({"service_name": "room", "event_name": "resolved", "created_at": "2025-01-02T03:04:05.000Z",
        "room": {"id": "r-0001", "account_uniq_id": "6281100000002", "channel_integration_id": INTEGRATION}});
    let webhook = read(&body);
    let Item::Event(event) = &webhook.items[0].item else { panic!("{webhook:?}") };
    assert_eq!(event.kind, super::ROOM_RESOLVED);
    assert_eq!(event.detail, json!({"room_id": "r-0001", "contact": "6281100000002"}));
    assert_eq!(event.at.map(|at| at.to_string()).as_deref(), Some("2025-01-02T03:04:05.000Z"));
    assert_eq!(webhook.items[0].route, Route::Number(INTEGRATION.to_owned()));
}

#[test]
fn what_names_nobody_is_a_fault_that_quotes_nothing() {
    for changes in [
        json!({"id": null}),
        json!({"id": ""}),
        json!({"room": null}),
        json!({"room": {"account_uniq_id": "marker"}}),
    ] {
        let webhook = read(&object(&changes));
        assert_eq!((webhook.items.len(), webhook.faults.len()), (0, 1), "{changes}");
        assert!(!format!("{webhook:?}").contains("marker") && !format!("{webhook:?}").contains("halo"));
    }
    assert_eq!(read(&log(&json!({"messages_broadcast_id": null}))).faults.len(), 1);
}

/// Every field of every level null in turn, which Qontak's may be.
#[test]
fn any_field_but_those_that_decide_may_be_null() {
    fn each(value: &Value, at: &str, places: &mut Vec<String>) {
        if let Value::Object(fields) = value {
            for (name, inner) in fields {
                places.push(format!("{at}/{name}"));
                each(inner, &format!("{at}/{name}"), places);
            }
        }
    }
    for (body, deciding) in [
        (object(&json!({})), ["/id", "/room", "/room/account_uniq_id", "/participant_type"].as_slice()),
        (log(&json!({})), &["/messages_broadcast_id", "/status", "/data_event"]),
    ] {
        let mut places = Vec::new();
        each(&body, "", &mut places);
        let found = short(&read(&body));
        for place in places {
            let mut changed = body.clone();
            *changed.pointer_mut(&place).unwrap() = Value::Null;
            let same = short(&read(&changed)) == found;
            assert_eq!(same, !deciding.contains(&place.as_str()), "{place}");
        }
    }
}

#[test]
fn what_is_no_json_is_unreadable_and_not_quoted() {
    let whole = object(&json!({})).to_string();
    for end in 0..whole.len() {
        let error = parse(Verified::from_store(&whole.as_bytes()[..end]), NOW).unwrap_err();
        assert!(!error.to_string().contains("halo"), "{error}");
    }
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(parse(Verified::from_store(deep.as_bytes()), NOW).is_err());
    assert!(parse(Verified::from_store(b"{\"text\":\"\xff\xfe\"}"), NOW).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(body: Vec<u8>) {
        drop(parse(Verified::from_store(&body), NOW));
    }

    #[test]
    fn only_a_customers_words_are_a_message(who in "[a-z]{0,8}", event in "[a-z_]{0,30}", status in "[a-z]{0,10}", cut: prop::sample::Index, byte: u8) {
        let body = object(&json!({"participant_type": who, "data_event": event, "status": status}));
        if who != "customer" {
            prop_assert!(!short(&read(&body)).contains("message"));
        }
        let mut bytes = body.to_string().into_bytes();
        let at = cut.index(bytes.len());
        bytes[at] = byte;
        if let Ok(webhook) = parse(Verified::from_store(&bytes), NOW) {
            prop_assert!(webhook.items.len() + webhook.faults.len() <= 1);
        }
    }

    #[test]
    fn any_content_is_read_without_panic(kind in "\\PC*", text in "\\PC*", number: f64) {
        let place = json!({"latitude": number, "longitude": text});
        let message = message(&json!({"type": kind, "text": text, "location": place, "file": {"url": text}}));
        prop_assert!(!matches!(message.content, InboundContent::Reaction(_)));
    }
}
