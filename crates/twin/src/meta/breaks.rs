//! `/meta/control/accounts/{phone_number_id}/…`: what goes wrong with an account on Meta's side, on demand, so that a
//! business can see whether it notices. Each takes JSON and answers the account.
//!
//! - `token {"state":"valid|expired|revoked","scopes"?,"expires_in_seconds"?}`: `scopes` are the ones it has from now on;
//!   with `expires_in_seconds` it ends by itself (0: never).
//! - `status {"status":"CONNECTED|DISCONNECTED|…"}` and `quality {"quality":"GREEN|YELLOW|RED|UNKNOWN"}` of the number.
//! - `subscription {"subscribed":bool}`: the app is taken off the WABA, or put back without an override.
//! - `override {"url":"…"}`: the number sends its events elsewhere, without a handshake; an empty address ends that.
//! - `app_secret {}`: the app's secret is reset; from now on events are signed with the new one.

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    account::{Account, NumberStatus, Quality, TokenState},
    callback::Callback,
    event::Event,
    state::Meta,
};
use crate::json::put;

/// The routes.
pub(crate) fn routes() -> Router<Meta> {
    Router::new()
        .route("/meta/control/accounts/{id}/token", post(token))
        .route("/meta/control/accounts/{id}/status", post(status))
        .route("/meta/control/accounts/{id}/quality", post(quality))
        .route("/meta/control/accounts/{id}/subscription", post(subscription))
        .route("/meta/control/accounts/{id}/override", post(overriding))
        .route("/meta/control/accounts/{id}/app_secret", post(app_secret))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    state: TokenState,
    scopes: Option<Vec<String>>,
    expires_in_seconds: Option<i64>,
}

async fn token(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Token>) -> Response {
    let expires_at_ms = set.expires_in_seconds.map(|seconds| match seconds {
        0 => 0,
        seconds => meta.now_ms().saturating_add(seconds.saturating_mul(1000)),
    });
    change(&meta, &id, |account| Event::Token {
        phone_number_id: account.phone_number_id,
        state: set.state,
        scopes: set.scopes,
        expires_at_ms,
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    status: NumberStatus,
}

async fn status(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Status>) -> Response {
    change(&meta, &id, |account| Event::Number {
        phone_number_id: account.phone_number_id,
        status: set.status,
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rated {
    quality: Quality,
}

async fn quality(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Rated>) -> Response {
    change(&meta, &id, |account| Event::Quality {
        phone_number_id: account.phone_number_id,
        quality: set.quality,
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    subscribed: bool,
}

async fn subscription(
    State(meta): State<Meta>,
    Path(id): Path<String>,
    Json(set): Json<Subscription>,
) -> Response {
    change(&meta, &id, |account| {
        let waba_id = account.waba_id;
        if set.subscribed {
            Event::WabaSubscribed { waba_id, callback: None }
        } else {
            Event::WabaUnsubscribed { waba_id }
        }
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Override {
    url: String,
}

async fn overriding(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Override>) -> Response {
    change(&meta, &id, |account| Event::NumberCallback {
        phone_number_id: account.phone_number_id,
        callback: (!set.url.is_empty()).then_some(Callback { url: set.url }),
    })
    .await
}

async fn app_secret(State(meta): State<Meta>, Path(id): Path<String>) -> Response {
    let app_secret = crate::ids::secret(16);
    change(&meta, &id, |account| Event::AppSecret { app_id: account.app_id, app_secret }).await
}

/// Commits what happens to an account, and answers it as it is then.
async fn change(meta: &Meta, phone_number_id: &str, event: impl FnOnce(Account) -> Event) -> Response {
    let Some(account) = meta.account(phone_number_id) else {
        let error = json!({"error": "no account has this phone number id"});
        return (StatusCode::NOT_FOUND, Json(error)).into_response();
    };
    if let Err(error) = meta.commit(event(account)).await {
        let error = json!({"error": error.to_string()});
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response();
    }
    Json(meta.account(phone_number_id).map(|account| block(meta, &account))).into_response()
}

/// An account as one block to paste.
pub(crate) fn block(meta: &Meta, account: &Account) -> Value {
    let mut block = serde_json::to_value(account).unwrap_or_default();
    put(&mut block, "phone_url", meta.phone_url(account));
    block
}
