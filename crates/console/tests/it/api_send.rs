//! `POST /v1/conversations/{id}/messages`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::support::{Answer, Tenants, spawn};

const BUDI: &str = "6281255501234";

async fn path(world: &Tenants) -> String {
    let message = world.user_writes(BUDI, "hi").await;
    format!("/v1/conversations/{}/messages", world.conversation_of(message).await)
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

fn ids(answer: &Answer) -> Vec<String> {
    let list = answer.json();
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn outbound(world: &Tenants) -> usize {
    world.get("/v1/messages?direction=outbound&limit=100").await.json()["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_message_is_queued_and_answered_as_documented() {
    let world = Tenants::new().await;
    let answer = world.post(&path(&world).await, None, &text("Halo")).await;
    assert_eq!(answer.status, 202);
    insta::assert_json_snapshot!(answer.json(), {
        ".data[].id" => "msg_…", ".data[].channel" => "chn_…", ".data[].conversation" => "cnv_…",
    });
}

#[tokio::test]
async fn several_messages_are_queued_in_their_order() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    let answer =
        world.post(&path, None, &json!({"messages": [text("one"), text("two"), text("three")]})).await;
    let list = answer.json();
    let bodies: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["text"]["body"].as_str().unwrap())
        .collect();
    assert_eq!(bodies, ["one", "two", "three"]);
    assert!(ids(&answer).is_sorted());
}

#[tokio::test]
async fn what_is_wrong_is_named_by_its_place_and_nothing_is_queued() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    let many = Value::Array((0..21).map(|number| text(&number.to_string())).collect());
    let missing = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";
    for (body, places) in [
        (json!({}), vec!["/type"]),
        (json!([]), vec![""]),
        (json!({"type": "telegram"}), vec!["/type"]),
        (json!({"type": "text"}), vec!["/text"]),
        (json!({"type": "text", "text": {"body": ""}}), vec!["/text/body"]),
        (json!({"type": "text", "text": {"body": "a"}, "txet": 1}), vec!["/txet"]),
        (json!({"messages": []}), vec!["/messages"]),
        (json!({"messages": many}), vec!["/messages"]),
        (
            json!({"messages": [text("fine"), {"type": "text", "text": {"body": ""}}]}),
            vec!["/messages/1/text/body"],
        ),
        (json!({"messages": [text("fine")], "more": 1}), vec!["/more"]),
        (json!({"type": "text", "text": {"body": "a"}, "reply_to": missing}), vec!["/reply_to"]),
        (
            json!({"type": "reaction", "reaction": {"message_id": missing, "emoji": "👍"}}),
            vec!["/reaction/message_id"],
        ),
    ] {
        let answer = world.post(&path, None, &body).await;
        assert_eq!(answer.problem(), (422, "request_invalid".to_owned()), "{body}");
        let problem = answer.json();
        let found: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(found, places, "{body}: {problem}");
    }
    assert_eq!(outbound(&world).await, 0);
}

#[tokio::test]
async fn a_reply_may_refer_only_to_a_message_of_the_same_conversation() {
    let world = Tenants::new().await;
    let here = world.user_writes(BUDI, "here").await;
    let there = world.user_writes("6281255509999", "there").await;
    let path = format!("/v1/conversations/{}/messages", world.conversation_of(here).await);
    let reply = |to: &dyn std::fmt::Display| json!({"type": "text", "text": {"body": "a"}, "reply_to": to.to_string()});
    let good = world.post(&path, None, &reply(&here)).await;
    assert_eq!((good.status.as_u16(), &good.json()["data"][0]["reply_to"]), (202, &json!(here.to_string())));
    assert_eq!(world.post(&path, None, &reply(&there)).await.problem().0, 422);
}

#[tokio::test]
async fn what_is_written_to_nobody_is_refused() {
    let world = Tenants::new().await;
    let nobody = warta_core::identity::Identity::Bsuid("ZZ.1".parse().unwrap());
    let message = world.writes_as(world.channel, nobody, "a try").await;
    let path = format!("/v1/conversations/{}/messages", world.conversation_of(message).await);
    let refused = world.post(&path, None, &json!({"type": "text", "text": {"body": "a"}})).await;
    assert_eq!(refused.problem(), (422, "request_invalid".to_owned()));
    assert!(refused.text.contains("loop-back test"), "{}", refused.text);
    assert_eq!(outbound(&world).await, 0);
}

#[tokio::test]
async fn a_repetition_under_its_key_queues_nothing_and_says_so() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    let first = world.post(&path, Some("order-17"), &text("Halo")).await;
    assert_eq!(first.header("idempotency-replayed"), "");
    // Bare or in quotes, and whatever the blanks: the same call.
    for key in ["order-17", "\"order-17\""] {
        let again = world.post(&path, Some(key), &text("Halo")).await;
        assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (202, "true"));
        assert_eq!(ids(&again), ids(&first));
    }
    let other = world.post(&path, Some("order-17"), &text("Something else")).await;
    assert_eq!(other.problem(), (422, "idempotency_key_reused".to_owned()));
    assert_eq!(outbound(&world).await, 1);
    world.clock.advance(Duration::from_hours(24));
    world.user_writes(BUDI, "still here").await;
    let later = world.post(&path, Some("order-17"), &text("Something else")).await;
    assert_eq!(
        (later.status.as_u16(), later.header("idempotency-replayed")),
        (202, ""),
        "a key is forgotten after a day"
    );
}

