//! One app of Meta's has one address for all its numbers: items go to the channel they concern.

use serde_json::json;
use warta_gateway::flow::receive::{self, Received};
use warta_store::ChannelChange;

use crate::support::webhook::{APP_SECRET, WABA, change, envelope, messages, text};
use crate::support::world::NUMBER;
use crate::support::{BUDI, World};

const SECOND: &str = "206540352242922";

#[tokio::test]
async fn an_item_of_another_number_of_the_same_app_goes_to_its_channel() {
    let world = World::new().await;
    let draft = world.add_draft(SECOND, APP_SECRET).await;
    let item = |number, id, body| {
        change(number, ("contacts", json!([])), ("messages", json!([text(BUDI, id, body, world.seconds())])))
    };
    world.post(&envelope(&[item(NUMBER, "wamid.1", "first"), item(SECOND, "wamid.2", "second")])).await;
    world.run().await;
    let mut told: Vec<_> = world
        .agent
        .calls()
        .iter()
        .map(|call| (call.told().to_owned(), call.body["channel"]["id"].as_str().unwrap().to_owned()))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [("first".to_owned(), world.channel.to_string()), ("second".to_owned(), draft.to_string())]
    );
}

#[tokio::test]
async fn an_item_of_a_channel_with_another_app_is_not_taken_over() {
    let world = World::new().await;
    world.add_draft(SECOND, "another app secret").await;
    world.post(&messages(SECOND, &[text(BUDI, "wamid.1", "Halo", world.seconds())])).await;
    not_ours(&world).await;
}

#[tokio::test]
async fn an_item_of_a_number_nobody_has_is_kept_as_not_ours() {
    let world = World::new().await;
    world.post(&messages("999", &[text(BUDI, "wamid.1", "Halo", world.seconds())])).await;
    not_ours(&world).await;
}

async fn not_ours(world: &World) {
    world.run().await;
    assert_eq!(world.agent.calls().len(), 0);
    let kept = world.app.store.quarantined(world.scope(), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].reason.contains("not ours"), "{}", kept[0].reason);
}

#[tokio::test]
async fn what_was_not_ours_is_read_by_a_replay_once_it_is() {
    let world = World::new().await;
    world.post(&messages("999", &[text(BUDI, "wamid.1", "Halo", world.seconds())])).await;
    let (store, scope) = (&world.app.store, world.scope());
    let kept = store.quarantined(scope, 10).await.unwrap().remove(0);
    let settings = json!({"phone_number_id": "999", "waba_id": WABA, "base_url": world.graph.url});
    world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
    world.pass(3.0);
    let body = store.quarantined_body(scope, kept.id).await.unwrap().unwrap();
    let line = world.app.directory.channel(store, world.channel, world.app.now()).await.unwrap().unwrap();
    assert_eq!(receive::replay(&world.app, &line, body.into()).await.unwrap(), Received::Stored);
    world.run().await;
    assert_eq!(world.agent.told(), ["Halo"]);
}
