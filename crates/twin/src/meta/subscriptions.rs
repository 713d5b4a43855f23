//! Who gets the webhooks: app subscriptions, WABA subscriptions and the overrides of both (facts §1.7). A new
//! callback is stored only after the GET handshake of §1.1.

use axum::response::Response;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Meta,
    accounts::Account,
    auth::Caller,
    error::GraphError,
    event::{Event, Webhook},
    graph::Call,
    params::Params,
    state::State,
};
use crate::{egress, json::put};

/// Fields that follow an override; all others go to the app's own callback (§1.7).
const OVERRIDDEN_FIELDS: [&str; 13] = [
    "messages",
    "message_echoes",
    "calls",
    "consumer_profile",
    "messaging_handovers",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "smb_message_echoes",
    "smb_app_state_sync",
    "history",
    "account_settings_update",
];

/// Longest override address (§1.7).
const URI_CHARS: usize = 200;

/// What an app receives, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AppSubscription {
    pub(crate) callback_url: String,
    pub(crate) fields: Vec<String>,
}

/// An address that replaces the app's for one WABA or one number; it has passed the handshake.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
}

/// Where a webhook goes and with what secret it is signed. The number's override comes before the WABA's,
/// that before the app's own callback. Nobody gets anything while the app is not subscribed to the WABA; the
/// app's choice of fields counts for its own callback.
pub(crate) fn target(state: &State, webhook: &Webhook) -> Option<(String, String)> {
    let account = state.accounts.get(&webhook.phone_number_id)?;
    let waba = state.wabas.get(&account.waba_id)?;
    let overridden = OVERRIDDEN_FIELDS.contains(&webhook.field.as_str()).then(|| {
        let number = state.number_callbacks.get(&account.phone_number_id);
        number.or(waba.as_ref()).map(|callback| callback.url.clone())
    });
    let url = overridden.flatten().or_else(|| {
        let app = state.apps.get(&account.app_id)?;
        app.fields.contains(&webhook.field).then(|| app.callback_url.clone())
    })?;
    Some((url, account.app_secret.clone()))
}

/// `webhook_configuration` of a number: the addresses that are set.
pub(crate) fn configuration(state: &State, account: &Account) -> Map<String, Value> {
    let number = state.number_callbacks.get(&account.phone_number_id).map(|callback| &callback.url);
    let waba = state.wabas.get(&account.waba_id).and_then(Option::as_ref).map(|callback| &callback.url);
    let app = state.apps.get(&account.app_id).map(|app| &app.callback_url);
    [("phone_number", number), ("whatsapp_business_account", waba), ("application", app)]
        .into_iter()
        .filter_map(|(level, url)| Some((level.to_owned(), url?.as_str().into())))
        .collect()
}

/// `/{app-id}/subscriptions`
pub(crate) async fn of_app(meta: &Meta, call: &Call) -> Result<Response, GraphError> {
    if call.edge != "subscriptions" {
        return Err(call.no_object());
    }
    if !matches!(&call.caller, Caller::App { app_id } if *app_id == call.id) {
        return Err(GraphError::new(10).details("This method must be called with an app access token."));
    }
    let app_id = call.id.clone();
    match call.method.as_str() {
        "GET" => {
            let list: Vec<_> = meta.state().apps.get(&app_id).map(shown).into_iter().collect();
            Call::answer(json!({ "data": list }))
        }
        "POST" => {
            if call.params.text("object").as_deref() != Some("whatsapp_business_account") {
                return Err(GraphError::parameter("object must be whatsapp_business_account"));
            }
            let fields = call.params.list("fields").filter(|fields| !fields.is_empty());
            let fields = fields.ok_or_else(|| GraphError::required("fields"))?;
            let callback_url =
                call.params.text("callback_url").ok_or_else(|| GraphError::required("callback_url"))?;
            handshake(meta, &callback_url, &call.params).await?;
            let subscription = AppSubscription { callback_url, fields };
            meta.commit(Event::AppSubscribed { app_id, subscription }).await?;
            Call::success()
        }
        "DELETE" => {
            meta.commit(Event::AppUnsubscribed { app_id }).await?;
            Call::success()
        }
        _ => Err(call.no_object()),
    }
}

