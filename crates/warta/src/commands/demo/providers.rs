//! What a channel of each protocol is made of in the demo, and how its webhooks find the gateway: a row for each that has a twin.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use warta_core::channel::{Protocol, SecretKind};

use super::state::Account;

/// A protocol with a twin.
pub(crate) struct Staged {
    /// Which.
    pub(crate) protocol: Protocol,
    /// The first part of the twin's paths.
    pub(crate) word: &'static str,
    /// What the twin calls its id of an account, which its phone is opened by.
    id: &'static str,
    /// A channel's settings, from an account at the twin and the twin's address.
    pub(crate) settings: fn(&Account, &str) -> Value,
    /// The secrets that the provider gave, by the names it has for them.
    pub(crate) secrets: &'static [(SecretKind, &'static str)],
    /// The calls that point an account's webhooks at an address with a verify token.
    pub(crate) calls: fn(&Account, &str, &str) -> Vec<Call>,
}

/// A call of the twin's, as an operator or the provider's team would make it.
pub(crate) struct Call {
    /// The method.
    pub(crate) method: Method,
    /// The path on the twin.
    pub(crate) path: String,
    /// True if it takes the account's token.
    pub(crate) proven: bool,
    /// The body.
    pub(crate) body: Value,
}

/// Every protocol with a twin.
pub(crate) const STAGED: [Staged; 3] = [
    Staged {
        protocol: Protocol::MetaCloud,
        word: "meta",
        id: "phone_number_id",
        settings: |account, twin| {
            json!({
                "phone_number_id": account.key("phone_number_id"), "waba_id": account.key("waba_id"),
                "app_id": account.key("app_id"), "base_url": format!("{twin}/meta"), "version": "v26.0",
            })
        },
        secrets: &[(SecretKind::AccessToken, "access_token"), (SecretKind::AppSecret, "app_secret")],
        calls: |account, hook, verify_token| {
            let call = |path, body| Call { method: Method::POST, path, proven: true, body };
            let lead = json!({ "override_callback_uri": hook, "verify_token": verify_token });
            let number = format!("/meta/v26.0/{}", account.key("phone_number_id"));
            // Without a subscription of the account Meta sends nothing, whatever the number's own settings say.
            let subscription = format!("/meta/v26.0/{}/subscribed_apps", account.key("waba_id"));
            vec![call(number, json!({ "webhook_configuration": lead })), call(subscription, json!({}))]
        },
    },
    Staged {
        protocol: Protocol::Coster,
        word: "coster",
        id: "id",
        settings: |account, twin| {
            json!({
                "account_id": account.key("account_id"), "division_id": account.key("division_id"),
                "bot_base_url": format!("{twin}/coster"), "push_base_url": format!("{twin}/coster"),
            })
        },
        secrets: &[(SecretKind::AccessToken, "access_token"), (SecretKind::PushToken, "push_token")],
        calls: |account, hook, _| {
            let path = format!("/coster/control/accounts/{}/hook", account.key("id"));
            vec![Call { method: Method::POST, path, proven: false, body: json!({ "url": hook }) }]
        },
    },
    Staged {
        protocol: Protocol::Qontak,
        word: "qontak",
        id: "id",
        settings: |account, twin| {
            json!({
                "channel_integration_id": account.key("channel_integration_id"),
                "base_url": format!("{twin}/qontak/api/open/v1"), "token_url": format!("{twin}/qontak/oauth/token"),
            })
        },
        secrets: &[(SecretKind::AccessToken, "access_token")],
        calls: |_, hook, _| {
            let body = json!({"receive_message_from_customer": true, "receive_message_from_agent": false,
                "status_message": true, "broadcast_log_status": true, "url": hook});
            let path = "/qontak/api/open/v1/message_interactions".to_owned();
            vec![Call { method: Method::PUT, path, proven: true, body }]
        },
    },
];

/// The row of a protocol.
///
/// # Errors
///
/// When it has no twin.
pub(crate) fn staged(protocol: Protocol) -> Result<&'static Staged> {
    let row = STAGED.iter().find(|row| row.protocol == protocol);
    row.with_context(|| format!("the demo has no stand-in for {protocol}"))
}

impl Staged {
    /// The twin's id of an account.
    pub(crate) fn id<'a>(&self, account: &'a Account) -> &'a str {
        account.key(self.id)
    }
}
