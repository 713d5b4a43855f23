//! The loop-back test: out to the public address, in, to the agent and back, and nowhere else.

use serde_json::json;
use warta_core::channel::State;
use warta_core::message::Direction;
use warta_gateway::check::loopback::{self, NotRun, Posted, Run};
use warta_store::ChannelChange;

use crate::support::clinic::rewriting;
use crate::support::{Clinic, Say};

async fn run(clinic: &Clinic) -> Run {
    let run = loopback::run(&clinic.world.app, &clinic.channel().await, "Uji \u{2713}").await.unwrap();
    clinic.world.run().await;
    run
}

#[tokio::test]
async fn it_goes_to_the_agent_and_its_answer_goes_to_nobody() {
    let clinic = Clinic::open().await;
    clinic.world.agent.script([Say::reply("Diterima")]);
    let run = run(&clinic).await;
    assert!(matches!(run.posted, Posted::Answered { status: 200, .. }), "{run:?}");
    let told = clinic.world.agent.calls().remove(0);
    assert_eq!(told.body["synthetic"], json!(true));
    assert_eq!(told.told(), "Uji \u{2713}");
    let trail = loopback::follow(&clinic.world.app, &clinic.channel().await, &run).await.unwrap();
    assert_eq!(trail.message.unwrap().content.status(), "delivered");
    assert!(trail.asked.is_some() && !trail.refused);
    assert_eq!(trail.replies[0].content.status(), "accepted");
    // The twin accepted nothing: no send, no read receipt.
    assert!(trail.replies[0].provider_id.as_ref().unwrap().starts_with("wamid.warta.loopback."));
    let store = &clinic.world.app.store;
    let traffic = store.traffic(clinic.world.scope(), clinic.world.channel).await.unwrap();
    assert_eq!((traffic.inbound_at, traffic.sent_at), (None, None), "it counts as no traffic");
    let look = store.look(clinic.world.scope(), clinic.world.channel).await.unwrap();
    assert_eq!(look.signature_at, None, "what we sign ourselves proves nothing");
}

#[tokio::test]
async fn a_body_that_is_rewritten_on_the_way_shows() {
    let clinic = Clinic::behind(rewriting).await;
    let run = run(&clinic).await;
    assert!(matches!(run.posted, Posted::Answered { status: 401, .. }), "{run:?}");
    clinic.until(|look| look.signature_refused_at.is_some()).await;
    let trail = loopback::follow(&clinic.world.app, &clinic.channel().await, &run).await.unwrap();
    assert!(trail.refused && trail.message.is_none());
}

#[tokio::test]
async fn an_agent_that_fails_is_asked_once_and_leaves_no_dead_letter() {
    let clinic = Clinic::open().await;
    clinic.world.agent.rule(|_| Some(Say::Text(500, None, String::new())));
    let run = run(&clinic).await;
    clinic.world.run_for(30).await;
    assert_eq!(clinic.world.agent.calls().len(), 1);
    let trail = loopback::follow(&clinic.world.app, &clinic.channel().await, &run).await.unwrap();
    let message = trail.message.unwrap();
    assert_eq!(message.content.status(), "dead");
    assert_eq!(message.failure.unwrap().code, "agent_refused");
    let store = &clinic.world.app.store;
    assert!(store.dead_letters(clinic.world.scope(), 10).await.unwrap().is_empty());
    assert_eq!(store.counts(clinic.world.scope()).await.unwrap().dead, 0);
    // The next one is not held up by it.
    clinic.world.agent.script([Say::reply("Diterima")]);
    let again = self::run(&clinic).await;
    let trail = loopback::follow(&clinic.world.app, &clinic.channel().await, &again).await.unwrap();
    assert_eq!(trail.message.unwrap().content.status(), "delivered");
    assert_eq!(clinic.world.messages(Direction::Outbound).await.len(), 1);
}

#[tokio::test]
async fn a_channel_that_is_not_live_is_not_tried() {
    let clinic = Clinic::open().await;
    let saved = ChannelChange { state: Some(State::Saved), ..ChannelChange::default() };
    clinic.world.change(saved).await;
    let refused = loopback::run(&clinic.world.app, &clinic.channel().await, "Uji").await;
    assert!(matches!(refused, Err(NotRun::NotLive)), "{refused:?}");
    assert!(clinic.world.received().await.is_empty());
}
