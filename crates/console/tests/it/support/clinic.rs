//! A channel that is connected to the twin of Meta over real HTTP, both ways, for the doctor to look at.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, header};
use axum::response::Response;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use warta_core::checkup::{Check, Code, Finding, Outcome};
use warta_gateway::check::checkup;
use warta_store::{Channel, ChannelChange, Look, Others, SecretKind};
use warta_twin::{Twin, serve};

use super::World;
use super::world::{BUDI, VERIFY_TOKEN};

/// A gateway and a twin that reach each other.
pub(crate) struct Clinic {
    pub(crate) world: World,
    /// The account at the twin.
    pub(crate) account: Value,
    base: String,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stop: DropGuard,
    _data: TempDir,
}

impl Clinic {
    /// With a way to the gateway that changes nothing.
    pub(crate) async fn open() -> Self {
        Self::behind(|router| router).await
    }

    /// With something before the gateway.
    pub(crate) async fn behind(front: impl FnOnce(Router) -> Router) -> Self {
        let (twin, gateway) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let (base, data) = (format!("http://{}", twin.local_addr().unwrap()), tempfile::tempdir().unwrap());
        let world = World::reachable(format!("http://{}", gateway.local_addr().unwrap())).await;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(twin, Twin::open(data.path()).unwrap(), stop.clone()));
        let (router, ended) = (front(world.router.clone()), stop.clone().cancelled_owned());
        tasks.spawn(async move {
            tokio::select! {
                served = axum::serve(gateway, router).into_future() => served.unwrap(),
                () = ended => {}
            }
        });
        let guard = stop.clone().drop_guard();
        let account = Value::Null;
        let mut clinic = Self { world, account, base, tasks, stop, _stop: guard, _data: data };
        clinic.connect().await;
        clinic
    }

    async fn connect(&mut self) {
        self.account = self.post("/meta/control/accounts", "", json!({"name": "Nusa"})).await;
        let settings = json!({"phone_number_id": self.id("phone_number_id"), "waba_id": self.id("waba_id"),
            "base_url": format!("{}/meta", self.base)});
        let change = ChannelChange {
            settings: Some(settings),
            account: Some(self.id("phone").parse().ok()),
            ..ChannelChange::default()
        };
        self.world.change(change).await;
        for (kind, name) in [(SecretKind::AppSecret, "app_secret"), (SecretKind::AccessToken, "access_token")]
        {
            self.enter(kind, &self.id(name)).await;
        }
        self.post(&format!("/meta/v26.0/{}/subscribed_apps", self.id("waba_id")), "token", json!({})).await;
        let hook = warta_gateway::webhook_address::shown(&self.world.app, &self.channel().await);
        let webhook =
            json!({"webhook_configuration": {"override_callback_uri": hook, "verify_token": VERIFY_TOKEN}});
        self.post(&format!("/meta/v26.0/{}", self.id("phone_number_id")), "token", webhook).await;
    }

    /// A field of the account at the twin.
    pub(crate) fn id(&self, name: &str) -> String {
        self.account[name].as_str().unwrap().to_owned()
    }

    /// Enters a secret in place of the one before.
    pub(crate) async fn enter(&self, kind: SecretKind, secret: &str) {
        let (world, scope) = (&self.world, self.world.scope());
        let new = world.secret(kind, secret);
        world.app.store.add_secret(scope, world.channel, new, Others::Retire, &world.entry()).await.unwrap();
        world.app.directory.forget();
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let token = if token.is_empty() { String::new() } else { self.id("access_token") };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let (url, body) = (format!("{}{path}", self.base), Bytes::from(body.to_string()));
        let call = self.world.app.egress.call(Method::POST, &url, headers, body, Duration::from_secs(10));
        let answer = call.await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Breaks something about the account.
    pub(crate) async fn breaks(&self, what: &str, how: Value) {
        let path = format!("/meta/control/accounts/{}/{what}", self.id("phone_number_id"));
        self.post(&path, "", how).await;
    }

    /// The twin is no longer there.
    pub(crate) async fn twin_ends(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// A user writes.
    pub(crate) async fn budi_writes(&self) {
        let messages = json!([{"from": BUDI, "type": "text", "text": {"body": "Halo"}}]);
        let inbound = json!({"phone_number_id": self.id("phone_number_id"), "messages": messages});
        self.post("/meta/control/inbound", "", inbound).await;
    }

    /// Waits until what is remembered of the webhook is so.
    pub(crate) async fn until(&self, seen: impl Fn(&Look) -> bool) {
        for _ in 0..500 {
            let look = self.world.app.store.look(self.world.scope(), self.world.channel).await.unwrap();
            if seen(&look) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it did not happen");
    }

    pub(crate) async fn channel(&self) -> Channel {
        self.world.app.store.channel(self.world.channel).await.unwrap().unwrap()
    }

    /// Checks the channel.
    pub(crate) async fn findings(&self) -> Vec<Finding> {
        let (app, channel) = (&self.world.app, self.channel().await);
        let found = checkup::run(app, &channel, "A test").await.unwrap();
        checkup::findings(app, &channel, found.evidence).await.unwrap()
    }

    /// The checks that are red.
    pub(crate) async fn red(&self) -> Vec<(Check, Code)> {
        let found = self.findings().await;
        let red = found.iter().filter(|finding| finding.outcome == Outcome::Bad);
        red.map(|finding| (finding.check, finding.code)).collect()
    }
}

/// A proxy that reads bodies and writes them anew.
pub(crate) fn rewriting(router: Router) -> Router {
    async fn rewrite(State(behind): State<Router>, request: Request<Body>) -> Response {
        if request.method() == Method::GET {
            return behind.oneshot(request).await.unwrap();
        }
        let (mut parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let read: Value = serde_json::from_slice(&body).unwrap();
        parts.headers.remove(header::CONTENT_LENGTH);
        behind.oneshot(Request::from_parts(parts, Body::from(read.to_string()))).await.unwrap()
    }
    Router::new().fallback(rewrite).with_state(router)
}
