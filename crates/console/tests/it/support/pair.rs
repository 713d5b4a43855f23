//! A gateway and the twin of a provider, over real HTTP both ways, with the sample agent.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::ids::ChannelId;
use warta_core::secret::Secret;
use warta_gateway::web::keys;
use warta_gateway::webhook_address;
use warta_store::{Channel, NewChannel, Others, SecretKind};
use warta_twin::{Twin, serve};

use super::world::{BUDI, VERIFY_TOKEN};
use super::{Answer, World};

/// Every protocol there is, each with its row of the table.
pub(crate) const PROTOCOLS: [Protocol; 3] = [Protocol::MetaCloud, Protocol::Coster, Protocol::Qontak];

/// A gateway that is connected to a twin.
pub(crate) struct Pair {
    pub(crate) world: World,
    pub(crate) protocol: Protocol,
    /// The account at the twin: ids and secrets.
    pub(crate) account: Value,
    pub(crate) base: String,
    _stop: DropGuard,
    _data: TempDir,
}

impl Pair {
    /// A live channel of this protocol, whose webhooks arrive.
    pub(crate) async fn open(protocol: Protocol) -> Self {
        let pair = Self::unconnected(protocol).await;
        pair.connect().await;
        pair
    }

    /// A live channel of this protocol that the provider knows nothing of.
    pub(crate) async fn unconnected(protocol: Protocol) -> Self {
        Self::at(protocol, None).await
    }

    /// The same, at an address where nobody listens.
    pub(crate) async fn unreachable(protocol: Protocol) -> Self {
        Self::at(protocol, Some("http://127.0.0.1:9".to_owned())).await
    }

