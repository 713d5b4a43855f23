//! One renewal for all who need it, on two nodes and both databases, and for each way of calling Qontak.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use uuid::Uuid;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::ids::ChannelId;
use warta_core::message::InboundMedia;
use warta_core::secret::Secret;
use warta_gateway::directory::ChannelRuntime;
use warta_gateway::upstream::{media, renewal};
use warta_store::{Channel, NewChannel, Others};

use crate::qontak_keys::{WHS, written};
use crate::support::world::AGENT_SECRET;
use crate::support::{Say, World, on_both};

const WORN: &str = "qt_worn_canary_11";
const RENEWED: &str = "qt_renewed_canary_22";

/// A Qontak channel with a password, whose provider is the stand.
async fn channel(world: &World) -> (Channel, Uuid) {
    let id = ChannelId::from_uuid(world.app.minter.uuid(world.app.now()));
    let settings = json!({"channel_integration_id": "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa", "client_id": "cl-1",
        "username": "ops@example.com", "base_url": format!("{}/qontak", world.graph.url),
        "token_url": format!("{}/oauth/token", world.graph.url)});
    let token = world.secret(SecretKind::AccessToken, WORN);
    let row = token.row;
    let password = world.secret(SecretKind::Password, "a password");
    let new = NewChannel {
        organization: world.organization,
        id,
        agent: world.agent_id,
        environment: Environment::Draft,
        protocol: Protocol::Qontak,
        state: State::Live,
        account: "6281100000009".parse().ok(),
        settings,
        session: warta_core::session::Settings::default(),
        secrets: vec![
            token,
            password,
            world.secret(SecretKind::ClientSecret, "client-canary-93f1"),
            world.secret(SecretKind::WebhookSecret, WHS),
        ],
    };
    world.app.store.create_channel(new, &world.entry()).await.unwrap();
    (world.app.store.channel(id).await.unwrap().unwrap(), row)
}

/// The stand takes its time to give out a token.
fn grants(world: &World) {
    world.graph.rule(|call| {
        let body = json!({"access_token": RENEWED, "refresh_token": "qr_canary", "expires_in": 3_600});
        let token = Say::Json(200, body);
        (call.path == "/oauth/token").then(|| Say::Late(Duration::from_millis(300), Box::new(token)))
    });
}

fn refuses(world: &World) {
    world.graph.rule(|call| {
        let body = json!({"error": "invalid_grant", "error_description": "wrong password"});
        (call.path == "/oauth/token").then(|| Say::Json(401, body))
    });
}

fn asked(world: &World) -> usize {
    world.graph.calls().iter().filter(|call| call.path == "/oauth/token").count()
}

on_both! {
    of_two_nodes_one_renews_and_the_other_goes_on_with_the_new_token(world) {
        let (channel, worn) = channel(world).await;
        let (first, second) = (&world.app, world.second_node());
        grants(world);
        let renew = |app| renewal::renew(app, &channel, Some(worn));
        let all = tokio::join!(renew(first), renew(&second), renew(first), renew(&second), renew(&second));
        let all: Vec<_> = [all.0, all.1, all.2, all.3, all.4].into_iter().map(|fresh| fresh.unwrap().unwrap()).collect();
        assert!(all.iter().all(|fresh| fresh.row == all[0].row && fresh.token.expose() == RENEWED), "{all:?}");
        assert_eq!(asked(world), 1);
        // Whoever still has the old one at hand finds the new one as well.
        let late = renew(&second).await.unwrap().unwrap();
        assert_eq!((late.row, asked(world)), (all[0].row, 1));
        assert!(!format!("{all:?}").contains("canary"));
    }

    what_one_node_was_refused_the_other_does_not_ask_again(world) {
        let (channel, worn) = channel(world).await;
        let (first, second) = (&world.app, world.second_node());
        refuses(world);
        let renew = |app| renewal::renew(app, &channel, Some(worn));
        let all = tokio::join!(renew(first), renew(&second), renew(first), renew(&second));
        for failure in [all.0, all.1, all.2, all.3].map(Result::unwrap_err) {
            assert!(failure.code == "grant_refused" && failure.detail.contains("wrong password"), "{failure:?}");
        }
        assert_eq!(asked(world), 1, "an account may be locked by asking");
        world.pass(299.0);
        renew(first).await.unwrap_err();
        assert_eq!(asked(world), 1);
        world.pass(1.0);
        renew(&second).await.unwrap_err();
        assert_eq!(asked(world), 2);
        let new = world.secret(SecretKind::Password, "another password");
        world.app.store.add_secret(world.scope(), channel.id, new, Others::StayUntilProven, &world.entry()).await.unwrap();
        renew(first).await.unwrap_err();
        assert_eq!(asked(world), 4, "with what was entered since, and with what was there");
    }
}

/// The line as the directory has it at hand.
async fn line(world: &World, channel: ChannelId) -> Arc<ChannelRuntime> {
    world.app.directory.channel(&world.app.store, channel, world.app.now()).await.unwrap().unwrap()
}

