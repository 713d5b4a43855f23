//! Qontak: facts/qontak-coster.md §2 to §4.

use http::Method;
use serde_json::{Value, json};

use super::world::{BUDI, World};

const API: &str = "/qontak/api/open/v1";

async fn call(world: &World, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let bearer = format!("Bearer {}", world.id("access_token"));
    world.call(method, &format!("{API}{path}"), &[("authorization", &bearer)], body).await
}

/// The room of the user's last message.
async fn room(world: &World) -> String {
    let journal = world.control(Method::GET, "journal?event=received", &Value::Null).await;
    journal["entries"].as_array().unwrap().last().unwrap()["message"]["room"].as_str().unwrap().to_owned()
}

async fn send(world: &World, room: &str, text: &str) -> (u16, Value) {
    call(
        world,
        Method::POST,
        "/messages/whatsapp/bot",
        &json!({"room_id": room, "type": "text", "text": text}),
    )
    .await
}

#[tokio::test]
async fn a_room_is_written_to_while_it_is_open_and_the_window_too() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("qontak", data.path()).await;
    world.budi_writes().await;
    let first = room(&world).await;
    let (status, answer) = send(&world, &first, "Halo").await;
    assert_eq!((status, &answer["data"]["status"]), (201, &json!("created")), "{answer}");
    assert_eq!(answer["data"]["external_id"], Value::Null, "WhatsApp's id comes later");
    for (text, room, wanted) in [("", first.as_str(), 422), ("x", "no-room", 404)] {
        assert_eq!(send(&world, room, text).await.0, wanted, "{room} {text:?}");
    }
    world
        .control(Method::POST, "room", &json!({"account": world.id("id"), "user": BUDI, "age_hours": 25}))
        .await;
    let (status, answer) = send(&world, &first, "Halo").await;
    assert_eq!((status, &answer["error"]["messages"][0]), (422, &json!("session expired")));
    world
        .control(Method::POST, "room", &json!({"account": world.id("id"), "user": BUDI, "resolve": true}))
        .await;
    world.budi_writes().await;
    let second = room(&world).await;
    assert_ne!(first, second, "a resolved room is followed by another");
    assert_eq!(send(&world, &first, "Halo").await.0, 422);
    assert_eq!(send(&world, &second, "Halo").await.0, 201);
}

#[tokio::test]
async fn interactive_messages_are_held_to_qontaks_limits() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("qontak", data.path()).await;
    world.budi_writes().await;
    let room = room(&world).await;
    let button = |title: &str| json!({"id": "a", "title": title});
    let path = "/messages/whatsapp/interactive_message/bot";
    for (interactive, wanted) in [
        (json!({"body": "Pilih", "buttons": [button("Satu")]}), 201),
        (json!({"body": "", "buttons": [button("Satu")]}), 422),
        (json!({"body": "Pilih", "buttons": []}), 422),
        (json!({"body": "Pilih", "buttons": [button("A title of more than twenty")]}), 422),
        (json!({"body": "Pilih", "buttons": [button("1"), button("2"), button("3"), button("4")]}), 422),
        (json!({"body": "Pilih", "lists": {"button": "Lihat", "sections": []}}), 422),
    ] {
        let body = json!({"room_id": room, "type": "button", "interactive": interactive});
        assert_eq!(call(&world, Method::POST, path, &body).await.0, wanted, "{interactive}");
    }
}

#[tokio::test]
async fn a_template_in_another_language_is_taken_and_fails_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("qontak", data.path()).await;
    let (_, list) = call(&world, Method::GET, "/templates/whatsapp?query=hello_world", &Value::Null).await;
    let mut body = json!({"to_name": "Budi", "to_number": BUDI, "message_template_id": list["data"][0]["id"],
        "channel_integration_id": world.id("channel_integration_id"), "language": {"code": "id"}, "parameters": {}});
    let path = "/broadcasts/whatsapp/direct";
    let (status, answer) = call(&world, Method::POST, path, &body).await;
    assert_eq!(status, 201, "{answer}");
    let log = format!("/broadcasts/{}/whatsapp/log", answer["data"]["id"].as_str().unwrap());
    for _ in 0..200 {
        let (_, log) = call(&world, Method::GET, &log, &Value::Null).await;
        if log["data"][0]["status"] == "failed" {
            assert_eq!(log["data"][0]["messages_response"]["errors"][0]["code"], 2001, "{log}");
            body["to_name"] = Value::Null;
            assert_eq!(call(&world, Method::POST, path, &body).await.0, 422);
            world.control(Method::POST, "faults", &json!({"templates_per_minute": 1})).await;
            body["to_name"] = json!("Budi");
            assert_eq!(call(&world, Method::POST, path, &body).await.0, 429, "the limit of a minute");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no log");
}

#[tokio::test]
async fn tokens_are_given_for_the_password_and_end_when_they_are_renewed() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("qontak", data.path()).await;
    let mut grant = json!({"grant_type": "password", "client_id": world.id("client_id"),
        "client_secret": world.id("client_secret"), "username": world.id("username"), "password": "wrong"});
    let token = "/qontak/oauth/token";
    let (status, answer) = world.call(Method::POST, token, &[], &grant).await;
    assert_eq!((status, &answer["error"]), (401, &json!("invalid_grant")));
    grant["password"] = json!(world.id("password"));
    let (status, answer) = world.call(Method::POST, token, &[], &grant).await;
    assert!(status == 200 && answer["expires_in"].as_i64().unwrap() > 0, "{answer}");
    assert_eq!(
        call(&world, Method::GET, "/health", &Value::Null).await.0,
        401,
        "the old one is worth nothing"
    );
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let health = format!("{API}/health");
    assert_eq!(world.call(Method::GET, &health, &[("authorization", &bearer)], &Value::Null).await.0, 200);
    // Mekari's gateway takes no bearer, and refuses in words of its own.
    let gateway = "/qontak/gateway/qontak/chat/v1/health";
    let (status, answer) =
        world.call(Method::GET, gateway, &[("authorization", &bearer)], &Value::Null).await;
    assert_eq!((status, answer), (401, json!({"message": "Unauthorized"})));
}

#[tokio::test]
async fn a_made_template_is_pending_twice_wrapped_and_never_deleted() {
    let data = tempfile::tempdir().unwrap();
    let world = World::start("qontak", data.path()).await;
    let new = json!({"name": "order_update_2", "category": "UTILITY", "attributes": [{"language": "id",
        "components": [{"type": "BODY", "text": "Halo {{1}}", "example": {"body_text": ["Budi"]}}]}]});
    let (status, answer) = call(&world, Method::POST, "/templates/whatsapp", &new).await;
    let made = &answer["data"]["data"][0];
    assert_eq!((status, &made["status"]), (201, &json!("PENDING")), "{answer}");
    let judged = json!({"id": made["id"], "status": "APPROVED"});
    world.control(Method::POST, "template", &judged).await;
    let one = format!("/templates/{}/whatsapp", made["id"].as_str().unwrap());
    assert_eq!(call(&world, Method::GET, &one, &Value::Null).await.1["data"]["status"], "APPROVED");
    assert_eq!(call(&world, Method::POST, "/templates/whatsapp", &new).await.0, 422, "the name is taken");
    assert_eq!(call(&world, Method::DELETE, &one, &Value::Null).await.0, 405);
}
