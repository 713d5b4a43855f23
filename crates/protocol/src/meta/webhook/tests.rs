//! Every situation in `testdata`: a body as Meta sends it and what it says, in one file.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use warta_core::time::Timestamp;
use warta_core::webhook::Item;

use super::parse;
use crate::verify::Verified;
use crate::webhook::{Route, Routed, Webhook};

/// When the bodies of the tests come in: 2026-11-07T14:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_794_060_000_000);

#[derive(Deserialize)]
struct Case {
    /// As it stands in the file, since escapes and key order are part of the situation.
    webhook: Box<RawValue>,
    items: Vec<Value>,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default)]
    ignored: usize,
}

fn cases() -> Vec<(String, Case)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/meta/testdata");
    let read = |file: Result<std::fs::DirEntry, _>| {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_stem().unwrap().to_string_lossy().into_owned(), case)
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

fn read(body: &[u8]) -> Webhook {
    parse(Verified::from_store(body), NOW).unwrap()
}

fn shown(routed: &Routed) -> Value {
    let (Route::Number(route) | Route::Account(route)) = &routed.route else { panic!("{routed:?}") };
    let mut shown = match &routed.item {
        Item::Message(message) => json!({"message": {
            "route": route, "id": message.provider_id, "from": message.from.keys(), "name": message.name,
            "username": message.username, "sent_at": message.sent_at, "content": message.content,
            "context": (!message.context.is_empty()).then_some(&message.context),
        }}),
        Item::Status(update) => json!({"status": {
            "route": route, "id": update.provider_id, "status": update.status, "at": update.at,
            "message": update.message, "failure": update.failure, "detail": update.detail,
        }}),
        Item::Event(event) => {
            json!({"event": {"route": route, "kind": event.kind, "at": event.at, "detail": event.detail}})
        }
    };
    for item in shown.as_object_mut().unwrap().values_mut() {
        item.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    shown
}

#[test]
fn every_situation_says_what_its_file_expects() {
    let cases = cases();
    assert!(cases.len() > 80, "only {} situations found", cases.len());
    for (name, case) in cases {
        let webhook = read(case.webhook.get().as_bytes());
        let items: Vec<Value> = webhook.items.iter().map(shown).collect();
        assert_eq!(json!(items), json!(case.items), "{name}");
        let faults: Vec<&String> = webhook.faults.iter().map(|fault| &fault.pointer).collect();
        assert_eq!(faults, case.faults.iter().collect::<Vec<_>>(), "{name}");
        assert_eq!(webhook.ignored, case.ignored, "{name}");
    }
}

#[test]
fn a_new_field_anywhere_changes_nothing() {
    fn add(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.values_mut().for_each(add);
                fields.insert("zz_new".to_owned(), json!({"deep": [1, null, "x"]}));
            }
            Value::Array(items) => items.iter_mut().for_each(add),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    for (name, case) in cases() {
        // Where the whole object is kept, a new field rightly shows.
        let keeps_objects = |item: &Value| {
            item.get("event").is_some()
                || item.pointer("/message/context").is_some()
                || item.pointer("/message/content/flow_reply").is_some()
                || item.get("status").is_some()
        };
        if case.items.iter().any(keeps_objects) {
            continue;
        }
        let mut webhook: Value = serde_json::from_str(case.webhook.get()).unwrap();
        add(&mut webhook);
        let items: Vec<Value> = read(webhook.to_string().as_bytes()).items.iter().map(shown).collect();
        assert_eq!(items, case.items, "{name}");
    }
}

fn text(index: usize) -> Value {
    let id = format!("wamid.{index}");
    json!({"from": "15550100123", "id": id, "timestamp": "1794052811", "type": "text", "text": {"body": "x"}})
}

fn batch(messages: &[Value]) -> Vec<u8> {
    let value = json!({"metadata": {"phone_number_id": "7"}, "messages": messages});
    json!({"entry": [{"id": "9", "changes": [{"field": "messages", "value": value}]}]})
        .to_string()
        .into_bytes()
}

#[test]
fn one_bad_item_among_a_hundred_costs_none_of_the_others() {
    let bads =
        [json!(null), json!([]), json!("text"), json!({}), json!({"id": {}, "type": "text"}), json!(1e300)];
    for bad in bads {
        let mut messages: Vec<Value> = (0..100).map(text).collect();
        messages[42] = bad.clone();
        let webhook = read(&batch(&messages));
        assert_eq!(webhook.items.len(), 99, "{bad}");
        assert_eq!(webhook.faults.len(), 1, "{bad}");
        assert_eq!(webhook.faults[0].pointer, "/entry/0/changes/0/value/messages/42");
    }
}

#[test]
fn a_thousand_items_in_one_body_all_arrive() {
    let messages: Vec<Value> = (0..1_000).map(text).collect();
    let webhook = read(&batch(&messages));
    assert_eq!((webhook.items.len(), webhook.faults.len()), (1_000, 0));
}

#[test]
fn nesting_without_end_is_a_fault_and_no_crash() {
    let deep = 200_000;
    for (open, close) in [("[", "]"), (r#"{"edit":{"original_message_id":"a","message":"#, "}}")] {
        let nested = format!("{}1{}", open.repeat(deep), close.repeat(deep));
        let whole = format!(r#"{{"entry":{nested}}}"#);
        drop(parse(Verified::from_store(whole.as_bytes()), NOW));
        let inner = format!(
            r#"{{"entry":[{{"changes":[{{"field":"x","value":{nested}}},{{"value":{{"messages":[
               {{"id":"w","from":"15550100123","type":"edit","edit":{nested}}}]}}}}]}}]}}"#
        );
        drop(parse(Verified::from_store(inner.as_bytes()), NOW));
    }
}

