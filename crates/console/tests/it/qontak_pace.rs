//! Qontak takes 60 templates in a minute (facts/qontak-coster.md §2.3): the sixty-first waits, and whoever is written to meanwhile does not.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use warta_core::message::Direction;
use warta_gateway::web::keys;

use crate::qontak_keys::{WHS, signing, written};
use crate::support::World;

fn sent(world: &World, path: &str) -> usize {
    world.graph.calls().iter().filter(|call| call.path.ends_with(path)).count()
}

#[tokio::test]
async fn the_sixty_first_template_waits_for_its_minute_and_a_reply_does_not() {
    let (world, channel) = signing().await;
    let key = keys::create(&world.app, world.scope(), channel.id, "tests").await.unwrap().1;
    let post = async |path: String, body: &Value| {
        let request = Request::post(path).header("authorization", format!("Bearer {}", key.expose()));
        let request = request.header("content-type", "application/json");
        world.request(request.body(Body::from(body.to_string())).unwrap()).await.0
    };
    for user in 0..130 {
        let mut event = written(&world);
        event["id"] = json!(format!("0b6c2f5e-3333-4222-8333-{user:012}"));
        event["room_id"] = json!(format!("0b6c2f5e-4444-4222-8333-{user:012}"));
        event["room"]["id"] = event["room_id"].clone();
        event["room"]["account_uniq_id"] = json!(format!("62812555{user:05}"));
        assert_eq!(post(format!("/hooks/{}/{WHS}", channel.id), &event).await, StatusCode::OK);
    }
    world.run().await;
    let conversations: Vec<_> =
        world.messages(Direction::Inbound).await.iter().map(|row| row.conversation).collect();
    assert_eq!(conversations.len(), 130);
    let (last, all) = conversations.split_last().unwrap();
    let template = json!({"type": "template", "template": {"name": "0b6c2f5e-5555-4222-8333-aaaaaaaaaaaa", "language": "id"}});
    for conversation in all {
        let path = format!("/v1/conversations/{conversation}/messages");
        assert_eq!(post(path, &template).await, StatusCode::ACCEPTED);
    }
    two_seconds(&world).await;
    assert_eq!(sent(&world, "/direct"), 60);
    let text = json!({"type": "text", "text": {"body": "Halo"}});
    assert_eq!(post(format!("/v1/conversations/{last}/messages"), &text).await, StatusCode::ACCEPTED);
    world.run().await;
    assert_eq!((sent(&world, "/direct"), sent(&world, "/bot")), (60, 1), "69 templates wait, the reply went");
    world.run_for(57).await;
    assert_eq!(sent(&world, "/direct"), 60);
    world.pass(1.0);
    two_seconds(&world).await;
    assert_eq!(sent(&world, "/direct"), 120);
}

/// Enough for the pace of the number, and little of a minute.
async fn two_seconds(world: &World) {
    for _ in 0..20 {
        world.run().await;
        world.pass(0.1);
    }
}
