//! The gateway and the twin of Meta over real HTTP, with the sample agent; and what the twin can be made to do wrong.

use std::time::Duration;

use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use warta_core::channel::Environment;
use warta_core::secret::Secret;
use warta_store::{ChannelChange, Others, SecretKind};
use warta_twin::{Twin, serve};

use crate::support::world::VERIFY_TOKEN;
use crate::support::{BUDI, World};

/// A gateway that is connected to a twin.
struct Pair {
    world: World,
    base: String,
    number: String,
    _stop: DropGuard,
    _data: TempDir,
}

impl Pair {
    async fn new() -> Self {
        let (world, data) = (World::now().await, tempfile::tempdir().unwrap());
        let (twin_listener, listener) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let base = format!("http://{}", twin_listener.local_addr().unwrap());
        let hook = format!("http://{}/hooks/{}", listener.local_addr().unwrap(), world.channel);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(twin_listener, Twin::open(data.path()).unwrap(), stop.clone()));
        tasks.spawn(axum::serve(listener, world.router.clone()).into_future());
        let mut pair = Self { world, base, number: String::new(), _stop: stop.drop_guard(), _data: data };
        pair.connect(&hook).await;
        pair
    }

    async fn connect(&mut self, hook: &str) {
        let account = self.post("/meta/control/accounts", "", json!({"name": "Nusa"})).await;
        let agent =
            self.post("/agent/control/agents", "", json!({"name": "Ferry", "version": "published"})).await;
        let [number, waba, secret, token] = ["phone_number_id", "waba_id", "app_secret", "access_token"]
            .map(|name| account[name].as_str().unwrap().to_owned());
        let (world, store, scope) = (&self.world, &self.world.app.store, self.world.scope());
        let settings =
            json!({"phone_number_id": number, "waba_id": waba, "base_url": format!("{}/meta", self.base)});
        world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
        for (kind, secret) in [(SecretKind::AppSecret, &secret), (SecretKind::AccessToken, &token)] {
            let new = world.secret(kind, secret);
            store.add_secret(scope, world.channel, new, Others::Retire, &world.entry()).await.unwrap();
        }
        let place = (world.agent_id, Environment::Published);
        let agent_secret = Secret::new(agent["secret"].as_str().unwrap());
        let url = agent["url"].as_str().unwrap();
        store.put_deployment(scope, place, url, &agent_secret, &world.entry()).await.unwrap();
        let webhook =
            json!({"webhook_configuration": {"override_callback_uri": hook, "verify_token": VERIFY_TOKEN}});
        self.post(&format!("/meta/v26.0/{number}"), &token, webhook).await;
        self.post(&format!("/meta/v26.0/{waba}/subscribed_apps"), &token, json!({})).await;
        self.number = number;
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: &Value) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let (url, body) = (format!("{}{path}", self.base), Bytes::from(body.to_string()));
        let answer = self.world.app.egress.call(method, &url, headers, body, Duration::from_secs(10)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        serde_json::from_slice(&answer.body).unwrap()
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        self.call(Method::POST, path, token, &body).await
    }

    async fn faults(&self, faults: Value) {
        self.post("/meta/control/faults", "", faults).await;
    }

    async fn write(&self, body: &str) {
        let messages = json!([{"from": BUDI, "type": "text", "text": {"body": body}}]);
        let inbound = json!({"phone_number_id": self.number, "messages": messages});
        self.post("/meta/control/inbound", "", inbound).await;
    }

    /// Does what is due until all that was to be sent is read, which must be `count` messages.
    async fn all_read(&self, count: usize) {
        for _ in 0..600 {
            self.world.run().await;
            let sends = self.world.sends().await;
            if sends.len() == count && sends.iter().all(|status| *status == "read") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.world.pass(0.01);
        }
        panic!("{count} were to be read: {:?}", self.world.sends().await);
    }

    /// How many messages of the business the user's phone shows.
    async fn on_the_phone(&self) -> usize {
        let path = format!("/meta/control/chat?phone_number_id={}&user={BUDI}", self.number);
        let chat = self.call(Method::GET, &path, "", &Value::Null).await;
        let items = chat["items"].as_array().unwrap();
        items.iter().filter(|item| item["from_user"] == json!(false)).count()
    }
}

#[tokio::test]
async fn a_message_goes_all_the_way_and_its_ticks_turn_blue() {
    let pair = Pair::new().await;
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
    let pair = Pair::new().await;
    pair.faults(json!({"duplicate": 3, "reorder": true, "status_before_answer": true})).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.on_the_phone().await, 1);
    assert_eq!(pair.world.received().await, ["delivered"]);
}

#[tokio::test]
async fn a_send_that_was_taken_without_an_answer_is_found_again_by_its_status() {
    let pair = Pair::new().await;
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
    let pair = Pair::new().await;
    pair.faults(
        json!({"fail_next": {"count": 2, "http_status": 503}, "throttle": {"count": 1, "code": 130_429}}),
    )
    .await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.on_the_phone().await, 1);
    assert!(!pair.world.outbound().await[0].possible_duplicate);
}
