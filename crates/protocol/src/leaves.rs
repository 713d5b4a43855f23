//! A leaf that cannot be read costs the leaf, never the message: every leaf of every webhook of the tests is replaced by each kind of
//! value and by nothing, at all three providers.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use warta_core::channel::Protocol;
use warta_core::message::InboundContent;
use warta_core::time::Timestamp;
use warta_core::webhook::{Item, Message};

use crate::verify::Verified;
use crate::webhook::Webhook;

const NOW: Timestamp = Timestamp::from_millis(1_794_060_000_000);

fn read(protocol: Protocol, body: &[u8]) -> Webhook {
    let provider = crate::read(protocol, &crate::entry(protocol).description.examples()).unwrap();
    provider.parse(Verified::from_store(body), NOW).unwrap_or_default()
}

fn messages(webhook: Webhook) -> Vec<Message> {
    let message = |item| if let Item::Message(message) = item { Some(*message) } else { None };
    webhook.items.into_iter().filter_map(|routed| message(routed.item)).collect()
}

fn ids(protocol: Protocol, body: &Value) -> BTreeSet<String> {
    messages(read(protocol, body.to_string().as_bytes()))
        .into_iter()
        .map(|message| message.provider_id)
        .collect()
}

/// The bodies in `meta/testdata`.
fn of_meta() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/meta/testdata");
    let body = |file: Result<std::fs::DirEntry, _>| {
        let case: Value =
            serde_json::from_str(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        case["webhook"].clone()
    };
    std::fs::read_dir(folder).unwrap().map(body).collect()
}

/// The same in Coster's envelope.
fn of_coster() -> Vec<Value> {
    let wrapped = |body| json!({"id": "evt-000001", "account": {"id": "a"}, "data": body});
    of_meta().into_iter().map(wrapped).collect()
}

/// One message of each kind.
fn of_qontak() -> Vec<Value> {
    let body = |kind: &str, part: Value| {
        let mut body = json!({"id": "m-0001", "type": kind, "room_id": "r-0001", "sender": {"name": "Budi"},
            "participant_type": "customer", "text": "halo", "status": "created", "external_id": "wamid.HB==",
            "created_at": "2025-01-02T03:04:05.000Z", "reply": {"id": "m-0000"}, "channel_integration": {"id": "i"},
            "room": {"id": "r-0001", "name": "Budi", "account_uniq_id": "6281100000002", "channel_integration_id": "i"},
            "raw_message": {"messages": [{"from": "6281100000002", "context": {"forwarded": true}}]},
            "data_event": "receive_message_from_customer"});
        for (name, value) in part.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let raw = |part: Value| {
        let mut message = json!({"from": "6281100000002", "referral": {"source_id": "ad-1"}});
        message.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        json!({"raw_message": {"messages": [message]}})
    };
    let card =
        json!([{"name": {"formatted_name": "Sari"}, "phones": [{"phone": "+62 811", "type": "CELL"}]}]);
    vec![
        body("text", json!({})),
        body(
            "document",
            json!({"file": {"url": "https://cdn.qontak.com/a.pdf", "filename": "a.pdf", "size": 9}}),
        ),
        body("location", json!({"location": {"latitude": -6.2, "longitude": 106.8, "name": "Toko"}})),
        body("contact", raw(json!({"contacts": card}))),
        body("text", raw(json!({"interactive": {"button_reply": {"id": "a", "title": "A"}}}))),
        body(
            "text",
            raw(json!({"interactive": {"list_reply": {"id": "a", "title": "A", "description": "B"}}})),
        ),
        body("text", raw(json!({"button": {"payload": "p", "text": "OK"}}))),
    ]
}

fn bodies(protocol: Protocol) -> Vec<Value> {
    match protocol {
        Protocol::MetaCloud => of_meta(),
        Protocol::Coster => of_coster(),
        Protocol::Qontak => of_qontak(),
    }
}

/// The JSON pointers of all leaves.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| leaves(value, &format!("{at}/{index}"), found));
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            found.push(at.to_owned());
        }
    }
}

