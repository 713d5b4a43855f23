//! A twin with one account, and a client.

use reqwest::{Client, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use warta_twin::{Twin, serve};

pub(crate) struct Site {
    pub(crate) url: String,
    /// Phone number id of the account.
    pub(crate) number: String,
    client: Client,
    data: TempDir,
    closing: CancellationToken,
    serving: JoinHandle<()>,
}

impl Site {
    pub(crate) async fn open() -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        #[expect(clippy::disallowed_methods, reason = "a test calls its own twin")]
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let data = tempfile::tempdir().unwrap();
        let (url, closing, serving) = start(&data).await;
        let mut site = Self { url, number: String::new(), client, data, closing, serving };
        let account = site.control("/meta/control/accounts", json!({"name": "Kopi Nusa"})).await;
        account["phone_number_id"].as_str().unwrap().clone_into(&mut site.number);
        site
    }

    /// Stops the twin and starts it again on the same data, at another address.
    pub(crate) async fn reopen(&mut self) {
        self.closing.cancel();
        (&mut self.serving).await.unwrap();
        (self.url, self.closing, self.serving) = start(&self.data).await;
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url))
    }

    /// Posts JSON that must be taken; gives the answer, `null` when it is empty.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path} {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    /// A path of Budi's phone.
    pub(crate) fn phone(&self, path: &str) -> String {
        let and = if path.contains('?') { '&' } else { '?' };
        format!("/phone/{}/{path}{and}as=6281255501234&name=Budi", self.number)
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).send().await.unwrap().json().await.unwrap()
    }
}

async fn start(data: &TempDir) -> (String, CancellationToken, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let twin = Twin::open(data.path()).unwrap();
    let closing = CancellationToken::new();
    let shutdown = closing.clone();
    #[expect(clippy::disallowed_methods, reason = "the test itself waits for it")]
    let serving = tokio::spawn(async move { serve(listener, twin, shutdown).await.unwrap() });
    (url, closing, serving)
}
