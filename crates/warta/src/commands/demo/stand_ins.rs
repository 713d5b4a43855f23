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
use warta_core::channel::Environment;
use warta_server::egress::Egress;

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

    /// Where the Graph API is.
    #[must_use]
    pub(crate) fn graph(&self) -> String {
        format!("{}/meta", self.url)
    }

    /// A new test account.
    ///
    /// # Errors
    ///
    /// When the twin does not answer as expected.
    pub(crate) async fn new_account(&self, name: &str) -> Result<Account> {
        self.post("/meta/control/accounts", None, &json!({ "name": name })).await
    }

    /// The sample agent of this name; made when there is none.
    ///
    /// # Errors
    ///
    /// When the twin does not answer as expected.
    pub(crate) async fn sample_agent(&self, name: &str, environment: Environment) -> Result<SampleAgent> {
        self.post("/agent/control/agents", None, &json!({ "name": name, "version": environment })).await
    }

    /// Points a number's webhooks at `hook`, as an operator would by the Graph API. Meta calls `hook` to see that it knows
    /// `verify_token`.
    ///
    /// # Errors
    ///
    /// When the twin refuses.
    pub(crate) async fn subscribe(
        &self,
        account: &Account,
        token: &str,
        hook: &str,
        verify_token: &str,
    ) -> Result<()> {
        let body = json!({
            "webhook_configuration": { "override_callback_uri": hook, "verify_token": verify_token }
        });
        let number = format!("/meta/v26.0/{}", account.phone_number_id);
        self.post::<Value>(&number, Some(token), &body).await?;
        // Without a subscription of the account Meta sends nothing, whatever the number's own settings say.
        let subscription = format!("/meta/v26.0/{}/subscribed_apps", account.waba_id);
        self.post::<Value>(&subscription, Some(token), &json!({})).await.map(drop)
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, token: Option<&str>, body: &Value) -> Result<T> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))?);
        }
        let url = format!("{}{path}", self.url);
        let body = Bytes::from(body.to_string());
        let answer = self
            .egress
            .call(Method::POST, &url, headers, body, TIMEOUT)
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
