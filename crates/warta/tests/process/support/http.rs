//! HTTP as a caller of the gateway or of the twin speaks it, and waiting for what comes later.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A client without ceremony.
#[derive(Clone)]
pub(crate) struct Http(pub(crate) Client);

impl Http {
    pub(crate) fn new() -> Self {
        // Without TLS in use, but the client wants to know who would do it. A second installation says so and is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        #[expect(clippy::disallowed_methods, reason = "a test plays the world outside")]
        let builder = Client::builder();
        let client =
            builder.timeout(Duration::from_secs(30)).redirect(reqwest::redirect::Policy::none()).build();
        Self(client.unwrap())
    }

    /// A 200 with JSON.
    pub(crate) async fn get(&self, url: &str) -> Value {
        read(self.0.get(url).send().await.unwrap()).await
    }

    /// The same with an API key.
    pub(crate) async fn get_with(&self, url: &str, key: &str) -> Value {
        read(self.0.get(url).bearer_auth(key).send().await.unwrap()).await
    }

    /// The status of a GET.
    pub(crate) async fn status(&self, url: &str) -> u16 {
        self.0.get(url).send().await.unwrap().status().as_u16()
    }

    /// A 200 with JSON.
    pub(crate) async fn post(&self, url: &str, body: &Value) -> Value {
        read(self.0.post(url).json(body).send().await.unwrap()).await
    }

    /// All messages of a channel by its API, page by page, the newest first.
    pub(crate) async fn messages(&self, api: &str, key: &str) -> Vec<Value> {
        let mut messages = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get_with(&format!("{api}/messages?limit=100&cursor={cursor}"), key).await;
            messages.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return messages,
            }
        }
    }
}

async fn read(answer: Response) -> Value {
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{url} answered {status}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{url} answered {text:?}: {error}"))
}

/// Waits until `look` gives something, looking again and again.
pub(crate) async fn eventually<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(within, looking).await.unwrap_or_else(|_| panic!("not within {within:?}: {what}"))
}
