//! What goes wrong with an account, on demand.

use serde_json::{Value, json};

use crate::world::{Running, World, signed, text_message};

async fn broken(world: &World, what: &str, body: Value) -> Value {
    world.control(&format!("accounts/{}/{what}", world.id("phone_number_id")), body).await
}

async fn inspected(world: &World) -> Value {
    let token = world.id("access_token");
    world.look(&format!("debug_token?input_token={token}")).await.1["data"].clone()
}

#[tokio::test]
async fn nothing_comes_while_the_app_is_not_subscribed() {
    let world = World::connected().await;
    broken(&world, "subscription", json!({"subscribed": false})).await;
    let apps = format!("{}/subscribed_apps", world.id("waba_id"));
    assert_eq!(world.look(&apps).await.1, json!({"data": []}));
    world.budi_says("Tidak ada yang mendengar").await;
    broken(&world, "subscription", json!({"subscribed": true})).await;
    assert_eq!(world.look(&apps).await.1["data"].as_array().unwrap().len(), 1);
    world.budi_says("Halo").await;
    let came = world.receiver.wait_for(1).await;
    assert_eq!(came[0].value()["messages"][0]["text"]["body"], "Halo");
}

#[tokio::test]
async fn a_number_can_be_led_elsewhere() {
    let (world, other) = (World::connected().await, World::bare().await);
    broken(&world, "override", json!({"url": other.receiver.url})).await;
    world.budi_says("Halo").await;
    other.receiver.wait_for(1).await;
    assert!(world.receiver.hooks().is_empty());
    let number = format!("{}?fields=webhook_configuration", world.id("phone_number_id"));
    assert_eq!(world.look(&number).await.1["webhook_configuration"]["phone_number"], other.receiver.url);
    broken(&world, "override", json!({"url": ""})).await;
    assert_eq!(world.look(&number).await.1.get("webhook_configuration"), None);
}

#[tokio::test]
async fn a_reset_app_secret_signs_from_then_on_and_stays() {
    let mut world = World::connected().await;
    let before = world.id("app_secret");
    let after = broken(&world, "app_secret", json!({})).await["app_secret"].as_str().unwrap().to_owned();
    assert_ne!(before, after);
    world.twin.stop().await;
    world.twin = Running::start(world.data.path()).await;
    world.budi_says("Halo").await;
    let hook = world.receiver.wait_for(1).await.remove(0);
    assert_eq!(hook.signature, signed(&after, &hook.body));
}

#[tokio::test]
async fn quality_and_status_show_on_the_number() {
    let world = World::connected().await;
    broken(&world, "quality", json!({"quality": "RED"})).await;
    broken(&world, "status", json!({"status": "DISCONNECTED"})).await;
    let number = format!("{}?fields=quality_rating,status", world.id("phone_number_id"));
    let expected =
        json!({"id": world.id("phone_number_id"), "quality_rating": "RED", "status": "DISCONNECTED"});
    assert_eq!(world.look(&number).await.1, expected);
}

#[tokio::test]
async fn a_token_without_a_scope_is_refused_where_it_needs_it() {
    let world = World::connected().await;
    broken(&world, "token", json!({"state": "valid", "scopes": ["whatsapp_business_messaging"]})).await;
    assert_eq!(inspected(&world).await["scopes"], json!(["whatsapp_business_messaging"]));
    let (status, answer) = world.look(&format!("{}/subscribed_apps", world.id("waba_id"))).await;
    assert_eq!((status, &answer["error"]["code"]), (403, &json!(200)));
    world.say("Masih boleh").await;
    broken(&world, "token", json!({"state": "valid", "scopes": ["whatsapp_business_management"]})).await;
    assert_eq!(world.look(&format!("{}/subscribed_apps", world.id("waba_id"))).await.0, 200);
    assert_eq!(world.send(text_message("Tidak lagi")).await.0, 403);
}

#[tokio::test]
async fn a_token_ends_at_its_time() {
    let world = World::connected().await;
    broken(&world, "token", json!({"state": "valid", "expires_in_seconds": 60})).await;
    assert!(inspected(&world).await["expires_at"].as_i64().unwrap() > 0);
    world.say("Masih berlaku").await;
    world.control("clock", json!({"advance_seconds": 61})).await;
    let (status, answer) = world.send(text_message("Lewat")).await;
    assert_eq!((status, &answer["error"]["error_subcode"]), (401, &json!(463)), "{answer}");
}
