//! `/meta/control/accounts/{phone_number_id}/…`: account problems on Meta's side, on demand, so that a business can test
//! whether it notices them. Each takes JSON and answers the account.
//!
//! - `token {"state":"valid|expired|revoked","scopes"?,"expires_in_seconds"?}`: `scopes` replace the present ones; with
//!   `expires_in_seconds` the token expires by itself (0: never).
//! - `status {"status":"CONNECTED|DISCONNECTED|…"}` and `quality {"quality":"GREEN|YELLOW|RED|UNKNOWN"}` of the number.
//! - `subscription {"subscribed":bool}`: removes the app from the WABA, or adds it again without an override.
//! - `override {"url":"…"}`: sets the callback of the number without a handshake; an empty URL removes it.
//! - `app_secret {}`: resets the app's secret; events are signed with the new one from now on.

use axum::{
    Json, Router,
    extract::{Path, State},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::model::{Account, Callback, Event, Meta, NumberStatus, Quality, TokenState};
use crate::{engine::control::Answer, json::put, refusal::Refusal, routing::post};

/// The routes.
pub(crate) fn routes() -> Router<Meta> {
    const PREFIX: &str = "/meta/control/accounts/{id}";
    Router::new()
        .route(&format!("{PREFIX}/token"), post(token))
        .route(&format!("{PREFIX}/status"), post(status))
        .route(&format!("{PREFIX}/quality"), post(quality))
        .route(&format!("{PREFIX}/subscription"), post(subscription))
        .route(&format!("{PREFIX}/override"), post(overriding))
        .route(&format!("{PREFIX}/app_secret"), post(app_secret))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    state: TokenState,
    scopes: Option<Vec<String>>,
    expires_in_seconds: Option<i64>,
}

async fn token(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Token>) -> Answer {
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

async fn status(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Status>) -> Answer {
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

async fn quality(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Rated>) -> Answer {
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
) -> Answer {
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

async fn overriding(State(meta): State<Meta>, Path(id): Path<String>, Json(set): Json<Override>) -> Answer {
    change(&meta, &id, |account| Event::NumberCallback {
        phone_number_id: account.phone_number_id,
        callback: (!set.url.is_empty()).then_some(Callback { url: set.url }),
    })
    .await
}

async fn app_secret(State(meta): State<Meta>, Path(id): Path<String>) -> Answer {
    let app_secret = crate::ids::secret(16);
    change(&meta, &id, |account| Event::AppSecret { app_id: account.app_id, app_secret }).await
}

/// Commits the event of an account, and answers the changed account.
async fn change(meta: &Meta, id: &str, event: impl FnOnce(Account) -> Event) -> Answer {
    meta.commit(event(find(meta, id)?)).await?;
    Ok(Json(account_json(meta, &find(meta, id)?)))
}

/// The account of a number, or 404.
pub(crate) fn find(meta: &Meta, phone_number_id: &str) -> Result<Account, Refusal> {
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "no account has this phone number id");
    meta.account(phone_number_id).ok_or_else(missing)
}

/// An account with all its fields, and the address of its phone.
pub(crate) fn account_json(meta: &Meta, account: &Account) -> Value {
    let mut block = serde_json::to_value(account).unwrap_or_default();
    put(&mut block, "phone_url", meta.phone_url(account));
    block
}
