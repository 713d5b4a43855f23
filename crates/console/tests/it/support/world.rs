//! A gateway for tests of the flow: real store, real router, real HTTP to a scripted agent and a scripted Graph API, and a
//! clock that stands still. Nothing runs beside the test: [`World::run`] carries out what is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use ipnet::IpNet;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::clock::{Clock, CountingMinter, ManualClock, Minter};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::message::Direction;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_gateway::app::{App, Settings};
use warta_gateway::directory::Directory;
use warta_gateway::egress::Egress;
use warta_gateway::memory::Memory;
use warta_gateway::system::SystemClock;
use warta_gateway::workers;
use warta_store::{
    ChannelChange, Entry, MessageFilter, MessageRow, NewAgent, NewChannel, NewSecret, Scope, SecretKind,
    Store, testing,
};

use super::webhook::{self, APP_SECRET};
use super::{Answer, Stand};

/// Sunday 2026-11-22, a little after ten.
pub(crate) const NOW: i64 = 1_795_342_811_000;
/// Meta's id of the number.
pub(crate) const NUMBER: &str = "106540352242922";
/// A user.
pub(crate) const BUDI: &str = "6281255501234";
pub(crate) const VERIFY_TOKEN: &str = "verify-canary-5b1d";
pub(crate) const ACCESS_TOKEN: &str = "EAAG-canary-token-77aa";
pub(crate) const AGENT_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// How long agent and Meta may take, on the real clock: longer than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for tests that wait for it.
const LITTLE_PATIENCE: Duration = Duration::from_millis(300);

/// A gateway with one organization, agent, deployment and live channel.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) agent: Stand,
    pub(crate) graph: Stand,
    pub(crate) organization: OrganizationId,
    pub(crate) agent_id: AgentId,
    pub(crate) channel: ChannelId,
    pub(crate) router: Router,
    count: AtomicU32,
    _folder: Option<TempDir>,
}

