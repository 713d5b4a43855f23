//! Each fault knob does what it says.

use std::time::Instant;

use serde_json::{Value, json};

use crate::world::{World, text_message};

/// A connected world in which Budi has written.
async fn open_window() -> World {
    let world = World::connected().await;
    world.budi_says("Halo").await;
    world.receiver.wait_for(1).await;
    world
}

const QUICK: fn() -> Value = || json!({"sent": 1, "delivered": 2, "read": 3});

#[tokio::test]
async fn duplicate_sends_each_webhook_more_than_once() {
    let world = World::connected().await;
    world.control("faults", json!({"duplicate": 3})).await;
    world.budi_says("Halo").await;
    let hooks = world.receiver.wait_for(3).await;
    assert!(hooks.iter().all(|hook| hook.body == hooks[0].body));
}

#[tokio::test]
async fn reorder_shuffles_the_statuses_of_a_message() {
    let world = open_window().await;
    let delays = json!({"sent": 1, "delivered": 40, "read": 80});
    world.control("faults", json!({"reorder": true, "status_delays_ms": delays})).await;
    for n in 0..8 {
        world.say(&n.to_string()).await;
    }
    world.receiver.wait_for_statuses(24).await;
    let mut seen: Vec<(Value, Vec<Value>)> = Vec::new();
    for hook in world.receiver.hooks() {
        let status = hook.value()["statuses"][0].clone();
        match seen.iter_mut().find(|(id, _)| *id == status["id"]) {
            Some((_, words)) => words.push(status["status"].clone()),
            None => seen.push((status["id"].clone(), vec![status["status"].clone()])),
        }
    }
    assert!(
        seen.iter().any(|(_, words)| words.len() == 3 && *words != ["sent", "delivered", "read"]),
        "{seen:?}"
    );
}

#[tokio::test]
async fn statuses_can_come_before_the_answer() {
    let world = open_window().await;
    world.control("faults", json!({"status_before_answer": true})).await;
    world.say("Halo juga").await;
    let mut statuses = world.receiver.statuses();
    statuses.sort();
    assert_eq!(statuses, ["delivered", "read", "sent"]);
}

#[tokio::test]
async fn the_next_sends_can_fail_as_html_or_as_an_error() {
    let world = open_window().await;
    world.control("faults", json!({"fail_next": {"count": 1, "http_status": 502}})).await;
    let url = format!("{}/meta/v26.0/{}/messages", world.twin.base, world.id("phone_number_id"));
    let answer =
        world.http.post(url).bearer_auth(world.id("access_token")).json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await.unwrap().contains("<html>"));

    world.control("faults", json!({"fail_next": {"count": 1, "http_status": 500, "code": 131_000}})).await;
    let (status, error) = world.send(text_message("Halo")).await;
    assert_eq!((status, &error["error"]["code"]), (500, &json!(131_000)));

    assert_eq!(world.send(text_message("Halo")).await.0, 200);
    assert_eq!(world.phone().await.len(), 2, "the failed ones were not accepted");
}

#[tokio::test]
async fn a_send_can_be_accepted_and_never_answered() {
    let world = open_window().await;
    world.control("faults", json!({"accept_then_hang": 1, "status_delays_ms": QUICK()})).await;
    tokio::select! {
        answer = world.send(text_message("Halo juga")) => panic!("{answer:?}"),
        statuses = world.receiver.wait_for_statuses(3) => assert_eq!(statuses.len(), 3),
    }
    assert_eq!(world.send(text_message("Lagi")).await.0, 200);
}

#[tokio::test]
async fn a_send_can_be_accepted_and_the_connection_cut() {
    let world = open_window().await;
    world.control("faults", json!({"accept_then_reset": 1})).await;
    let url = format!("{}/meta/v26.0/{}/messages", world.twin.base, world.id("phone_number_id"));
    let body = json!({"messaging_product": "whatsapp", "to": crate::world::BUDI, "type": "text", "text": {"body": "x"}});
    let outcome = world.http.post(url).bearer_auth(world.id("access_token")).json(&body).send().await;
    assert!(outcome.is_err(), "{outcome:?}");
    assert_eq!(world.phone().await.len(), 2, "it was accepted");
}

#[tokio::test]
async fn every_answer_can_be_slow() {
    let world = open_window().await;
    world.control("faults", json!({"slow_ms": 120})).await;
    #[expect(clippy::disallowed_methods, reason = "the test measures a wait")]
    let start = Instant::now();
    world.say("Halo juga").await;
    assert!(start.elapsed().as_millis() >= 120);
}

