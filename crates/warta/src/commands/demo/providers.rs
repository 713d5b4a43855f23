//! What a channel of each protocol is made of in the demo, and how its webhooks find the gateway.

use anyhow::Result;
use serde_json::{Value, json};
use warta_core::channel::{Protocol, SecretKind};

use super::stand_ins::StandIns;
use super::state::Account;

/// The first part of the twin's paths.
#[must_use]
pub(crate) const fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::MetaCloud => "meta",
        Protocol::Coster => "coster",
        Protocol::Qontak => "qontak",
    }
}

/// The twin's id of an account, which its phone is opened by.
#[must_use]
pub(crate) fn id(protocol: Protocol, account: &Account) -> &str {
    match protocol {
        Protocol::MetaCloud => account.key("phone_number_id"),
        Protocol::Coster | Protocol::Qontak => account.key("id"),
    }
}

/// A channel's settings.
#[must_use]
pub(crate) fn settings(protocol: Protocol, account: &Account, twin: &str) -> Value {
    match protocol {
        Protocol::MetaCloud => json!({
            "phone_number_id": account.key("phone_number_id"), "waba_id": account.key("waba_id"),
            "app_id": account.key("app_id"), "base_url": format!("{twin}/meta"), "version": "v26.0",
        }),
        Protocol::Coster => json!({
            "account_id": account.key("account_id"), "division_id": account.key("division_id"),
            "bot_base_url": format!("{twin}/coster"), "push_base_url": format!("{twin}/coster"),
        }),
        Protocol::Qontak => json!({
            "channel_integration_id": account.key("channel_integration_id"),
            "base_url": format!("{twin}/qontak/api/open/v1"), "token_url": format!("{twin}/qontak/oauth/token"),
        }),
    }
}

/// The secrets that the provider gave, by the names it has for them.
#[must_use]
pub(crate) const fn secrets(protocol: Protocol) -> &'static [(SecretKind, &'static str)] {
    match protocol {
        Protocol::MetaCloud => {
            &[(SecretKind::AccessToken, "access_token"), (SecretKind::AppSecret, "app_secret")]
        }
        Protocol::Coster => {
            &[(SecretKind::AccessToken, "access_token"), (SecretKind::PushToken, "push_token")]
        }
        Protocol::Qontak => &[(SecretKind::AccessToken, "access_token")],
    }
}

/// Points a number's webhooks at `hook`, as an operator or the provider's team would. Meta and Qontak call it before they
/// answer.
///
/// # Errors
///
/// When the twin refuses.
pub(crate) async fn connect(
    stand_ins: &StandIns,
    (protocol, account): (Protocol, &Account),
    token: &str,
    hook: &str,
    verify_token: &str,
) -> Result<()> {
    match protocol {
        Protocol::MetaCloud => {
            let body = json!({
                "webhook_configuration": { "override_callback_uri": hook, "verify_token": verify_token }
            });
            let number = format!("/meta/v26.0/{}", account.key("phone_number_id"));
            stand_ins.post::<Value>(&number, Some(token), &body).await?;
            // Without a subscription of the account Meta sends nothing, whatever the number's own settings say.
            let subscription = format!("/meta/v26.0/{}/subscribed_apps", account.key("waba_id"));
            stand_ins.post::<Value>(&subscription, Some(token), &json!({})).await.map(drop)
        }
        Protocol::Coster => {
            let path = format!("/coster/control/accounts/{}/hook", account.key("id"));
            stand_ins.post::<Value>(&path, None, &json!({ "url": hook })).await.map(drop)
        }
        Protocol::Qontak => {
            let body = json!({"receive_message_from_customer": true, "receive_message_from_agent": false,
                "status_message": true, "broadcast_log_status": true, "url": hook});
            stand_ins.put::<Value>("/qontak/api/open/v1/message_interactions", token, &body).await.map(drop)
        }
    }
}