impl World {
    /// On SQLite.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        Self::on(store, Some(folder), (PATIENCE, Timestamp::from_millis(NOW))).await
    }

    /// On SQLite, for agents and providers that do not answer.
    pub(crate) async fn impatient() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        Self::on(store, Some(folder), (LITTLE_PATIENCE, Timestamp::from_millis(NOW))).await
    }

    /// On SQLite, and the clock starts at what others take for now.
    pub(crate) async fn now() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        Self::on(store, Some(folder), (PATIENCE, SystemClock.now())).await
    }

    /// As [`World::now`], and the world reaches it at this address.
    pub(crate) async fn reachable(public_url: String) -> Self {
        Self::now().await.reached_at(public_url)
    }

    /// The same, and the world reaches it at this address.
    pub(crate) fn reached_at(self, public_url: String) -> Self {
        self.set(|settings| settings.public_url = public_url)
    }

    /// The same, behind proxies that it trusts.
    pub(crate) fn behind(self, proxies: Vec<IpNet>) -> Self {
        self.set(|settings| settings.trusted_proxies = proxies)
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        self.router = Router::new(); // it holds the app
        change(&mut Arc::get_mut(&mut self.app).unwrap().settings);
        self.router = warta_console::router(&self.app);
        self
    }

    /// On PostgreSQL, where there is one.
    pub(crate) async fn on_postgres() -> Option<Self> {
        Self::on_postgres_at(Timestamp::from_millis(NOW)).await
    }

    /// The same, and the clock starts here.
    pub(crate) async fn on_postgres_at(start: Timestamp) -> Option<Self> {
        Some(Self::on(testing::postgres().await?, None, (PATIENCE, start)).await)
    }

    async fn on(store: Store, folder: Option<TempDir>, (patience, start): (Duration, Timestamp)) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default()); // another test may have been first
        let clock = Arc::new(ManualClock::at(start));
        let time: Arc<dyn Clock> = clock.clone();
        let app = Arc::new(App {
            store,
            clock: time,
            minter: Arc::new(CountingMinter::default()),
            egress: Egress::new(vec!["127.0.0.0/8".parse().unwrap()]).unwrap(),
            directory: Directory::default(),
            memory: Memory::default(),
            settings: Settings { agent_timeout: patience, send_timeout: patience, ..Settings::default() },
            key_pepper: Secret::new("a pepper for tests"),
            owner: "tests".to_owned(),
            tasks: TaskTracker::new(),
        });
        let (organization, agent_id) = tenant(&app, "Nusa", "Ferry").await;
        let scope = Scope::new(organization);
        let (agent, graph) = (Stand::open().await, Stand::open().await);
        let place = (agent_id, Environment::Published);
        let secret = Secret::new(AGENT_SECRET);
        app.store.put_deployment(scope, place, &agent.url, &secret, &entry(&app)).await.unwrap();
        let router = warta_console::router(&app);
        let channel = ChannelId::from_uuid(app.minter.uuid(app.now()));
        let count = AtomicU32::new(0);
        let world = Self {
            app,
            clock,
            agent,
            graph,
            organization,
            agent_id,
            channel,
            router,
            count,
            _folder: folder,
        };
        let account = ("6281100000001", NUMBER);
        let place = (organization, agent_id, Environment::Published);
        world.add_channel(channel, place, account, APP_SECRET).await;
        world
    }

    /// Another organization with an agent.
    pub(crate) async fn add_tenant(&self, name: &str, agent: &str) -> (OrganizationId, AgentId) {
        tenant(&self.app, name, agent).await
    }

    pub(crate) async fn add_channel(
        &self,
        id: ChannelId,
        (organization, agent, environment): (OrganizationId, AgentId, Environment),
        (account, number): (&str, &str),
        app_secret: &str,
    ) {
        let secrets = [
            (SecretKind::AccessToken, ACCESS_TOKEN),
            (SecretKind::AppSecret, app_secret),
            (SecretKind::WebhookSecret, VERIFY_TOKEN),
        ];
        let row = |(kind, secret)| self.secret(kind, secret);
        let new = NewChannel {
            organization,
            id,
            agent,
            environment,
            protocol: Protocol::MetaCloud,
            state: State::Live,
            account: account.parse().ok(),
            settings: json!({"phone_number_id": number, "waba_id": webhook::WABA, "base_url": self.graph.url}),
            session: warta_core::session::Settings::default(),
            secrets: secrets.map(row).into(),
        };
        self.app.store.create_channel(new, &self.entry()).await.unwrap();
    }

    /// A second channel, of the draft environment, with an app of its own or the same.
    pub(crate) async fn add_draft(&self, number: &str, app_secret: &str) -> ChannelId {
        let id = ChannelId::from_uuid(self.app.minter.uuid(self.app.now()));
        let place = (self.agent_id, Environment::Draft);
        let secret = Secret::new(AGENT_SECRET);
        self.app
            .store
            .put_deployment(self.scope(), place, &self.agent.url, &secret, &self.entry())
            .await
            .unwrap();
        let place = (self.organization, self.agent_id, Environment::Draft);
        self.add_channel(id, place, ("6281100000002", number), app_secret).await;
        id
    }

    /// Another node on the same store, with a memory of its own.
    pub(crate) fn second_node(&self) -> Arc<App> {
        self.node("second", Arc::clone(&self.app.clock), Arc::clone(&self.app.minter))
    }

    /// A node on the same store that has everything else to itself.
    pub(crate) fn node(&self, owner: &str, clock: Arc<dyn Clock>, minter: Arc<dyn Minter>) -> Arc<App> {
        Arc::new(App {
            store: self.app.store.clone(),
            clock,
            minter,
            egress: Egress::new(vec!["127.0.0.0/8".parse().unwrap()]).unwrap(),
            directory: Directory::default(),
            memory: Memory::default(),
            settings: self.app.settings.clone(),
            key_pepper: Secret::new("a pepper for tests"),
            owner: owner.to_owned(),
            tasks: TaskTracker::new(),
        })
    }

    /// A secret to add.
    pub(crate) fn secret(&self, kind: SecretKind, secret: &str) -> NewSecret {
        NewSecret { row: self.app.minter.uuid(self.app.now()), kind, secret: Secret::new(secret) }
    }

    /// An entry for the audit, of now.
    pub(crate) fn entry(&self) -> Entry {
        entry(&self.app)
    }

    /// Changes the channel, whatever its revision.
    pub(crate) async fn change(&self, change: ChannelChange) {
        let revision = self.app.store.channel(self.channel).await.unwrap().unwrap().revision;
        let place = (self.channel, revision);
        self.app.store.change_channel(self.scope(), place, change, "test", &self.entry()).await.unwrap();
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.app.now().as_millis() / 1_000
    }

    /// The clock moves on.
    pub(crate) fn pass(&self, seconds: f64) {
        self.clock.advance(Duration::from_secs_f64(seconds));
    }

    /// Carries out what is due.
    pub(crate) async fn run(&self) {
        workers::run_due(&self.app).await;
    }

    /// Lets time pass until nothing more is due within `seconds`, doing everything at its time.
    pub(crate) async fn run_for(&self, seconds: i64) {
        for _ in 0..seconds {
            self.run().await;
            self.pass(1.0);
        }
        self.run().await;
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = self.send(request).await;
        (answer.status, answer.text)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Posts bytes to the channel's address, with this signature.
    pub(crate) async fn post_raw(&self, body: Vec<u8>, signature: Option<&str>) -> (StatusCode, String) {
        let mut request = Request::post(format!("/hooks/{}", self.channel));
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        self.request(request.body(Body::from(body)).unwrap()).await
    }

    /// Posts a webhook, rightly signed; it must be answered with 200 and nothing.
    pub(crate) async fn post(&self, body: &Value) {
        let body = body.to_string().into_bytes();
        let signature = webhook::signature(APP_SECRET, &body);
        assert_eq!(self.post_raw(body, Some(&signature)).await, (StatusCode::OK, String::new()));
    }

    /// A user writes; the webhook comes in.
    pub(crate) async fn write(&self, from: &str, body: &str) {
        let id = format!("wamid.IN{}", self.count.fetch_add(1, Ordering::Relaxed));
        self.post(&webhook::messages(NUMBER, &[webhook::text(from, &id, body, self.seconds())])).await;
    }

    /// Meta says how far a message has come; without our id unless `message` is given.
    pub(crate) async fn status(&self, provider_id: &str, word: &str, message: Option<&MessageRow>) {
        let id = message.map(|message| message.id);
        self.post(&webhook::statuses(
            NUMBER,
            &[webhook::status(provider_id, word, BUDI, id, self.seconds())],
        ))
        .await;
    }

    /// Messages one way, the oldest first.
    pub(crate) async fn messages(&self, direction: Direction) -> Vec<MessageRow> {
        let filter = MessageFilter { direction: Some(direction), limit: 2_000, ..MessageFilter::default() };
        let mut messages = self.app.store.messages(self.scope(), &filter).await.unwrap().messages;
        messages.reverse();
        messages
    }

    /// The messages that were to be sent, the oldest first.
    pub(crate) async fn outbound(&self) -> Vec<MessageRow> {
        self.messages(Direction::Outbound).await
    }

    /// The states of the messages that were to be sent, the oldest first.
    pub(crate) async fn sends(&self) -> Vec<&'static str> {
        self.outbound().await.iter().map(|message| message.content.status()).collect()
    }

    /// The states of the messages that came in, the oldest first.
    pub(crate) async fn received(&self) -> Vec<&'static str> {
        let messages = self.messages(Direction::Inbound).await;
        messages.iter().map(|message| message.content.status()).collect()
    }

    /// What happened to a message: kind and state.
    pub(crate) async fn timeline(&self, message: &MessageRow) -> Vec<String> {
        let events = self.app.store.timeline(self.scope(), message.id).await.unwrap();
        events.iter().map(|event| format!("{} {}", event.kind, event.status)).collect()
    }
}

fn entry(app: &App) -> Entry {
    testing::entry(&*app.minter, app.now())
}

async fn tenant(app: &App, name: &str, agent: &str) -> (OrganizationId, AgentId) {
    let (organization, agent_id) = (
        OrganizationId::from_uuid(app.minter.uuid(app.now())),
        AgentId::from_uuid(app.minter.uuid(app.now())),
    );
    app.store.create_organization(organization, name, app.now()).await.unwrap();
    let new = NewAgent { id: agent_id, name: agent.to_owned(), language: "en".to_owned() };
    app.store.create_agent(Scope::new(organization), new, &entry(app)).await.unwrap();
    (organization, agent_id)
}