/// The body with this leaf replaced, or taken out.
fn with(body: &Value, at: &str, leaf: Option<&Value>) -> Value {
    let mut body = body.clone();
    let (parent, name) = at.rsplit_once('/').unwrap();
    match (body.pointer_mut(parent).unwrap(), leaf) {
        (Value::Object(fields), Some(leaf)) => drop(fields.insert(name.to_owned(), leaf.clone())),
        (Value::Object(fields), None) => drop(fields.remove(name)),
        (Value::Array(items), Some(leaf)) => items[name.parse::<usize>().unwrap()] = leaf.clone(),
        (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
        other => panic!("{other:?}"),
    }
    body
}

/// True for a leaf without which the message has no id or sender, or is not said to be a user's.
fn makes_the_message(protocol: Protocol, body: &Value, at: &str) -> bool {
    let ends = |names: &[&str]| names.iter().any(|name| at.ends_with(name));
    match protocol {
        // A system notice may name its user only inside, and without its type nobody looks there.
        Protocol::MetaCloud | Protocol::Coster => {
            let of_message = at.contains("/messages/")
                && at.rsplit("/messages/").next().unwrap().matches('/').count() == 1;
            let system = body.pointer(at) == Some(&json!("system"));
            of_message && (system || ends(&["/id", "/from", "/from_user_id"]))
                || ends(&["/contacts/0/wa_id", "/contacts/0/user_id"])
                || ends(&["/system/wa_id", "/system/user_id", "/system/previous_user_id"])
        }
        Protocol::Qontak => at == "/id" || ends(&["/participant_type", "/data_event"]),
    }
}

#[test]
fn a_leaf_that_cannot_be_read_costs_the_leaf_and_never_the_message() {
    let replacements =
        [json!(null), json!("x"), json!(7), json!(-1.5), json!(true), json!([1, "x"]), json!({"x": [1]})];
    for protocol in Protocol::ALL.iter().copied() {
        let mut tried = 0;
        for body in bodies(protocol) {
            let expected = ids(protocol, &body);
            let mut found = Vec::new();
            leaves(&body, "", &mut found);
            for at in
                found.iter().filter(|at| !expected.is_empty() && !makes_the_message(protocol, &body, at))
            {
                for leaf in replacements.iter().map(Some).chain([None]) {
                    let heard = ids(protocol, &with(&body, at, leaf));
                    // Only what never was a message may come to be none: a list of messages keeps its others.
                    assert!(expected.is_subset(&heard), "{protocol}: {at} as {leaf:?} in {body}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 500, "{protocol}: only {tried} leaves were tried");
    }
}

#[test]
fn half_a_pair_and_a_boundless_number_cost_nobody_a_message() {
    for protocol in Protocol::ALL.iter().copied() {
        for body in bodies(protocol) {
            let expected = ids(protocol, &body);
            let mut found = Vec::new();
            leaves(&body, "", &mut found);
            for at in
                found.iter().filter(|at| !expected.is_empty() && !makes_the_message(protocol, &body, at))
            {
                for leaf in [r#""a\ud83d""#, "1e999"] {
                    let marked = with(&body, at, Some(&json!("@leaf@"))).to_string();
                    let body = marked.replace(r#""@leaf@""#, leaf);
                    let heard: BTreeSet<String> = messages(read(protocol, body.as_bytes()))
                        .into_iter()
                        .map(|message| message.provider_id)
                        .collect();
                    assert!(expected.is_subset(&heard), "{protocol}: {at} as {leaf} in {body}");
                }
            }
        }
    }
}

/// What a message of this JSON says at Meta and at Coster.
fn said(message: &str, beside: &str) -> Value {
    let body = format!(
        r#"{{"account":{{"id":"a"}},"entry":[{{"id":"9","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"7"}},
            "messages":[{{"id":"wamid.1","from":"6281100000002","timestamp":"1794052811",{message}}}]{beside}}}}}]}}]}}"#
    );
    let one = |protocol| {
        let webhook = read(protocol, body.as_bytes());
        assert_eq!(webhook.faults, [], "{protocol}: {message}");
        serde_json::to_value(messages(webhook).remove(0).content).unwrap()
    };
    let found = one(Protocol::MetaCloud);
    assert_eq!(found, one(Protocol::Coster), "{message}");
    found
}