#[tokio::test]
async fn sends_can_be_throttled() {
    let world = open_window().await;
    for code in [130_429, 131_056] {
        world.control("faults", json!({"throttle": {"code": code, "count": 1}})).await;
        assert_eq!(world.send(text_message("Halo")).await.1["error"]["code"], code);
    }
    assert_eq!(world.send(text_message("Halo")).await.0, 200);
}

#[tokio::test]
async fn statuses_can_be_dropped_or_thinned_out() {
    let world = open_window().await;
    world.control("faults", json!({"drop_statuses": true})).await;
    world.say("Tanpa kabar").await;
    world
        .control(
            "faults",
            json!({"drop_statuses": false, "skip_delivered": true, "status_delays_ms": QUICK()}),
        )
        .await;
    world.say("Langsung dibaca").await;
    let mut statuses = world.receiver.wait_for_statuses(2).await;
    statuses.sort();
    assert_eq!(statuses, ["read", "sent"]);
    world.control("faults", json!({"skip_delivered": false, "read": "never"})).await;
    world.say("Tidak dibaca").await;
    world.receiver.wait_for_statuses(4).await;
    assert_eq!(world.books("owed").await["statuses"], 0);
    assert_eq!(world.receiver.statuses().iter().filter(|word| *word == "read").count(), 1);
}

#[tokio::test]
async fn sends_can_fail_later_with_a_code() {
    let world = open_window().await;
    world.control("faults", json!({"failed_code": 131_049, "status_delays_ms": QUICK()})).await;
    world.say("Halo juga").await;
    assert_eq!(world.receiver.wait_for_statuses(1).await, ["failed"]);
    let value = world.receiver.hooks()[1].value();
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_049);
    assert!(value.get("contacts").is_none());
    assert_eq!(world.phone().await[1]["error"]["code"], 131_049);
}

#[tokio::test]
async fn webhooks_can_be_raw_utf8_with_escaped_slashes() {
    let world = World::connected().await;
    world.control("faults", json!({"escape_unicode": false, "escape_slash": true})).await;
    world.budi_says("é/").await;
    assert!(world.receiver.wait_for(1).await[0].body.contains(r"é\/"));
}

#[tokio::test]
async fn the_window_closes_after_24_hours() {
    let world = open_window().await;
    world.control("clock", json!({"advance_seconds": 24 * 3600 - 60})).await;
    world.control("faults", json!({"window_sync": true})).await;
    assert_eq!(world.send(text_message("Masih boleh")).await.0, 200);
    world.control("clock", json!({"advance_seconds": 60})).await;

    let (status, error) = world.send(text_message("Terlambat")).await;
    assert_eq!((status, &error["error"]["code"]), (400, &json!(131_047)));

    world.control("faults", json!({"window_sync": false, "status_delays_ms": QUICK()})).await;
    assert_eq!(world.send(text_message("Terlambat")).await.0, 200);
    assert!(world.receiver.wait_for_statuses(4).await.contains(&"failed".to_owned()));
}

#[tokio::test]
async fn number_and_pair_have_their_rates() {
    let world = open_window().await;
    world.control("faults", json!({"pair_burst": 2})).await;
    let codes = |answers: Vec<(u16, Value)>| -> Vec<Value> {
        answers.into_iter().map(|(_, answer)| answer["error"]["code"].clone()).collect()
    };
    let mut answers = Vec::new();
    for n in 0..3 {
        answers.push(world.send(text_message(&n.to_string())).await);
    }
    assert_eq!(codes(answers), [Value::Null, Value::Null, json!(131_056)]);
    world.control("clock", json!({"advance_seconds": 6})).await;
    assert_eq!(world.send(text_message("sesudah 6 detik")).await.0, 200);

    world.control("faults", json!({"pair_burst": 0, "throughput_mps": 1})).await;
    world.control("clock", json!({"advance_seconds": 1})).await;
    let answers = vec![world.send(text_message("a")).await, world.send(text_message("b")).await];
    assert_eq!(codes(answers), [Value::Null, json!(130_429)]);
}

#[tokio::test]
async fn an_unknown_knob_is_refused() {
    let world = World::bare().await;
    let url = format!("{}/meta/control/faults", world.twin.base);
    let answer = world.http.post(url).json(&json!({"gremlins": 1})).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}