#[tokio::test]
async fn while_a_renewal_rests_sends_look_nothing_up_and_nothing_is_forgotten() {
    let world = World::new().await;
    let (channel, worn) = channel(&world).await;
    grants(&world);
    renewal::renew(&world.app, &channel, Some(worn)).await.unwrap().unwrap();
    // It was given out for an hour; in the last tenth of it the provider gives out no other.
    world.pass(55.0 * 60.0);
    refuses(&world);
    let near_its_end = line(&world, channel.id).await;
    assert!(renewal::early(&world.app, &near_its_end.channel).await.is_none());
    let before = asked(&world);
    assert!(before > 1);
    let (ours, others) = (line(&world, channel.id).await, line(&world, world.channel).await);
    for _ in 0..100 {
        let look = pin!(renewal::early(&world.app, &ours.channel));
        let looked = look.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(looked, Poll::Ready(None)), "it waits for nothing, so it asks nobody");
    }
    assert_eq!(asked(&world), before);
    assert!(Arc::ptr_eq(&ours, &line(&world, channel.id).await));
    assert!(Arc::ptr_eq(&others, &line(&world, world.channel).await));
    // After the rest it is tried again; then this channel is read anew, and no other.
    world.pass(5.0 * 60.0);
    grants(&world);
    let (ours, others) = (line(&world, channel.id).await, line(&world, world.channel).await);
    assert!(renewal::early(&world.app, &ours.channel).await.is_some());
    assert!(!Arc::ptr_eq(&ours, &line(&world, channel.id).await));
    assert!(Arc::ptr_eq(&others, &line(&world, world.channel).await));
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_again_soon() {
    let world = World::new().await;
    let (channel, worn) = channel(&world).await;
    world.graph.rule(|call| (call.path == "/oauth/token").then_some(Say::Cut));
    let failure = renewal::renew(&world.app, &channel, Some(worn)).await.unwrap_err();
    assert!(failure.code == "not_connected" && failure.detail.contains("did not answer"), "{failure:?}");
    let rows = world.app.store.secret_rows(world.scope(), channel.id).await.unwrap();
    assert!(rows.iter().all(|row| row.refusal.is_none()), "nobody has refused anything");
    grants(&world);
    world.pass(30.0);
    assert!(renewal::renew(&world.app, &channel, Some(worn)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_provider_that_refuses_what_it_gives_out_is_not_asked_again_and_again() {
    let world = World::new().await;
    let (channel, _) = channel(&world).await;
    let place = (world.agent_id, Environment::Draft);
    let secret = Secret::new(AGENT_SECRET);
    let store = &world.app.store;
    store.put_deployment(world.scope(), place, &world.agent.url, &secret, &world.entry()).await.unwrap();
    world.agent.script([Say::reply("Siap")]);
    let mut count = 0;
    world.graph.rule(move |call| {
        let refusal = json!({"status": "error", "error": {"code": 401, "messages": ["Unauthorized"]}});
        if call.path != "/oauth/token" {
            return Some(Say::Json(401, refusal));
        }
        count += 1;
        Some(Say::Json(200, json!({"access_token": format!("qt_refused_canary_{count}")})))
    });
    let request =
        Request::post(format!("/hooks/{}/{WHS}", channel.id)).body(Body::from(written(&world).to_string()));
    assert_eq!(world.request(request.unwrap()).await.0, StatusCode::OK);
    world.run_for(11 * 60).await;
    assert_eq!(world.sends().await, ["queued"]);
    let grants = asked(&world);
    assert!((2..=3).contains(&grants), "about every five minutes: {grants}");
    let rows = store.secret_rows(world.scope(), channel.id).await.unwrap();
    let now = world.app.now();
    let valid = rows
        .iter()
        .filter(|row| row.kind == SecretKind::AccessToken && row.expires_at.is_none_or(|ends| ends > now));
    assert_eq!(valid.count(), 1, "those that were refused do not pile up");
    let failed = store.look(world.scope(), channel.id).await.unwrap().renewal.unwrap().to_string();
    assert!(
        failed.contains("gave out a new token and refuses it") && failed.contains("Unauthorized"),
        "{failed}"
    );
}

#[tokio::test]
async fn a_channel_without_a_token_gets_one() {
    let world = World::new().await;
    let (channel, worn) = channel(&world).await;
    grants(&world);
    let entry = world.entry();
    let spare = world.secret(SecretKind::AccessToken, "qt_spare_canary_33");
    let row = spare.row;
    world.app.store.add_secret(world.scope(), channel.id, spare, Others::Retire, &entry).await.unwrap();
    world.app.store.refuse_secret(world.scope(), channel.id, row, "revoked").await.unwrap();
    assert_ne!(row, worn);
    let fresh = renewal::renew(&world.app, &channel, None).await.unwrap().unwrap();
    assert_eq!(fresh.token.expose(), RENEWED);
}

#[tokio::test]
async fn a_file_is_fetched_again_when_its_token_is_renewed() {
    let world = World::new().await;
    let (channel, _) = channel(&world).await;
    let renewed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&renewed);
    world.graph.rule(move |call| {
        if call.path == "/oauth/token" {
            seen.store(true, Ordering::Relaxed);
            return Some(Say::Json(200, json!({"access_token": RENEWED})));
        }
        let refusal = json!({"status": "error", "error": {"code": 401, "messages": ["Unauthorized"]}});
        let file = Say::Text(200, Some(("content-type", "image/png")), "a picture".to_owned());
        Some(if seen.load(Ordering::Relaxed) { file } else { Say::Json(401, refusal) })
    });
    let provider = warta_protocol::read(channel.protocol, &channel.settings).unwrap();
    let file = InboundMedia {
        media_id: format!("{}/cdn/1.png", world.graph.url),
        mime_type: "image/png".to_owned(),
        ..InboundMedia::default()
    };
    let received = media::fetch(&world.app, &ChannelRuntime { channel, provider }, &file).await.unwrap();
    assert_eq!(received.file.status, 200);
    assert!(renewed.load(Ordering::Relaxed));
}