#[test]
fn what_is_no_webhook_is_unreadable_and_not_quoted() {
    for body in [
        "",
        "{",
        "marker",
        "\"marker\"",
        "[]",
        "{}",
        r#"{"entry":"marker"}"#,
        r#"{"entry":{"marker":1}}"#,
        "\u{1}",
    ] {
        let error = parse(Verified::from_store(body.as_bytes()), NOW).unwrap_err();
        assert!(!error.to_string().contains("marker"), "{error}");
    }
    assert!(parse(Verified::from_store(b"{\"entry\":[\"\xff\xfe\"]}"), NOW).is_err());
}

#[test]
fn a_body_cut_anywhere_is_unreadable() {
    let body = batch(&[text(1)]);
    for end in 0..body.len() {
        assert!(parse(Verified::from_store(&body[..end]), NOW).is_err(), "{end}");
    }
}

#[test]
fn faults_and_failures_hold_no_words_of_the_user() {
    let messages = [
        json!({"id": "1", "from": "marker", "type": "text", "text": {"body": "marker"}, "context": "marker"}),
    ];
    let webhook = read(&batch(&messages));
    assert_eq!(webhook.faults.len(), 1);
    assert!(!format!("{:?}", webhook.faults).contains("marker"));
}

/// Takes a piece out of a body, doubles it, or puts another byte in its place.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let bodies: Vec<Vec<u8>> =
        cases().into_iter().map(|(_, case)| case.webhook.get().as_bytes().to_vec()).collect();
    let change = (any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), any::<u8>(), 0..4_u8);
    (proptest::sample::select(bodies), proptest::collection::vec(change, 1..6)).prop_map(
        |(mut body, changes)| {
            for (one, other, byte, how) in changes {
                if body.is_empty() {
                    break;
                }
                let (one, other) = (one.index(body.len()), other.index(body.len()));
                let (from, to) = (one.min(other), one.max(other));
                match how {
                    0 => body[one] = byte,
                    1 => drop(body.drain(from..to.min(from + 40))),
                    2 => body.swap(one, other),
                    _ => {
                        let piece = body[from..to.min(from + 40)].to_vec();
                        body.splice(one..one, piece);
                    }
                }
            }
            body
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(parse(Verified::from_store(&body), NOW));
    }

    #[test]
    fn a_damaged_body_is_read_without_panic(body in mutated()) {
        drop(parse(Verified::from_store(&body), NOW));
    }
}
