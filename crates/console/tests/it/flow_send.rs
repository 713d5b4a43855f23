//! Sends that fail, hang or are slowed: DESIGN §4.2, facts/promises.md R7.

use std::time::Duration;

use serde_json::json;
use warta_core::channel::State;
use warta_core::message::Direction;
use warta_gateway::flow::send;
use warta_store::{ChannelChange, testing};

use crate::support::{BUDI, Say, World, on_both};

const ANI: &str = "6281255509999";

/// A user writes and the agent answers with `replies`; nothing is sent yet where `graph` says otherwise.
async fn answered(world: &World, from: &str, replies: &[&str]) {
    let texts: Vec<_> = replies.iter().map(|body| json!({"type": "text", "text": {"body": body}})).collect();
    world.agent.script([Say::Json(200, json!({"replies": texts}))]);
    world.write(from, "Halo").await;
    world.run().await;
}

/// The agent answers with a picture and a text; says the kinds that have left.
async fn picture_and_text(world: &World) -> Vec<String> {
    let picture = json!({"type": "image", "image": {"link": "https://cdn.example/a.png"}});
    let text = json!({"type": "text", "text": {"body": "This is it"}});
    world.agent.script([Say::Json(200, json!({"replies": [picture, text]}))]);
    world.write(BUDI, "Halo").await;
    world.run_for(5).await;
    kinds(world)
}

