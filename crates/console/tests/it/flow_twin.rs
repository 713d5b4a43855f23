//! What the twin of Meta can be made to do wrong, over real HTTP with the sample agent.

use serde_json::json;
use warta_core::channel::Protocol;

use crate::support::Pair;

#[tokio::test]
async fn a_message_goes_all_the_way_and_its_ticks_turn_blue() {
    let pair = Pair::open(Protocol::MetaCloud).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.on_the_phone().await, 1);
    assert_eq!(pair.world.received().await, ["delivered"]);
    let reply = pair.world.outbound().await.remove(0);
    let timeline = pair.world.timeline(&reply).await;
    assert_eq!(timeline, ["send accepted", "status sent", "status delivered", "status read"]);
}

#[tokio::test]
async fn duplicates_and_disorder_change_nothing() {
    let pair = Pair::open(Protocol::MetaCloud).await;
    pair.faults(json!({"duplicate": 3, "reorder": true, "status_before_answer": true})).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.on_the_phone().await, 1);
    assert_eq!(pair.world.received().await, ["delivered"]);
}

#[tokio::test]
async fn a_send_that_was_taken_without_an_answer_is_found_again_by_its_status() {
    let pair = Pair::open(Protocol::MetaCloud).await;
    pair.faults(json!({"accept_then_reset": 1})).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.on_the_phone().await, 1);
    let reply = pair.world.outbound().await.remove(0);
    assert!(!reply.possible_duplicate && reply.provider_id.is_some());
    assert_eq!(pair.world.timeline(&reply).await[0], "send uncertain");
}

#[tokio::test]
async fn a_provider_that_fails_and_slows_gets_all_in_the_end() {
    let pair = Pair::open(Protocol::MetaCloud).await;
    pair.faults(
        json!({"fail_next": {"count": 2, "http_status": 503}, "throttle": {"count": 1, "code": 130_429}}),
    )
    .await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.on_the_phone().await, 1);
    assert!(!pair.world.outbound().await[0].possible_duplicate);
}