#[tokio::test]
async fn a_repetition_gets_what_the_first_call_got_though_the_window_has_closed() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    world.clock.advance(Duration::from_mins(24 * 60 - 1));
    let first = world.post(&path, Some("order-18"), &text("Halo")).await;
    assert_eq!(first.status, 202);
    world.clock.advance(Duration::from_mins(2));
    let again = world.post(&path, Some("order-18"), &text("Halo")).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (202, "true"));
    assert_eq!(ids(&again), ids(&first));
    assert_eq!(world.post(&path, Some("order-19"), &text("Halo")).await.problem().0, 409);
}

#[tokio::test]
async fn a_hundred_calls_at_once_under_one_key_make_one_message() {
    let world = Arc::new(Tenants::new().await);
    let path = path(&world).await;
    let calls = (0..100).map(|_| {
        let (world, path) = (Arc::clone(&world), path.clone());
        spawn(async move { ids(&world.post(&path, Some("once"), &text("Halo")).await) })
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(outbound(&world).await, 1);
}

#[tokio::test]
async fn an_idempotency_key_has_1_to_255_characters() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    let (long, longest) = ("k".repeat(256), "k".repeat(255));
    for key in ["", "\"\"", &*long] {
        let answer = world.post(&path, Some(key), &text("Halo")).await;
        assert_eq!(answer.problem().0, 422, "{key}");
        assert_eq!(answer.json()["errors"][0]["parameter"], "Idempotency-Key");
    }
    assert_eq!(world.post(&path, Some(&longest), &text("Halo")).await.status, 202);
}

#[tokio::test]
async fn after_24_hours_only_a_template_may_go_out() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    world.clock.advance(Duration::from_hours(24));
    let closed = world.post(&path, None, &text("Halo")).await;
    assert_eq!(closed.problem(), (409, "window_closed".to_owned()));
    assert!(!closed.json()["resolution"].as_str().unwrap().is_empty());
    let template = json!({"type": "template", "template": {"name": "hello", "language": "id"}});
    let mixed = world.post(&path, None, &json!({"messages": [template, text("Halo")]})).await;
    assert_eq!(mixed.problem().0, 409);
    assert_eq!(outbound(&world).await, 0, "all or none");
    let answer = world.post(&path, None, &template).await;
    let list = answer.json();
    assert_eq!((answer.status.as_u16(), &list["data"][0]["object"]), (202, &json!("notification")));
    let id = list["data"][0]["id"].as_str().unwrap();
    assert!(id.starts_with("ntf_"), "{id}");
    assert_eq!(world.get(&format!("/v1/messages/{id}")).await.json()["id"], id);
}

#[tokio::test]
async fn a_conversation_of_another_channel_is_not_there() {
    let world = Tenants::new().await;
    let draft = world.writes_on(world.draft, BUDI, "hi").await;
    let path = format!("/v1/conversations/{}/messages", world.conversation_of(draft).await);
    assert_eq!(world.post(&path, None, &text("Halo")).await.problem(), (404, "not_found".to_owned()));
    assert_eq!(world.post("/v1/conversations/nonsense/messages", None, &text("Halo")).await.problem().0, 404);
}

#[tokio::test]
async fn a_body_must_be_whole_json_of_a_bearable_size() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    let large = json!({"type": "text", "text": {"body": "a".repeat(1024 * 1024)}}).to_string();
    let request = |kind: &str, body: String| {
        Request::builder()
            .method(Method::POST)
            .uri(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", world.key))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap()
    };
    for (kind, body, problem) in [
        ("application/json", "{\"type\":".to_owned(), (400, "body_unreadable")),
        ("application/json", String::new(), (400, "body_unreadable")),
        ("text/plain", text("a").to_string(), (415, "media_type_unsupported")),
        ("application/json", large, (413, "body_too_large")),
    ] {
        let answer = world.send(request(kind, body)).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()));
    }
    assert_eq!(
        world.send(request("application/json; charset=utf-8", text("a").to_string())).await.status,
        202
    );
}

#[tokio::test]
async fn a_store_that_takes_nothing_means_come_back_later() {
    let world = Tenants::new().await;
    let path = path(&world).await;
    world.get("/v1/messages").await; // the key is at hand
    world.app.store.close().await;
    let answer = world.post(&path, None, &text("Halo")).await;
    assert_eq!(answer.problem(), (503, "busy".to_owned()));
    assert_eq!(answer.header("retry-after"), "1");
}
