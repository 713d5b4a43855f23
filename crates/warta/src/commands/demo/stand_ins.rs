//! The twin's control interface, as the demo uses it: over HTTP, so that it may run in a process of its own.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use ipnet::IpNet;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use warta_core::channel::{Environment, Protocol};
use warta_gateway::egress::Egress;

use super::providers::{self, Call, Staged};
use super::state::Account;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Calls the twin.
#[derive(Debug)]
pub(crate) struct StandIns {
    egress: Egress,
    url: String,
}

/// A sample agent.
#[derive(Debug, Deserialize)]
pub(crate) struct SampleAgent {
    /// Where it listens.
    pub url: String,
    /// Signs what it is sent.
    pub secret: String,
}

/// The addresses of this machine, opened to the demo's gateway.
///
/// # Errors
///
/// Never; the networks are constants.
pub(crate) fn loopback() -> Result<Vec<IpNet>> {
    Ok(vec!["127.0.0.0/8".parse()?, "::1/128".parse()?])
}

impl StandIns {
    /// The twin at `url`.
    ///
    /// # Errors
    ///
    /// When calls cannot be set up.
    pub(crate) fn new(url: &str) -> Result<Self> {
        Ok(Self { egress: Egress::new(loopback()?)?, url: url.to_owned() })
    }

    /// Where the twin is.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A new test account.
    ///
    /// # Errors
    ///
    /// When the twin does not answer as expected.
    pub(crate) async fn new_account(&self, protocol: Protocol, name: &str) -> Result<Account> {
        let path = format!("/{}/control/accounts", providers::staged(protocol)?.word);
        self.post(&path, None, &json!({ "name": name })).await
    }

    /// The sample agent of this name; made when there is none.
    ///
    /// # Errors
    ///
    /// When the twin does not answer as expected.
    pub(crate) async fn sample_agent(&self, name: &str, environment: Environment) -> Result<SampleAgent> {
        self.post("/agent/control/agents", None, &json!({ "name": name, "version": environment })).await
    }

    /// Points a number's webhooks at `hook`. Meta and Qontak call it before they answer.
    ///
    /// # Errors
    ///
    /// When the twin refuses.
    pub(crate) async fn connect(
        &self,
        staged: &Staged,
        account: &Account,
        token: &str,
        (hook, verify_token): (&str, &str),
    ) -> Result<()> {
        for Call { method, path, proven, body } in (staged.calls)(account, hook, verify_token) {
            let token = proven.then_some(token);
            self.call::<Value>(method, &path, token, &body).await?;
        }
        Ok(())
    }

    /// `POST`s JSON, with a token where the provider asks for one; gives what is answered.
    ///
    /// # Errors
    ///
    /// When the twin does not answer as expected.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<T> {
        self.call(Method::POST, path, token, body).await
    }

    /// Sends JSON, with a token or without; gives what is answered.
    ///
    /// # Errors
    ///
    /// As [`Self::post`].
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<T> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))?);
        }
        let url = format!("{}{path}", self.url);
        let body = Bytes::from(body.to_string());
        let answer = self
            .egress
            .call(method, &url, headers, body, TIMEOUT)
            .await
            .with_context(|| format!("the twin at {url} cannot be reached"))?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!(
            answer.status == 200 || answer.status == 201,
            "the twin at {url} answered {}: {text}",
            answer.status
        );
        serde_json::from_slice(&answer.body)
            .with_context(|| format!("the twin's answer cannot be read: {text}"))
    }
}
