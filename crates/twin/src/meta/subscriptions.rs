//! App subscriptions, WABA subscriptions and the overrides of both (facts §1.7). A new
//! callback is stored only after the GET handshake of §1.1.

use axum::response::Response;
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    auth::Caller,
    call::Call,
    error::GraphError,
    model::{Account, AppSubscription, Callback, Event, Meta},
    params::Params,
};
use crate::{engine::egress, json::put};

/// Longest override address (§1.7).
const URI_CHARS: usize = 200;

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
            let list: Vec<_> = meta.state().own.apps.get(&app_id).map(shown).into_iter().collect();
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
            let subscribed = meta.state().own.wabas.get(&waba_id).cloned();
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

/// Performs the GET handshake with a callback.
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
    let answer = meta.egress.client()?.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
