//! A running twin of one provider with an account.

use std::path::Path;

use http::Method;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use warta_twin::{Twin, serve};

pub(crate) const BUDI: &str = "6281234567890";

pub(crate) struct World {
    pub(crate) base: String,
    pub(crate) account: Value,
    provider: &'static str,
    http: reqwest::Client,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
}

impl World {
    pub(crate) async fn start(provider: &'static str, data: &Path) -> Self {
        // A second call finds it installed.
        drop(rustls::crypto::ring::default_provider().install_default());
        let twin = Twin::open(data).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (shutdown, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let stop = shutdown.clone();
        tasks.spawn(async move { serve(listener, twin, stop).await.unwrap() });
        #[expect(clippy::disallowed_methods, reason = "a test plays the world outside")]
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut world = Self { base, account: Value::Null, provider, http, shutdown, tasks };
        let known = world.control(Method::GET, "accounts", &Value::Null).await;
        world.account = if known[0].is_object() {
            known[0].clone()
        } else {
            world.control(Method::POST, "accounts", &json!({"name": "Nusa"})).await
        };
        world
    }

    /// Ends it as a signal would.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }

    pub(crate) fn id(&self, name: &str) -> &str {
        self.account[name].as_str().unwrap()
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let path = format!("/{}/control/{path}", self.provider);
        let (status, answer) = self.call(method, &path, &[], body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// A user writes.
    pub(crate) async fn budi_writes(&self) {
        let said = json!({"account": self.id("id"), "from": BUDI, "name": "Budi",
            "message": {"type": "text", "text": {"body": "Halo"}}});
        self.control(Method::POST, "inbound", &said).await;
    }

    /// What the phone shows.
    pub(crate) async fn chat(&self) -> Vec<Value> {
        let path = format!("chat?account={}&user={BUDI}", self.id("id"));
        self.control(Method::GET, &path, &Value::Null).await["items"].as_array().unwrap().clone()
    }
}
