//! Who gets the webhooks.

use serde_json::{Value, json};

use crate::world::{Running, VERIFY_TOKEN, World};

fn app_token(world: &World) -> String {
    format!("{}|{}", world.id("app_id"), world.id("app_secret"))
}

async fn subscribe_app(world: &World, fields: &str) -> (u16, Value) {
    let path = format!("{}/subscriptions", world.id("app_id"));
    let body = json!({"object": "whatsapp_business_account", "callback_url": world.receiver.url,
        "verify_token": VERIFY_TOKEN, "fields": fields});
    world.graph_as(&app_token(world), &path, body).await
}

#[tokio::test]
async fn a_callback_that_fails_the_handshake_is_not_stored() {
    let world = World::bare().await;
    let number = world.id("phone_number_id");
    let cases = [
        json!({"override_callback_uri": world.receiver.url, "verify_token": "wrong"}),
        json!({"override_callback_uri": "http://127.0.0.1:9/hook", "verify_token": VERIFY_TOKEN}),
        json!({"override_callback_uri": "http://example.com/hook", "verify_token": VERIFY_TOKEN}),
        json!({"override_callback_uri": world.receiver.url}),
        json!({"override_callback_uri": format!("{}?{}", world.receiver.url, "x".repeat(200)),
            "verify_token": VERIFY_TOKEN}),
    ];
    for configuration in cases {
        let (status, answer) = world.graph(&number, json!({"webhook_configuration": configuration})).await;
        assert_eq!(status, 400, "{configuration} {answer}");
    }
    let (_, found) = world.look(&format!("{number}?fields=webhook_configuration")).await;
    assert_eq!(found, json!({"id": number}));
}

#[tokio::test]
async fn the_app_gets_its_fields_and_overrides_come_first() {
    let world = World::bare().await;
    let (waba, number) = (world.id("waba_id"), world.id("phone_number_id"));
    assert_eq!(
        world.graph(&format!("{}/subscriptions", world.id("app_id")), json!({})).await.1["error"]["code"],
        10
    );
    assert_eq!(subscribe_app(&world, "messages,message_template_status_update").await.0, 200);
    world.budi_says("Belum ada yang mendengar").await;
    assert_eq!(world.graph(&format!("{waba}/subscribed_apps"), json!({})).await.0, 200);
    world.budi_says("Halo").await;
    let first = world.receiver.wait_for(1).await;
    assert_eq!(first[0].value()["messages"][0]["text"]["body"], "Halo", "nobody gets what came before");

    let other = World::bare().await;
    let body = json!({"override_callback_uri": other.receiver.url, "verify_token": VERIFY_TOKEN});
    assert_eq!(world.graph(&format!("{waba}/subscribed_apps"), body).await.0, 200);
    world.budi_says("Untuk alamat WABA").await;
    other.receiver.wait_for(1).await;
    let template = json!({"phone_number_id": number, "field": "message_template_status_update", "value": {}});
    world.control("webhook", template).await;
    assert_eq!(world.receiver.wait_for(2).await.len(), 2, "template fields go to the app");
    let unwanted = json!({"phone_number_id": number, "field": "account_update", "value": {}});
    world.control("webhook", unwanted).await;

    let (_, found) = world.look(&format!("{number}?fields=webhook_configuration")).await;
    let expected =
        json!({"whatsapp_business_account": other.receiver.url, "application": world.receiver.url});
    assert_eq!(found["webhook_configuration"], expected);
    let (_, apps) = world.look(&format!("{waba}/subscribed_apps")).await;
    assert_eq!(apps["data"][0]["override_callback_uri"], other.receiver.url);
    assert_eq!(apps["data"][0]["whatsapp_business_api_data"]["id"], world.id("app_id"));
    let lost = world.books("journal?event=attempt").await;
    let lost =
        lost["entries"].as_array().unwrap().iter().filter(|e| e["error"] == "nobody is subscribed").count();
    assert_eq!(lost, 2);
}

#[tokio::test]
async fn subscriptions_survive_a_restart() {
    let mut world = World::connected().await;
    world.twin.stop().await;
    world.twin = Running::start(world.data.path()).await;
    world.budi_says("Halo").await;
    world.receiver.wait_for(1).await;
}