fn kinds(world: &World) -> Vec<String> {
    world.graph.calls().iter().map(|call| call.body["type"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    a_text_waits_for_the_first_status_of_the_picture_before_it(world) {
        assert_eq!(picture_and_text(world).await, ["image"]);
        world.status("wamid.OUT1", "sent", None).await;
        world.run_for(1).await;
        assert_eq!(kinds(world), ["image", "text"]);
    }

    a_text_waits_ten_seconds_for_a_picture_of_which_nothing_is_told(world) {
        assert_eq!(picture_and_text(world).await, ["image"]);
        world.run_for(4).await;
        assert_eq!(kinds(world), ["image"]);
        world.run_for(2).await;
        assert_eq!(kinds(world), ["image", "text"]);
    }

    a_status_with_our_id_settles_an_uncertain_send(world) {
        world.graph.script([Say::Cut]);
        answered(world, BUDI, &["Hi"]).await;
        assert_eq!(world.sends().await, ["uncertain"]);
        let reply = world.outbound().await.remove(0);
        world.pass(2.0);
        world.status("wamid.LATE", "sent", Some(&reply)).await;
        world.run_for(60).await;
        let reply = world.outbound().await.remove(0);
        assert_eq!((reply.provider_id.as_deref(), reply.possible_duplicate), (Some("wamid.LATE"), false));
        assert_eq!((world.sends().await, world.graph.calls().len()), (vec!["sent"], 1));
        world.status("wamid.LATE", "read", None).await;
        assert_eq!(world.sends().await, ["read"]);
    }

    without_a_status_an_uncertain_send_is_repeated_once_and_marked(world) {
        world.graph.script([Say::Cut, Say::Cut]);
        answered(world, BUDI, &["Hi"]).await;
        world.pass(29.0);
        world.run().await;
        assert_eq!(world.graph.calls().len(), 1);
        world.pass(1.1);
        world.run().await;
        assert_eq!(world.graph.calls().len(), 2);
        world.run_for(120).await;
        let reply = world.outbound().await.remove(0);
        assert!(reply.possible_duplicate);
        assert_eq!((world.sends().await, world.graph.calls().len()), (vec!["uncertain"], 2));
    }

    a_worker_that_dies_while_sending_leaves_an_uncertain_send(world) {
        world.graph.rule(|_| Some(Say::fault(503, 2)));
        answered(world, BUDI, &["Hi"]).await;
        world.pass(5.0);
        let (now, lease) = (world.app.now(), Duration::from_secs(30));
        let store = &world.app.store;
        let dying = store.claim_numbers("dying", now, lease, 8).await.unwrap().remove(0);
        let reply = world.outbound().await.remove(0);
        assert_eq!(store.begin_sends(dying, vec![reply.id], now).await.unwrap().len(), 1);
        world.graph.rule(|_| None);
        world.run().await;
        assert_eq!(world.sends().await, ["dispatching"]);
        world.pass(30.1);
        world.run().await;
        assert_eq!(world.sends().await, ["uncertain"]);
        world.pass(30.1);
        world.run().await;
        let reply = world.outbound().await.remove(0);
        assert_eq!((world.sends().await, reply.possible_duplicate), (vec!["accepted"], true));
    }

    a_reply_whose_window_closed_expires_unsent(world) {
        world.graph.rule(|_| Some(Say::fault(503, 2)));
        answered(world, BUDI, &["Hi"]).await;
        let tries = world.graph.calls().len();
        world.pass(86_401.0);
        world.run().await;
        assert_eq!((world.sends().await, world.graph.calls().len()), (vec!["expired"], tries));
        assert_eq!(world.outbound().await[0].failure.as_ref().unwrap().code, "window_closed");
    }

    a_refused_token_keeps_messages_waiting(world) {
        world.graph.rule(|_| Some(Say::fault(401, 190)));
        answered(world, BUDI, &["one", "two"]).await;
        assert_eq!(world.sends().await, ["queued", "queued"]);
        let tries = world.graph.calls().len();
        world.run_for(50).await;
        assert_eq!(world.graph.calls().len(), tries, "it is left alone for a minute");
        world.graph.rule(|_| None);
        world.run_for(70).await;
        assert_eq!(world.sends().await, ["accepted", "accepted"]);
    }

    a_refused_message_fails_and_the_next_goes_out(world) {
        world.graph.script([Say::fault(400, 131_051)]);
        answered(world, BUDI, &["one", "two"]).await;
        world.run_for(5).await;
        assert_eq!(world.sends().await, ["failed", "accepted"]);
    }

    too_fast_for_one_user_holds_only_that_user(world) {
        world.graph.rule(|call| call.body["to"].as_str().unwrap().ends_with("5501234").then(|| Say::fault(400, 131_056)));
        answered(world, BUDI, &["slow"]).await;
        answered(world, ANI, &["other"]).await;
        assert_eq!(world.sends().await, ["queued", "accepted"]);
        world.pass(3.9);
        world.run().await;
        assert_eq!(world.graph.sent(), ["slow", "other"]);
        world.graph.rule(|_| None);
        world.pass(0.2);
        world.run().await;
        assert_eq!(world.sends().await, ["accepted", "accepted"]);
    }

    a_paused_channel_takes_in_and_waits(world) {
        let to = |state| ChannelChange { state: Some(state), ..ChannelChange::default() };
        world.change(to(State::Paused)).await;
        world.write(BUDI, "Halo").await;
        world.run_for(5).await;
        assert_eq!((world.received().await, world.agent.calls().len()), (vec!["received"], 0));
        world.change(to(State::Live)).await;
        world.run().await;
        assert_eq!(world.agent.told(), ["Halo"]);
    }
}

#[tokio::test]
async fn too_fast_for_the_number_slows_everybody() {
    let world = World::new().await;
    world.graph.script([Say::fault(429, 130_429)]);
    answered(&world, BUDI, &["one"]).await;
    answered(&world, ANI, &["two"]).await;
    assert_eq!((world.sends().await, world.graph.sent()), (vec!["queued", "queued"], vec!["one".to_owned()]));
    world.run_for(30).await;
    assert_eq!(world.sends().await, ["accepted", "accepted"]);
}

#[tokio::test]
async fn a_send_that_is_never_answered_is_uncertain() {
    let world = World::impatient().await;
    world.graph.script([Say::Hang]);
    answered(&world, BUDI, &["Hi"]).await;
    assert_eq!(world.sends().await, ["uncertain"]);
}

#[tokio::test]
async fn a_send_that_no_one_listens_to_did_not_go_out() {
    let world = World::new().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = json!({
        "phone_number_id": crate::support::world::NUMBER, "waba_id": crate::support::webhook::WABA,
        "base_url": format!("http://{nobody}"),
    });
    world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
    answered(&world, BUDI, &["Hi"]).await;
    assert_eq!(world.sends().await, ["queued"]);
    assert_eq!(world.messages(Direction::Outbound).await[0].failure.as_ref().unwrap().code, "not_connected");
}

#[tokio::test]
async fn an_outcome_that_the_store_refuses_at_first_is_recorded_later() {
    const REFUSE: &str = "
        CREATE TRIGGER refuse BEFORE UPDATE ON message WHEN NEW.status = 'accepted'
        BEGIN SELECT RAISE(ABORT, 'full'); END";
    let world = World::new().await;
    let store = &world.app.store;
    testing::execute(store, REFUSE.to_owned()).await;
    let recovered = async {
        while world.graph.calls().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(world.sends().await, ["dispatching"]);
        testing::execute(store, "DROP TRIGGER refuse".to_owned()).await;
    };
    tokio::join!(answered(&world, BUDI, &["Hi"]), recovered);
    assert_eq!((world.sends().await, world.graph.calls().len()), (vec!["accepted"], 1));
}

/// One message may take several calls: a renewal, a file, a second key.
#[tokio::test]
async fn a_send_that_outlasts_its_lease_stays_with_the_one_who_makes_it() {
    let lease = Duration::from_millis(600);
    let world = World::new().await;
    world.graph.rule(|_| Some(Say::fault(503, 2)));
    answered(&world, BUDI, &["Hi"]).await;
    world.graph.rule(move |_| {
        let accepted = json!({"messaging_product": "whatsapp", "messages": [{"id": "wamid.SLOW"}]});
        Some(Say::Late(lease * 4, Box::new(Say::Json(200, accepted))))
    });
    world.pass(60.0);
    let store = &world.app.store;
    let claimed = store.claim_numbers("slow", world.app.now(), lease, 8).await.unwrap().remove(0);
    let others = async {
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            world.pass(0.05);
            assert!(store.claim_numbers("other", world.app.now(), lease, 8).await.unwrap().is_empty());
        }
    };
    let (sent, ()) = tokio::join!(send::run(&world.app, claimed), others);
    sent.unwrap();
    assert_eq!((world.sends().await, world.graph.calls().len()), (vec!["accepted"], 2));
}
