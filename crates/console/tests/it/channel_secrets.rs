//! Tokens that give way to others, and app secrets that are replaced while events come in on two nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tokio::sync::RwLock;
use tower::ServiceExt;
use warta_core::permission::OrganizationRole;
use warta_store::{Others, SecretKind, SecretRow};

use crate::support::Browser;
use crate::support::webhook::{self, APP_SECRET};
use crate::support::world::{ACCESS_TOKEN, NUMBER};
use crate::support::{BUDI, Say, World, on_both};

const NEW_TOKEN: &str = "EAAG-second-canary-token-19bc";
/// How often the app secret is replaced under load.
const ROTATIONS: usize = 8;

/// The channel gets a second token; Meta takes only `good`.
async fn second_token(world: &World, good: &'static str) {
    world.pass(1.0);
    let new = world.secret(SecretKind::AccessToken, NEW_TOKEN);
    let entry = world.entry();
    world
        .app
        .store
        .add_secret(world.scope(), world.channel, new, Others::StayUntilProven, &entry)
        .await
        .unwrap();
    world.app.directory.forget();
    world.graph.rule(move |call| {
        (call.header("authorization") != format!("Bearer {good}")).then(|| Say::fault(401, 190))
    });
    world.agent.script([Say::reply("Siap")]);
    world.write(BUDI, "Halo").await;
    world.run_for(3).await;
}

/// The tokens that are valid, the newest first.
async fn tokens(world: &World) -> Vec<SecretRow> {
    let rows = world.app.store.secret_rows(world.scope(), world.channel).await.unwrap();
    let valid = |row: &SecretRow| row.expires_at.is_none_or(|ends| ends > world.app.now());
    rows.into_iter().filter(|row| row.kind == SecretKind::AccessToken && valid(row)).collect()
}

fn bearers(world: &World) -> Vec<String> {
    let calls = world.graph.calls();
    calls.iter().map(|call| call.header("authorization").trim_start_matches("Bearer ").to_owned()).collect()
}

on_both! {
    a_new_token_that_works_ends_the_old_one(world) {
        second_token(world, NEW_TOKEN).await;
        assert_eq!(world.sends().await, ["accepted"]);
        assert_eq!(bearers(world), [NEW_TOKEN]);
        let tokens = tokens(world).await;
        assert_eq!(tokens.len(), 1);
        assert!(tokens[0].proven_at.is_some() && tokens[0].last_four == "19bc");
    }

    a_new_token_that_is_refused_gives_way_to_the_old_one(world) {
        second_token(world, ACCESS_TOKEN).await;
        assert_eq!(world.sends().await, ["accepted"]);
        assert_eq!(bearers(world), [NEW_TOKEN, ACCESS_TOKEN]);
        let rows = tokens(world).await;
        let refusal = rows[0].refusal.clone().unwrap();
        assert!(refusal.contains("access token") && !refusal.contains("EAAG"), "{refusal}");
        assert!(rows[1].proven_at.is_some() && rows[1].refusal.is_none());
        // From then on the one that works is taken at once.
        world.agent.script([Say::reply("Lagi")]);
        world.write(BUDI, "Masih?").await;
        world.run_for(3).await;
        assert_eq!(bearers(world), [NEW_TOKEN, ACCESS_TOKEN, ACCESS_TOKEN]);
    }

    while_no_token_works_nothing_is_lost(world) {
        second_token(world, "EAAG-third").await;
        assert_eq!(world.sends().await, ["queued"]);
        world.graph.rule(|_| None);
        world.run_for(90).await;
        assert_eq!(world.sends().await, ["accepted"]);
    }
}