    async fn at(protocol: Protocol, public_url: Option<String>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (twin, gateway) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let base = format!("http://{}", twin.local_addr().unwrap());
        let own = format!("http://{}", gateway.local_addr().unwrap());
        let world = World::reachable(public_url.unwrap_or(own)).await;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(twin, Twin::open(data.path()).unwrap(), stop.clone()));
        tasks.spawn(axum::serve(gateway, world.router.clone()).into_future());
        let stop = stop.drop_guard();
        let mut pair = Self { world, protocol, account: Value::Null, base, _stop: stop, _data: data };
        pair.set_up().await;
        pair
    }

    /// Issues the account and makes the channel.
    async fn set_up(&mut self) {
        self.account = self.control("accounts", json!({"name": "Nusa"})).await;
        let agent =
            self.post("/agent/control/agents", json!({"name": "Ferry", "version": "published"})).await;
        let world = &self.world;
        let (store, scope) = (&world.app.store, world.scope());
        // The world's own channel is the published one.
        let place = (world.agent_id, Environment::Draft);
        let secret = Secret::new(agent["secret"].as_str().unwrap());
        store
            .put_deployment(scope, place, agent["url"].as_str().unwrap(), &secret, &world.entry())
            .await
            .unwrap();
        let id = ChannelId::from_uuid(world.app.minter.uuid(world.app.now()));
        let mut secrets = vec![world.secret(SecretKind::WebhookSecret, VERIFY_TOKEN)];
        secrets.extend(self.secrets().into_iter().map(|(kind, name)| world.secret(kind, &self.id(name))));
        let new = NewChannel {
            organization: world.organization,
            id,
            agent: world.agent_id,
            environment: Environment::Draft,
            protocol: self.protocol,
            state: State::Live,
            account: self.id("phone").parse().ok(),
            settings: self.settings(),
            session: warta_core::session::Settings::default(),
            secrets,
        };
        store.create_channel(new, &world.entry()).await.unwrap();
        self.world.channel = id;
    }

    /// The table's column of settings.
    fn settings(&self) -> Value {
        match self.protocol {
            Protocol::MetaCloud => json!({"phone_number_id": self.id("phone_number_id"),
                "waba_id": self.id("waba_id"), "base_url": format!("{}/meta", self.base)}),
            Protocol::Coster => json!({"account_id": self.id("account_id"),
                "division_id": self.id("division_id"), "bot_base_url": self.id("bot_base_url"),
                "push_base_url": self.id("push_base_url")}),
            Protocol::Qontak => json!({"channel_integration_id": self.id("channel_integration_id"),
                "base_url": self.id("base_url"), "token_url": self.id("token_url")}),
        }
    }

    /// The table's column of secrets: their kinds, and the provider's names for them.
    fn secrets(&self) -> Vec<(SecretKind, &'static str)> {
        let token = (SecretKind::AccessToken, "access_token");
        match self.protocol {
            Protocol::MetaCloud => vec![token, (SecretKind::AppSecret, "app_secret")],
            Protocol::Coster => vec![token, (SecretKind::PushToken, "push_token")],
            Protocol::Qontak => vec![token],
        }
    }

    /// Everything that opens a door, to be looked for where it must not stand.
    pub(crate) fn all_secrets(&self) -> Vec<String> {
        let named = self.secrets().into_iter().map(|(_, name)| self.id(name));
        named.chain([VERIFY_TOKEN.to_owned()]).collect()
    }

    /// Points the provider's webhooks at the gateway.
    async fn connect(&self) {
        let (hook, token) = (self.hook().await, self.id("access_token"));
        match self.protocol {
            Protocol::MetaCloud => {
                let webhook = json!({"webhook_configuration":
                    {"override_callback_uri": hook, "verify_token": VERIFY_TOKEN}});
                let number = format!("/meta/v26.0/{}", self.id("phone_number_id"));
                self.call(Method::POST, &number, &token, &webhook).await;
                let subscription = format!("/meta/v26.0/{}/subscribed_apps", self.id("waba_id"));
                self.call(Method::POST, &subscription, &token, &json!({})).await;
            }
            Protocol::Coster => {
                self.control(&format!("accounts/{}/hook", self.id("id")), json!({"url": hook})).await;
            }
            Protocol::Qontak => {
                let all = json!({"receive_message_from_customer": true, "status_message": true,
                    "broadcast_log_status": true, "receive_message_from_agent": false, "url": hook});
                self.call(Method::PUT, "/qontak/api/open/v1/message_interactions", &token, &all).await;
            }
        }
    }

    /// A field of the account at the twin.
    pub(crate) fn id(&self, name: &str) -> String {
        self.account[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    pub(crate) async fn channel(&self) -> Channel {
        self.world.app.store.channel(self.world.channel).await.unwrap().unwrap()
    }

    /// Where the provider calls the channel.
    pub(crate) async fn hook(&self) -> String {
        webhook_address::address(&self.world.app, &self.channel().await).unwrap()
    }

    /// The first part of the twin's paths.
    pub(crate) const fn word(&self) -> &'static str {
        match self.protocol {
            Protocol::MetaCloud => "meta",
            Protocol::Coster => "coster",
            Protocol::Qontak => "qontak",
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, token: &str, body: &Value) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let (url, body) = (format!("{}{path}", self.base), Bytes::from(body.to_string()));
        let answer = self.world.app.egress.call(method, &url, headers, body, Duration::from_secs(10)).await;
        let answer = answer.unwrap();
        assert!((200..300).contains(&answer.status), "{path}: {:?}", answer.body);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, "", &body).await
    }

    /// A call of the twin's control.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        self.post(&format!("/{}/control/{path}", self.word()), body).await
    }

    pub(crate) async fn faults(&self, faults: Value) {
        self.control("faults", faults).await;
    }

    /// Replaces a secret of the channel, as a person does.
    pub(crate) async fn enter(&self, kind: SecretKind, secret: &str) {
        let (world, entry) = (&self.world, self.world.entry());
        world.pass(0.001);
        let new = world.secret(kind, secret);
        let others = Others::StayUntilProven;
        world.app.store.add_secret(world.scope(), world.channel, new, others, &entry).await.unwrap();
        world.app.directory.forget();
    }

    /// A call of the API with a key of the channel.
    pub(crate) async fn api(&self, method: Method, path: &str, body: &Value) -> Answer {
        let world = &self.world;
        let (_, key) = keys::create(&world.app, world.scope(), world.channel, "tests").await.unwrap();
        let request = Request::builder().method(method).uri(path);
        let request = request
            .header(header::AUTHORIZATION, format!("Bearer {}", key.expose()))
            .header(header::CONTENT_TYPE, "application/json");
        world.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A user sends a message as WhatsApp has it; gives the provider's id of it.
    pub(crate) async fn user_sends(&self, message: Value) -> String {
        if self.protocol == Protocol::MetaCloud {
            let mut message = message;
            message["from"] = json!(BUDI);
            message["name"] = json!("Budi");
            let inbound = json!({"phone_number_id": self.id("phone_number_id"), "messages": [message]});
            let answer = self.control("inbound", inbound).await;
            return answer["messages"][0].as_str().unwrap().to_owned();
        }
        let inbound = json!({"account": self.id("id"), "from": BUDI, "name": "Budi", "message": message});
        self.control("inbound", inbound).await["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn write(&self, body: &str) {
        self.user_sends(json!({"type": "text", "text": {"body": body}})).await;
    }

    /// Lets time pass and does what is due until it is so.
    pub(crate) async fn until(&self, what: &str, so: impl AsyncFn(&Self) -> bool) {
        for _ in 0..800 {
            self.world.run().await;
            if so(self).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.world.pass(0.01);
        }
        panic!(
            "{:?}: {what}; {:?}, {:?}",
            self.protocol,
            self.world.received().await,
            self.world.sends().await
        );
    }

    /// Does what is due until all that was to be sent is read, which must be `count` messages.
    pub(crate) async fn all_read(&self, count: usize) {
        self.until(&format!("{count} were to be read"), async |pair| {
            let sends = pair.world.sends().await;
            sends.len() == count && sends.iter().all(|status| *status == "read")
        })
        .await;
    }

    /// What the user's phone shows.
    pub(crate) async fn phone(&self) -> Vec<Value> {
        let (key, id) = match self.protocol {
            Protocol::MetaCloud => ("phone_number_id", self.id("phone_number_id")),
            Protocol::Coster | Protocol::Qontak => ("account", self.id("id")),
        };
        let path = format!("/{}/control/chat?{key}={id}&user={BUDI}", self.word());
        let chat = self.call(Method::GET, &path, "", &Value::Null).await;
        chat["items"].as_array().unwrap().clone()
    }

    /// What the business sent there.
    pub(crate) async fn answers(&self) -> Vec<Value> {
        let items = self.phone().await.into_iter();
        items.filter(|item| item["from_user"] == json!(false)).map(|item| item["content"].clone()).collect()
    }

    /// How many messages of the business the user's phone shows.
    pub(crate) async fn on_the_phone(&self) -> usize {
        self.answers().await.len()
    }
}