/// `/{waba-id}/subscribed_apps`
pub(crate) async fn of_waba(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let waba_id = account.waba_id.clone();
    match call.method.as_str() {
        "GET" => {
            let subscribed = meta.state().wabas.get(&waba_id).cloned();
            let list: Vec<_> =
                subscribed.into_iter().map(|callback| subscribed_app(account, callback)).collect();
            Call::answer(json!({ "data": list }))
        }
        "POST" => {
            let callback = match call.params.text("override_callback_uri") {
                Some(url) => Some(overriding(meta, url, &call.params).await?),
                None => None,
            };
            meta.commit(Event::WabaSubscribed { waba_id, callback }).await?;
            Call::success()
        }
        "DELETE" => {
            meta.commit(Event::WabaUnsubscribed { waba_id }).await?;
            Call::success()
        }
        _ => Err(call.no_object()),
    }
}

/// `POST /{phone-number-id}` with `webhook_configuration`.
pub(crate) async fn of_number(meta: &Meta, account: &Account, call: &Call) -> Result<Response, GraphError> {
    let given = call.params.get("webhook_configuration").and_then(Value::as_object);
    let given = given.ok_or_else(|| GraphError::required("webhook_configuration"))?;
    let body = serde_json::to_vec(given).unwrap_or_default();
    let params = Params::read(None, &http::HeaderMap::new(), &body)?;
    let url = params.text("override_callback_uri");
    let url = url.ok_or_else(|| GraphError::required("webhook_configuration[override_callback_uri]"))?;
    let callback = if url.is_empty() { None } else { Some(overriding(meta, url, &params).await?) };
    let phone_number_id = account.phone_number_id.clone();
    meta.commit(Event::NumberCallback { phone_number_id, callback }).await?;
    Call::success()
}

fn shown(app: &AppSubscription) -> Value {
    let fields: Vec<_> = app.fields.iter().map(|name| json!({"name": name, "version": "v26.0"})).collect();
    json!({"object": "whatsapp_business_account", "callback_url": app.callback_url, "active": true,
        "fields": fields})
}

fn subscribed_app(account: &Account, callback: Option<Callback>) -> Value {
    let link = format!("https://www.facebook.com/games/?app_id={}", account.app_id);
    let mut app = json!({
        "whatsapp_business_api_data": {"id": account.app_id, "name": account.name, "link": link},
    });
    if let Some(callback) = callback {
        put(&mut app, "override_callback_uri", callback.url);
    }
    app
}

async fn overriding(meta: &Meta, url: String, params: &Params) -> Result<Callback, GraphError> {
    if url.chars().count() > URI_CHARS {
        return Err(GraphError::parameter("override_callback_uri is longer than 200 characters"));
    }
    handshake(meta, &url, params).await?;
    Ok(Callback { url })
}

/// Asks the callback to prove that it knows the verify token.
async fn handshake(meta: &Meta, url: &str, params: &Params) -> Result<(), GraphError> {
    let verify_token = params.text("verify_token").ok_or_else(|| GraphError::required("verify_token"))?;
    let Some(url) = egress::callback_url(url) else {
        return Err(GraphError::parameter(
            "the callback must be https (the twin takes http on loopback too)",
        ));
    };
    let challenge = crate::ids::digits(10);
    let answer = ask(meta, url, &challenge, &verify_token).await;
    let (status, body) = answer.map_err(|_| GraphError::handshake("the URL could not be reached"))?;
    if status != 200 {
        return Err(GraphError::handshake(&format!("HTTP Status Code = {status}")));
    }
    if body == challenge { Ok(()) } else { Err(GraphError::handshake("the challenge was not returned")) }
}

async fn ask(
    meta: &Meta,
    mut url: Url,
    challenge: &str,
    verify_token: &str,
) -> reqwest::Result<(u16, String)> {
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", challenge)
        .append_pair("hub.verify_token", verify_token);
    let answer = meta.egress().client()?.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
