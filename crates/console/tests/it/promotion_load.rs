//! Draft becomes Published, back and forth, while users write and the agent and an integration answer: every request sees the
//! one set-up or the other, whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use warta_core::channel::{Environment, SecretKind, State};
use warta_core::ids::ChannelId;
use warta_core::permission::OrganizationRole;
use warta_core::secret::Secret;
use warta_gateway::app::App;
use warta_gateway::web::keys;
use warta_gateway::workers;
use warta_store::{ChannelChange, NewSecret, Others};

use crate::support::Browser;
use crate::support::people;
use crate::support::webhook::{self, APP_SECRET, WABA};
use crate::support::world::{ACCESS_TOKEN, NUMBER, VERIFY_TOKEN};
use crate::support::{BUDI, Say, World, on_both};

/// How often it goes over.
const ROUNDS: usize = 6;
/// How many messages are let in between two promotions.
const BETWEEN: usize = 20;

/// All that goes with one number.
#[derive(Clone, Copy)]
struct Set {
    account: &'static str,
    number: &'static str,
    token: &'static str,
    app_secret: &'static str,
}

const FIRST: Set =
    Set { account: "6281100000001", number: NUMBER, token: ACCESS_TOKEN, app_secret: APP_SECRET };
const SECOND: Set = Set {
    account: "6281100000002",
    number: "206540352242999",
    token: "EAAG-canary-token-of-the-second",
    app_secret: "fedcba9876543210fedcba9876543210",
};

/// Sets Draft up with a set, live.
async fn fit(world: &World, draft: ChannelId, set: Set) {
    let (app, entry) = (&world.app, people::entry(&world.app));
    for (kind, secret) in [(SecretKind::AccessToken, set.token), (SecretKind::AppSecret, set.app_secret)] {
        let new = NewSecret { row: app.minter.uuid(app.now()), kind, secret: Secret::new(secret) };
        let entry = people::entry(app);
        app.store.add_secret(world.scope(), draft, new, Others::Retire, &entry).await.unwrap();
    }
    let now = app.store.channel(draft).await.unwrap().unwrap();
    let change = ChannelChange {
        account: Some(set.account.parse().ok()),
        settings: Some(json!({"phone_number_id": set.number, "waba_id": WABA, "base_url": world.graph.url})),
        state: Some(State::Live),
        ..ChannelChange::default()
    };
    app.store.change_channel(world.scope(), (draft, now.revision), change, "account", &entry).await.unwrap();
    app.directory.forget();
}

async fn posted(router: &Router, request: Request<Body>) -> StatusCode {
    router.clone().oneshot(request).await.unwrap().status()
}

/// What goes on meanwhile.
struct Load {
    stop: AtomicBool,
    /// Whether Published has had the second set already.
    promoted: AtomicBool,
    webhooks: AtomicUsize,
    sends: AtomicUsize,
}

