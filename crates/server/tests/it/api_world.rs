//! A gateway for tests of what stands under `web`: a clock that stands still, a store in a folder, the real router, and two
//! organizations, of which the second must never see anything of the first.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::clock::{Clock, CountingMinter, ManualClock};
use warta_core::delivery::Status;
use warta_core::identity::Identity;
use warta_core::ids::{AgentId, ChannelId, ConversationId, EnvelopeId, MessageId, OrganizationId};
use warta_core::message::{Context, InboundContent, Text};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_core::webhook::{Item, Message, StatusUpdate};
use warta_server::app::{App, Settings};
use warta_server::directory::Directory;
use warta_server::egress::Egress;
use warta_server::flow::pace::Paces;
use warta_server::web::{self, keys};
use warta_store::{Ingest, NewAgent, NewChannel, NewItem, NewSecret, Part, Scope, SecretKind, testing};

/// Sunday 2026-11-22, a little after ten.
const NOW: i64 = 1_795_342_811_000;

/// What a request was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem, with its status.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        (self.status.as_u16(), self.json()["code"].as_str().unwrap().to_owned())
    }
}

/// A gateway and its tenants.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) router: Router,
    /// Of the first organization: the published channel and its key.
    pub(crate) channel: ChannelId,
    pub(crate) key: String,
    /// Of the first organization: the draft channel and its key.
    pub(crate) draft: ChannelId,
    pub(crate) draft_key: String,
    pub(crate) organization: OrganizationId,
    /// A key of the second organization.
    pub(crate) foreign_key: String,
    pub(crate) stranger: OrganizationId,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at("http://127.0.0.1:8080").await
    }

    /// A gateway that the world reaches at `public_url`.
    pub(crate) async fn at(public_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(NOW)));
        let time: Arc<dyn Clock> = clock.clone();
        drop(rustls::crypto::ring::default_provider().install_default());
        let app = Arc::new(App {
            store,
            clock: time,
            minter: Arc::new(CountingMinter::default()),
            egress: Egress::new(Vec::new()).unwrap(),
            directory: Directory::default(),
            paces: Paces::default(),
            settings: Settings { public_url: public_url.to_owned(), ..Settings::default() },
            key_pepper: Secret::new("a pepper for tests"),
            owner: "tests".to_owned(),
            tasks: TaskTracker::new(),
        });
        let (organization, agent) = tenant(&app, "Nusa", "Ferry").await;
        let channel = add_channel(&app, (organization, agent), Environment::Published, "6281100000001").await;
        let draft = add_channel(&app, (organization, agent), Environment::Draft, "6281100000002").await;
        let (stranger, other_agent) = tenant(&app, "Other", "Rival").await;
        let foreign =
            add_channel(&app, (stranger, other_agent), Environment::Published, "6281100000003").await;
        Self {
            router: web::router(Arc::clone(&app)),
            clock,
            channel,
            key: key(&app, organization, channel).await,
            draft,
            draft_key: key(&app, organization, draft).await,
            organization,
            foreign_key: key(&app, stranger, foreign).await,
            stranger,
            app,
            _folder: folder,
        }
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// A request with some key, or none.
    pub(crate) async fn call(&self, method: Method, path: &str, key: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A GET with the key of the published channel.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Some(&self.key)).await
    }

    /// A POST of JSON with the key of the published channel.
    pub(crate) async fn post(&self, path: &str, idempotency_key: Option<&str>, body: &Value) -> Answer {
        let mut request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A user writes on the published channel, now.
    pub(crate) async fn user_writes(&self, phone: &str, body: &str) -> MessageId {
        self.writes_on(self.channel, phone, body).await
    }

    /// A user writes on a channel of the first organization, now.
    pub(crate) async fn writes_on(&self, channel: ChannelId, phone: &str, body: &str) -> MessageId {
        let message = Item::Message(Box::new(Message {
            provider_id: format!("wamid.{channel}.{phone}.{body}"),
            from: Identity::Phone(phone.parse().unwrap()),
            name: Some("Budi".to_owned()),
            username: None,
            room: None,
            sent_at: self.app.now(),
            content: InboundContent::Text(Text { body: body.to_owned(), preview_url: false }),
            context: Context::default(),
        }));
        self.ingest(channel, message).await.remove(0)
    }

    /// The provider tells how far a message has come.
    pub(crate) async fn provider_says(&self, message: MessageId, status: Status) {
        let update = Item::Status(StatusUpdate {
            provider_id: format!("wamid.out.{message}"),
            status,
            at: self.app.now(),
            message: Some(message),
            failure: None,
            detail: json!({}),
        });
        self.ingest(self.channel, update).await;
    }

    async fn ingest(&self, channel: ChannelId, item: Item) -> Vec<MessageId> {
        let now = self.app.now();
        let ingest = Ingest {
            organization: self.organization,
            channel,
            envelope: EnvelopeId::from_uuid(self.app.minter.uuid(now)),
            received_at: now,
            body: Bytes::from_static(b"{}"),
            parts: vec![Part { channel, items: vec![NewItem { id: self.app.minter.uuid(now), item }] }],
        };
        self.app.store.ingest(ingest).await.unwrap().inserted
    }

    /// The conversation a message belongs to.
    pub(crate) async fn conversation_of(&self, message: MessageId) -> ConversationId {
        self.app.store.message(self.scope(), message).await.unwrap().unwrap().conversation
    }
}

/// Runs beside the test, which awaits it.
pub(crate) fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    TaskTracker::new().spawn(work)
}

async fn tenant(app: &App, name: &str, agent: &str) -> (OrganizationId, AgentId) {
    let now = app.now();
    let (organization, agent_id) =
        (OrganizationId::from_uuid(app.minter.uuid(now)), AgentId::from_uuid(app.minter.uuid(now)));
    app.store.create_organization(organization, name, now).await.unwrap();
    let new = NewAgent { id: agent_id, name: agent.to_owned(), language: "en".to_owned() };
    app.store.create_agent(Scope::new(organization), new, &testing::entry(&*app.minter, now)).await.unwrap();
    (organization, agent_id)
}

async fn add_channel(
    app: &App,
    (organization, agent): (OrganizationId, AgentId),
    environment: Environment,
    account: &str,
) -> ChannelId {
    let now = app.now();
    let id = ChannelId::from_uuid(app.minter.uuid(now));
    let new = NewChannel {
        organization,
        id,
        agent,
        environment,
        protocol: Protocol::MetaCloud,
        state: State::Live,
        account: account.parse().ok(),
        settings: json!({"phone_number_id": account, "waba_id": "1", "app_id": "2", "base_url": "https://graph.facebook.com", "version": "v26.0"}),
        secrets: vec![NewSecret {
            row: app.minter.uuid(now),
            kind: SecretKind::AccessToken,
            secret: Secret::new("EAAG-canary-token"),
        }],
    };
    app.store.create_channel(new, &testing::entry(&*app.minter, now)).await.unwrap();
    id
}

async fn key(app: &App, organization: OrganizationId, channel: ChannelId) -> String {
    keys::create(app, Scope::new(organization), channel, "tests").await.unwrap().1.expose().to_owned()
}
