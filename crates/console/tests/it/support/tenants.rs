//! A [`World`] with two organizations, of which the second must never see anything of the first, and API keys.

use std::ops::Deref;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use warta_core::channel::Environment;
use warta_core::delivery::Status;
use warta_core::identity::Identity;
use warta_core::ids::{ChannelId, ConversationId, EnvelopeId, MessageId, OrganizationId};
use warta_core::message::{Context, InboundContent, Text};
use warta_core::webhook::{Item, Message, StatusUpdate};
use warta_gateway::web::keys;
use warta_store::{Ingest, NewItem, Part, Scope};

use super::webhook::APP_SECRET;
use super::{Answer, World};

/// A gateway and its tenants. What is not said otherwise is of the first organization.
pub(crate) struct Tenants {
    world: World,
    /// Of the published channel.
    pub(crate) key: String,
    pub(crate) draft: ChannelId,
    pub(crate) draft_key: String,
    /// A key of the second organization.
    pub(crate) foreign_key: String,
    pub(crate) stranger: OrganizationId,
}

impl Deref for Tenants {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Tenants {
    pub(crate) async fn new() -> Self {
        Self::of(World::new().await).await
    }

    /// A gateway that the world reaches at `public_url`.
    pub(crate) async fn at(public_url: &str) -> Self {
        Self::of(World::new().await.reached_at(public_url.to_owned())).await
    }

    async fn of(world: World) -> Self {
        let draft = world.add_draft("6281100000002", APP_SECRET).await;
        let (stranger, rival) = world.add_tenant("Other", "Rival").await;
        let foreign = ChannelId::from_uuid(world.app.minter.uuid(world.app.now()));
        let place = (stranger, rival, Environment::Published);
        world.add_channel(foreign, place, ("6281100000003", "6281100000003"), APP_SECRET).await;
        Self {
            key: key(&world, world.organization, world.channel).await,
            draft,
            draft_key: key(&world, world.organization, draft).await,
            foreign_key: key(&world, stranger, foreign).await,
            stranger,
            world,
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
        self.writes_as(channel, Identity::Phone(phone.parse().unwrap()), body).await
    }

    /// Somebody writes, or nobody.
    pub(crate) async fn writes_as(&self, channel: ChannelId, from: Identity, body: &str) -> MessageId {
        let message = Item::Message(Box::new(Message {
            provider_id: format!("wamid.{channel}.{}.{body}", from.keys()[0]),
            from,
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

async fn key(world: &World, organization: OrganizationId, channel: ChannelId) -> String {
    keys::create(&world.app, Scope::new(organization), channel, "tests").await.unwrap().1.expose().to_owned()
}