impl Load {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Users write to both numbers; their provider calls the one address.
    async fn users(&self, app: Arc<App>, router: Router, hook: String) {
        let mut count = 0_usize;
        while self.goes_on() {
            let second = count % 2 == 1 && self.promoted.load(Ordering::SeqCst);
            let set = if second { SECOND } else { FIRST };
            let from = format!("62812555{:05}", count % 40);
            let seconds = app.now().as_millis() / 1_000;
            let text = webhook::text(&from, &format!("wamid.LOAD{count}"), "halo", seconds);
            let body = webhook::messages(set.number, &[text]).to_string().into_bytes();
            let signature = webhook::signature(set.app_secret, &body);
            let request =
                Request::post(&hook).header("x-hub-signature-256", signature).body(Body::from(body));
            assert_eq!(posted(&router, request.unwrap()).await, 200, "webhook {count} of {}", set.number);
            count += 1;
            self.webhooks.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// An integration writes to a user through the API.
    async fn integration(&self, router: Router, path: String, key: String) {
        while self.goes_on() {
            let body = json!({"type": "text", "text": {"body": "kabar"}}).to_string();
            let request = Request::post(&path)
                .header(header::AUTHORIZATION, format!("Bearer {key}"))
                .header(header::CONTENT_TYPE, "application/json");
            assert_eq!(posted(&router, request.body(Body::from(body)).unwrap()).await, 202);
            self.sends.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The gateway's own work, with a clock that goes on.
    async fn work(&self, world_clock: Arc<warta_core::clock::ManualClock>, app: Arc<App>) {
        while self.goes_on() {
            workers::run_due(&app).await;
            world_clock.advance(Duration::from_millis(200));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn beside(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    TaskTracker::new().spawn(work)
}

/// Promotes everything, by the pages.
async fn promote(owner: &Browser, path: &str) {
    let sections = "take=account&take=credentials";
    let page = owner.get(&format!("{path}?{sections}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let form = format!("{sections}&draft={}&published={}", page.input("draft"), page.input("published"));
    let done = owner.post(path, &form).await;
    assert_eq!(done.status, 303, "{}", done.text);
}

on_both! {
    a_promotion_under_load_mixes_nothing(world) {
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        let draft = world.add_draft(SECOND.number, SECOND.app_secret).await;
        fit(world, draft, SECOND).await;
        world.agent.rule(|_| Some(Say::reply("baik")));
        world.write(BUDI, "halo").await;
        world.run().await;
        let conversation = world.outbound().await[0].conversation;
        let key = keys::create(&world.app, world.scope(), world.channel, "load").await.unwrap().1;
        let key = key.expose().to_owned();
        let load = Arc::new(Load {
            stop: AtomicBool::new(false),
            promoted: AtomicBool::new(false),
            webhooks: AtomicUsize::new(0),
            sends: AtomicUsize::new(0),
        });
        let (router, app, clock) = (world.router.clone(), world.app.clone(), world.clock.clone());
        let hook = format!("/hooks/{}", world.channel);
        let path = format!("/v1/conversations/{conversation}/messages");
        let tasks = [
            beside({ let (load, app, router) = (load.clone(), app.clone(), router.clone()); async move { load.users(app, router, hook).await } }),
            beside({ let (load, router) = (load.clone(), router.clone()); async move { load.integration(router, path, key).await } }),
            beside({ let load = load.clone(); async move { load.work(clock, app).await } }),
        ];
        for round in 0..ROUNDS {
            let before = load.webhooks.load(Ordering::Relaxed);
            while load.webhooks.load(Ordering::Relaxed) < before + BETWEEN && !tasks[0].is_finished() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            promote(&owner, &format!("/agents/{}/whatsapp/promote", world.agent_id)).await;
            load.promoted.store(true, Ordering::SeqCst);
            fit(world, draft, if round % 2 == 0 { FIRST } else { SECOND }).await;
        }
        load.stop.store(true, Ordering::Relaxed);
        for task in tasks {
            task.await.unwrap();
        }
        world.run_for(120).await;
        assert!(load.webhooks.load(Ordering::Relaxed) >= ROUNDS * BETWEEN && load.sends.load(Ordering::Relaxed) > 0);
        requests_are_whole(world);
        events_are_whole(world, draft);
        let channel = world.app.store.channel(world.channel).await.unwrap().unwrap();
        assert_eq!(channel.account.unwrap().as_str(), FIRST.account, "six times over is back again");
        let secret = channel_secret(world).await;
        assert_eq!(secret, VERIFY_TOKEN, "the webhook secret never moves");
    }
}

async fn channel_secret(world: &World) -> String {
    let channel = world.app.store.channel(world.channel).await.unwrap().unwrap();
    let mut secrets = channel.secrets(SecretKind::WebhookSecret, world.app.now());
    secrets.next().unwrap().expose().to_owned()
}

/// To each number went what carries its own token, and both were used.
fn requests_are_whole(world: &World) {
    let mut seen = [0_usize; 2];
    for call in world.graph.calls() {
        let at = [FIRST, SECOND].iter().position(|set| call.path.contains(set.number)).unwrap();
        let set = [FIRST, SECOND][at];
        assert_eq!(call.header("authorization"), format!("Bearer {}", set.token), "{}", call.path);
        seen[at] += 1;
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

/// Each event names a channel with the environment it has, and an account that is one of both.
fn events_are_whole(world: &World, draft: ChannelId) {
    let mut accounts = Vec::new();
    for call in world.agent.calls() {
        let channel: &Value = &call.body["channel"];
        let environment = if channel["id"] == json!(world.channel) {
            Environment::Published
        } else {
            assert_eq!(channel["id"], json!(draft));
            Environment::Draft
        };
        assert_eq!(call.body["environment"], json!(environment));
        if environment == Environment::Published {
            accounts.push(channel["account"].as_str().unwrap().to_owned());
        }
    }
    for set in [FIRST, SECOND] {
        assert!(accounts.iter().any(|account| account == set.account), "{}", set.account);
    }
    assert!(accounts.iter().all(|account| [FIRST.account, SECOND.account].contains(&account.as_str())));
}
