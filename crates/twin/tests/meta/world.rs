//! A twin, a receiver of its webhooks, and an account that is connected.

use std::{
    collections::VecDeque,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use warta_twin::{Twin, serve};

pub(crate) const VERIFY_TOKEN: &str = "the-verify-token";

/// One webhook as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) signature: String,
    pub(crate) body: String,
}

impl Hook {
    pub(crate) fn value(&self) -> Value {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body["entry"][0]["changes"][0]["value"].clone()
    }
}

/// What stands in Warta's place.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    hooks: Arc<Mutex<Vec<Hook>>>,
    /// Statuses of the next answers; 200 when there are none.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    async fn start(tasks: &mut JoinSet<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self { url, ..Self::default() };
        let routes = Router::new().route("/hook", get(verify).post(take)).with_state(receiver.clone());
        tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        receiver
    }

    pub(crate) fn answer_next(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn hooks(&self) -> Vec<Hook> {
        self.hooks.lock().unwrap().clone()
    }

    /// Waits until there are that many webhooks.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Hook> {
        for _ in 0..500 {
            if self.hooks().len() >= count {
                return self.hooks();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} webhooks came, {count} were awaited: {:#?}", self.hooks().len(), self.hooks());
    }

    /// Words of the statuses that came, in order of arrival.
    pub(crate) fn statuses(&self) -> Vec<String> {
        let words = |hook: Hook| hook.value()["statuses"][0]["status"].as_str().map(str::to_owned);
        self.hooks().into_iter().filter_map(words).collect()
    }

    /// Waits until this many statuses came.
    pub(crate) async fn wait_for_statuses(&self, count: usize) -> Vec<String> {
        for _ in 0..500 {
            if self.statuses().len() >= count {
                return self.statuses();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?} came, {count} statuses were awaited", self.statuses());
    }
}

async fn verify(Query(query): Query<Vec<(String, String)>>) -> Response {
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if get("hub.mode").as_deref() == Some("subscribe")
        && get("hub.verify_token").as_deref() == Some(VERIFY_TOKEN)
    {
        get("hub.challenge").unwrap().into_response()
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().unwrap().to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    receiver.hooks.lock().unwrap().push(Hook { signature, body });
    let status = receiver.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

/// A running twin.
pub(crate) struct Running {
    pub(crate) base: String,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    process: Option<Child>,
}

impl Running {
    pub(crate) async fn start(data: &Path) -> Self {
        // A second call finds it installed.
        drop(rustls::crypto::ring::default_provider().install_default());
        let twin = Twin::open(data).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let stop = shutdown.clone();
        tasks.spawn(async move { serve(listener, twin, stop).await.unwrap() });
        Self { base, shutdown, tasks, process: None }
    }

    /// Starts it as a process of its own, so that it can be killed: this very program, made to run the test
    /// `name`, which serves a twin and writes its address to `data/base`.
    pub(crate) async fn spawn(data: &Path, name: &str) -> Self {
        let address = data.join("base");
        drop(std::fs::remove_file(&address));
        let process = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--ignored"])
            .env("WARTA_TWIN_DATA", data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (shutdown, tasks) = (CancellationToken::new(), JoinSet::new());
        let mut running = Self { base: String::new(), shutdown, tasks, process: Some(process) };
        for _ in 0..500 {
            if let Ok(base) = std::fs::read_to_string(&address) {
                running.base = base;
                return running;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the twin's process did not start");
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let process = self.process.as_mut().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Ends it as a signal would.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Running {
    /// No process outlives its test, not even one that panics.
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// A twin with a connected account, and a client.
pub(crate) struct World {
    pub(crate) twin: Running,
    pub(crate) receiver: Receiver,
    pub(crate) account: Value,
    pub(crate) http: reqwest::Client,
    pub(crate) data: tempfile::TempDir,
    _tasks: JoinSet<()>,
}

/// A user who is used in most tests.
pub(crate) const BUDI: &str = "6281234567890";

impl World {
    /// A twin and an account that nobody is subscribed to.
    pub(crate) async fn bare() -> Self {
        let data = tempfile::tempdir().unwrap();
        let twin = Running::start(data.path()).await;
        let mut tasks = JoinSet::new();
        let receiver = Receiver::start(&mut tasks).await;
        #[expect(clippy::disallowed_methods, reason = "the client of these tests")]
        let http = reqwest::Client::builder().timeout(Duration::from_secs(8)).build().unwrap();
        let mut world = Self { twin, receiver, account: Value::Null, http, data, _tasks: tasks };
        world.account = world.control("accounts", json!({"name": "Klinik Contoh"})).await;
        world
    }

    /// The same, subscribed to by a number's override.
    pub(crate) async fn connected() -> Self {
        let world = Self::bare().await;
        let (waba, number) = (world.id("waba_id"), world.id("phone_number_id"));
        assert_eq!(world.graph(&format!("{waba}/subscribed_apps"), json!({})).await.0, 200);
        let configuration = json!({"webhook_configuration": {
            "override_callback_uri": world.receiver.url, "verify_token": VERIFY_TOKEN}});
        assert_eq!(world.graph(&number, configuration).await.0, 200);
        world
    }

    pub(crate) fn id(&self, name: &str) -> String {
        self.account[name].as_str().unwrap().to_owned()
    }

    /// POST to the control interface.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/meta/control/{path}", self.twin.base);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// GET from the control interface.
    pub(crate) async fn books(&self, path: &str) -> Value {
        let url = format!("{}/meta/control/{path}", self.twin.base);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// POST to the Graph API with the account's token.
    pub(crate) async fn graph(&self, path: &str, body: Value) -> (u16, Value) {
        self.graph_as(&self.id("access_token"), path, body).await
    }

    /// POST to the Graph API with any token.
    pub(crate) async fn graph_as(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/meta/v26.0/{path}", self.twin.base);
        let answer = self.http.post(url).bearer_auth(token).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// GET from the Graph API with the account's token.
    pub(crate) async fn look(&self, path: &str) -> (u16, Value) {
        let url = format!("{}/meta/v26.0/{path}", self.twin.base);
        let answer = self.http.get(url).bearer_auth(self.id("access_token")).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends a message to Budi: `{"type":…}` is completed.
    pub(crate) async fn send(&self, message: Value) -> (u16, Value) {
        let mut body = json!({"messaging_product": "whatsapp", "to": format!("+{BUDI}")});
        body.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
        self.graph(&format!("{}/messages", self.id("phone_number_id")), body).await
    }

    /// Sends a text to Budi; gives its id.
    pub(crate) async fn say(&self, text: &str) -> String {
        let (status, answer) = self.send(text_message(text)).await;
        assert_eq!(status, 200, "{answer}");
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Budi writes; gives the message id.
    pub(crate) async fn budi_says(&self, text: &str) -> String {
        let message = json!({"from": BUDI, "name": "Budi", "type": "text", "text": {"body": text}});
        self.users_say(json!([message]), false).await.remove(0)
    }

    /// Users write; gives the message ids.
    pub(crate) async fn users_say(&self, messages: Value, batch: bool) -> Vec<String> {
        let request =
            json!({"phone_number_id": self.id("phone_number_id"), "messages": messages, "batch": batch});
        let answer = self.control("inbound", request).await;
        answer["messages"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    /// What Budi's phone shows.
    pub(crate) async fn phone(&self) -> Vec<Value> {
        let path = format!("chat?phone_number_id={}&user={BUDI}", self.id("phone_number_id"));
        self.books(&path).await["items"].as_array().unwrap().clone()
    }
}

pub(crate) fn text_message(text: &str) -> Value {
    json!({"type": "text", "text": {"body": text}})
}

/// The signature header of a body.
pub(crate) fn signed(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