#[test]
fn what_can_be_read_arrives_typed() {
    for (message, content) in [
        (
            r#""type":"audio","audio":{"id":"1","voice":"true"}"#,
            json!({"audio": {"media_id": "1", "mime_type": "", "voice": true}}),
        ),
        (
            r#""type":"audio","audio":{"id":"1","voice":"yes"}"#,
            json!({"audio": {"media_id": "1", "mime_type": ""}}),
        ),
        (
            r#""type":"contacts","contacts":[{"name":{"formatted_name":"Sari"}},7]"#,
            json!({"contacts": [{"name": {"formatted_name": "Sari"}}]}),
        ),
        (r#""type":"text","text":{"body":"a\ud83d"}"#, json!({"text": {"body": "a\u{fffd}"}})),
        (
            r#""type":"order","order":{"catalog_id":"c","product_items":[{"product_retailer_id":"p","quantity":1},7,{"quantity":2,"item_price":1.5,"currency":"IDR"}]}"#,
            json!({"order": {"catalog_id": "c", "product_items": [{"product_retailer_id": "p", "quantity": 1},
                {"quantity": 2, "item_price": 1.5, "currency": "IDR"}]}}),
        ),
        (
            r#""type":"image","image":{"url":"https://lookaside.fbsbx.com/x","mime_type":"image/png"}"#,
            json!({"image": {"media_id": "https://lookaside.fbsbx.com/x", "mime_type": "image/png"}}),
        ),
        (
            r#""image":{"id":"1","mime_type":"image/png"}"#,
            json!({"image": {"media_id": "1", "mime_type": "image/png"}}),
        ),
        (r#""type":"text","text":{"body":"a"},"context":"x","referral":7"#, json!({"text": {"body": "a"}})),
        (
            r#""type":"interactive","interactive":{"button_reply":{"title":"OK"}}"#,
            json!({"button_reply": {"id": "OK", "title": "OK"}}),
        ),
    ] {
        assert_eq!(said(message, ""), content, "{message}");
    }
}

#[test]
fn what_cannot_be_read_is_unsupported_with_its_type_and_reason() {
    for (message, content) in [
        (r#""type":"text","text":{"body":[]}"#, json!({"type": "text", "detail": "its text has no body"})),
        (
            r#""type":"image","image":{"caption":"a"}"#,
            json!({"type": "image", "detail": "its image object has no id"}),
        ),
        (r#""type":"image""#, json!({"type": "image", "detail": "it has no image object"})),
        (
            r#""type":"location","location":{"latitude":1}"#,
            json!({"type": "location", "detail": "its location has no longitude"}),
        ),
    ] {
        assert_eq!(said(message, ""), json!({ "unsupported": content }), "{message}");
    }
    // The reason that stands beside the message, in the value's own errors.
    let beside = r#","errors":[{"code":131060,"title":"This message is currently unavailable."}]"#;
    let unavailable =
        json!({"type": "interactive", "code": 131_060, "detail": "This message is currently unavailable."});
    assert_eq!(said(r#""type":"interactive""#, beside), json!({ "unsupported": unavailable }));
    assert_eq!(said(r#""type":"text","text":{"body":"a"}"#, beside), json!({"text": {"body": "a"}}));
}

#[test]
fn a_system_notice_without_a_kind_still_tells_the_new_number() {
    let read = said(r#""type":"system","system":{"wa_id":"6281100000009"}"#, "");
    let content: InboundContent = serde_json::from_value(read).unwrap();
    let InboundContent::System(change) = content else { panic!("{content:?}") };
    assert_eq!((change.kind.as_str(), change.phone.as_deref()), ("unknown", Some("6281100000009")));
}