/// Posts an event signed with the secret that Meta has now.
async fn event(world: &World, router: &Router, secret: &str, count: usize) -> u16 {
    let text = webhook::text(BUDI, &format!("wamid.LOAD{count}"), "Halo", world.seconds());
    let body = webhook::messages(NUMBER, &[text]).to_string().into_bytes();
    let request = Request::post(format!("/hooks/{}", world.channel))
        .header("x-hub-signature-256", webhook::signature(secret, &body))
        .body(Body::from(body))
        .unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

/// What Meta does meanwhile.
struct Load {
    world: World,
    routers: [Router; 2],
    /// The secret that Meta signs with.
    secret: RwLock<String>,
    stop: AtomicBool,
    sent: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacing_the_app_secret_under_load_refuses_no_event() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let path = format!("/agents/{}/whatsapp/published/connection/credentials", world.agent_id);
    let second = world.second_node();
    let routers = [world.router.clone(), warta_console::router(&second)];
    let secret = RwLock::new(APP_SECRET.to_owned());
    let (stop, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let load = Arc::new(Load { world, routers, secret, stop, sent });
    #[expect(clippy::disallowed_methods, reason = "the load ends with the test")]
    let senders: Vec<_> = (0..8_usize).map(|lane| tokio::spawn(send(Arc::clone(&load), lane))).collect();
    for round in 1..=ROTATIONS {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let next = format!("{round:032x}");
        let answer = browser.post(&path, &format!("app_secret={next}&overlap=24")).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        *load.secret.write().await = next;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    load.stop.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    let (world, sent) = (&load.world, load.sent.load(Ordering::Relaxed));
    assert!(sent > 200, "too little load to prove anything: {sent}");
    for app in [&world.app, &second] {
        app.tasks.close();
        app.tasks.wait().await;
    }
    let rows = world.app.store.secret_rows(world.scope(), world.channel).await.unwrap();
    let secrets: Vec<_> = rows.iter().filter(|row| row.kind == SecretKind::AppSecret).collect();
    assert_eq!(secrets.len(), ROTATIONS + 1);
    assert!(secrets.iter().all(|row| row.last_used_at.is_some() && row.proven_at.is_some()), "{secrets:?}");
}

async fn send(load: Arc<Load>, lane: usize) {
    let mut count = lane;
    while !load.stop.load(Ordering::Relaxed) {
        // Held until the answer: Meta, too, has one secret at a time.
        let secret = load.secret.read().await;
        let router = &load.routers[count / 8 % 2];
        assert_eq!(event(&load.world, router, &secret, count).await, 200, "event {count}");
        drop(secret);
        load.sent.fetch_add(1, Ordering::Relaxed);
        count += 8;
    }
}

#[tokio::test]
async fn who_guesses_is_refused_and_does_not_keep_others_out() {
    let world = World::new().await;
    let second = world.second_node();
    let router = warta_console::router(&second);
    assert_eq!(event(&world, &router, APP_SECRET, 0).await, 200);
    for guess in 1..4 {
        assert_eq!(event(&world, &router, "guessed", guess).await, 401);
    }
    let new = world.secret(SecretKind::AppSecret, "fedcba9876543210fedcba9876543210");
    let entry = world.entry();
    world.app.store.add_secret(world.scope(), world.channel, new, Others::Retire, &entry).await.unwrap();
    world.pass(0.1);
    assert_eq!(event(&world, &router, "fedcba9876543210fedcba9876543210", 5).await, 200);
    assert_eq!(event(&world, &router, APP_SECRET, 6).await, 401, "it was retired");
}

#[tokio::test]
async fn the_use_of_a_secret_is_noted_once_a_minute() {
    let world = World::new().await;
    let used = async || {
        let rows = world.app.store.secret_rows(world.scope(), world.channel).await.unwrap();
        rows.into_iter().find(|row| row.kind == SecretKind::AppSecret).unwrap().last_used_at
    };
    let settle = async || {
        for _ in 0..200 {
            if world.app.tasks.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let start = world.app.now();
    for (second, noted) in [(0, 0), (30, 0), (60, 60)] {
        world.clock.advance(start.after(Duration::from_secs(second)).since(world.app.now()));
        world.post(&json!({"object": "whatsapp_business_account", "entry": []})).await;
        settle().await;
        assert_eq!(used().await, Some(start.after(Duration::from_secs(noted))), "at {second}");
    }
}
