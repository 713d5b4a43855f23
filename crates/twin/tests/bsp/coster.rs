//! Coster: facts/qontak-coster.md §6 and §8.

use http::Method;
use serde_json::{Value, json};

use super::world::{BUDI, World};

fn reply(world: &World) -> Value {
    json!({"xid": "x-1", "channel_id": "whatsapp-cloud", "account_id": world.id("account_id"),
        "division_id": world.id("division_id"), "is_helpdesk": false, "message_type": "outbound",
        "data": {"messaging_product": "whatsapp", "recipient_type": "individual", "to": BUDI, "type": "text",
            "text": {"body": "Halo!"}}})
}

async fn post(world: &World, token: &str, body: &Value) -> (u16, Value) {
    world.call(Method::POST, "/coster/bot/webhook", &[("x-access-token", token)], body).await
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_refused_in_costers_envelope() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("coster", data.path()).await;
    world.budi_writes().await;
    let token = world.id("access_token");
    for (pointer, value) in [
        ("/xid", Value::Null),
        ("/channel_id", json!("line")),
        ("/account_id", json!("00000000000000000000000000000000")),
        ("/division_id", json!("x")),
        ("/data", Value::Null),
        ("/data/to", json!("+62 812")),
        ("/data/type", json!("carrier_pigeon")),
        ("/data/text", json!({"body": ""})),
        ("/data/messaging_product", json!("sms")),
    ] {
        let mut body = reply(&world);
        *body.pointer_mut(pointer).unwrap() = value;
        let (status, answer) = post(&world, token, &body).await;
        assert_eq!(status, 400, "{pointer}: {answer}");
        assert!(
            answer["errors"][0]["code"].is_number() && answer["meta"]["author"] == "jatis mobile",
            "{answer}"
        );
    }
    assert_eq!(world.chat().await.len(), 1, "nothing of it reached the phone");
    for wrong in ["", "x", world.id("push_token")] {
        assert_eq!(post(&world, wrong, &reply(&world)).await.0, 401, "{wrong}");
    }
    let (status, answer) = post(&world, token, &reply(&world)).await;
    assert_eq!((status, &answer["messages"][0]["xid"]), (200, &json!("x-1")));
}

#[tokio::test]
async fn a_template_takes_the_push_token_and_echoes_the_xid() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("coster", data.path()).await;
    let path = format!("/coster/v1/{}/messages", world.id("account_id"));
    let bearer = format!("Bearer {}", world.id("push_token"));
    let template = |name: &str| {
        json!({"xid": "n-7", "to": BUDI, "type": "template", "template": {"name": name, "namespace": null,
            "language": {"policy": "deterministic", "code": "en_US"}}})
    };
    let good = [("authorization", bearer.as_str())];
    let (status, answer) = world.call(Method::POST, &path, &good, &template("hello_world")).await;
    assert_eq!((status, &answer["messages"][0]["xid"]), (200, &json!("n-7")), "{answer}");
    let (status, answer) = world.call(Method::POST, &path, &good, &template("nowhere")).await;
    assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!(132_001)), "{answer}");
    let bot = format!("Bearer {}", world.id("access_token"));
    let bad = [("authorization", bot.as_str())];
    assert_eq!(world.call(Method::POST, &path, &bad, &template("hello_world")).await.0, 401);
    let other = "/coster/v1/ffffffffffffffffffffffffffffffff/messages";
    assert_eq!(world.call(Method::POST, other, &good, &template("hello_world")).await.0, 403);
}

#[tokio::test]
async fn outside_the_window_a_reply_is_taken_and_fails_and_nothing_is_forgotten_over_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("coster", data.path()).await;
    world.budi_writes().await;
    world.control(Method::POST, "clock", &json!({"advance_seconds": 90_000})).await;
    let token = world.id("access_token").to_owned();
    assert_eq!(post(&world, &token, &reply(&world)).await.0, 200);
    let (account, before) = (world.account.clone(), world.chat().await);
    world.stop().await;
    let world = World::start("coster", data.path()).await;
    assert_eq!(world.id("access_token"), account["access_token"]);
    for _ in 0..200 {
        let chat = world.chat().await;
        if chat[1]["ticks"] == "failed" {
            assert_eq!((chat.len(), &chat[1]["error"]["code"]), (before.len(), &json!(131_047)), "{chat:?}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the status is still owed: {:?}", world.chat().await);
}
