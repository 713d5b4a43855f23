//! `/meta/control/…`: accounts, users, faults, the clock and the journal, as JSON. It has no password and is
//! reachable from this machine only.
//!
//! - `POST accounts {"name","phone"?,"same_app_as"?}` issues an account, `GET accounts` lists them.
//! - `POST accounts/{phone_number_id}/token|status|quality|subscription|override|app_secret {…}`: see
//!   [`super::account_faults`].
//! - `POST inbound {"phone_number_id","messages":[…],"batch"?}`: users write. A message is
//!   `{"from"?,"bsuid"?,"name"?,"type",…}`; all other keys pass through. With `batch` (up to 1,000) all come in
//!   one webhook. Answers `{"messages":[ids]}`.
//! - `POST media` with a file as the body stores it for an inbound message: `{"id"}`.
//! - `POST webhook {"phone_number_id","field","value"}` delivers any change value, enveloped and signed.
//! - `POST raw {"phone_number_id","body","repeat"?,"truncate"?,"signature"?}` posts exact bytes, `repeat` times at
//!   once and not again; with `truncate` the connection ends after so many bytes of the announced length;
//!   `signature` replaces the right header. Answers `{"results":[{"http_status"}|{"error"}]}`.
//! - `POST template {"phone_number_id","id","status","reason"?}` sets the status of a template and delivers the webhook
//!   about it.
//! - `faults` (see [`FaultSettings`]), `clock`, `journal` and `owed`: see [`crate::engine::control`].
//! - `GET chat?phone_number_id=&user=` is what the phone shows; `POST opened {"phone_number_id","user"}` looks at it.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, State},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    account_faults::{self, account_json, find},
    accounts::NewAccount,
    delivery,
    model::{FaultSettings, Meta, User, encoding},
    templates,
    webhooks::Inbound,
};
use crate::{
    chat::Person,
    engine::{
        control::{self, Answer, mime_type},
        egress,
    },
    refusal::Refusal,
    routing::{boxed, get, post},
};

/// Messages in one webhook at most (§1.4).
const BATCH: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Router<Meta> {
    Router::new()
        .route("/meta/control/accounts", get(list_accounts).post(boxed(create_account)))
        .route("/meta/control/inbound", post(inbound))
        .route("/meta/control/media", post(store_media))
        .route("/meta/control/webhook", post(webhook))
        .route("/meta/control/raw", post(post_raw))
        .route("/meta/control/template", post(template))
        .route("/meta/control/chat", get(chat))
        .route("/meta/control/opened", post(opened))
        .merge(account_faults::routes())
        .merge(control::routes("/meta/control"))
}

async fn list_accounts(State(meta): State<Meta>) -> Json<Value> {
    Json(meta.accounts().iter().map(|account| account_json(&meta, account)).collect())
}

async fn create_account(State(meta): State<Meta>, Json(new): Json<NewAccount>) -> Answer {
    let issued = meta.create_account(new).await?;
    Ok(Json(account_json(&meta, &issued)))
}

#[derive(Deserialize)]
struct InboundRequest {
    phone_number_id: String,
    messages: Vec<Map<String, Value>>,
    #[serde(default)]
    batch: bool,
}

async fn inbound(State(meta): State<Meta>, Json(request): Json<InboundRequest>) -> Answer {
    if request.messages.len() > BATCH {
        return Err(Refusal::bad("at most 1,000 messages"));
    }
    let inbound: Result<Vec<_>, _> = request.messages.into_iter().map(read_inbound).collect();
    let ids = meta.receive(&request.phone_number_id, inbound?, request.batch).await?;
    Ok(Json(json!({ "messages": ids })))
}

fn read_inbound(mut message: Map<String, Value>) -> Result<Inbound, Refusal> {
    let mut take = |key: &str| match message.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (from, name, bsuid) = (take("from"), take("name"), take("bsuid"));
    let phone = from
        .map(|from| crate::chat::digits_of(&from).ok_or_else(|| Refusal::bad("from is not a phone number")));
    let user = match (phone.transpose()?, bsuid) {
        (Some(phone), bsuid) => {
            let user = User::of(Person { phone, name: name.unwrap_or_default() });
            User { bsuid: bsuid.unwrap_or(user.bsuid), ..user }
        }
        (None, Some(bsuid)) => User { key: bsuid.clone(), phone: None, bsuid, name },
        (None, None) => return Err(Refusal::bad("a message has from or bsuid")),
    };
    if !message.get("type").is_some_and(Value::is_string) {
        return Err(Refusal::bad("a message has a type"));
    }
    Ok(Inbound { user, content: message })
}

async fn store_media(State(meta): State<Meta>, headers: HeaderMap, body: Bytes) -> Answer {
    let id = meta.store_media(body.to_vec(), mime_type(&headers)).await?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
struct WebhookRequest {
    phone_number_id: String,
    field: String,
    value: Value,
}

async fn webhook(State(meta): State<Meta>, Json(request): Json<WebhookRequest>) -> Answer {
    let account = find(&meta, &request.phone_number_id)?;
    let id = meta.add_change(&account, &request.field, &request.value).await?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    phone_number_id: String,
    id: String,
    status: String,
    reason: Option<String>,
}

async fn template(State(meta): State<Meta>, Json(judged): Json<Judged>) -> Answer {
    let account = find(&meta, &judged.phone_number_id)?;
    let judgement = (judged.id.as_str(), judged.status.as_str(), judged.reason.as_deref());
    let said = templates::judge(&meta, &account.waba_id, judgement).await?;
    let said = said.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "no template has this id"))?;
    meta.add_change(&account, "message_template_status_update", &said).await?;
    Ok(Json(said))
}

#[derive(Deserialize)]
struct RawRequest {
    phone_number_id: String,
    body: String,
    #[serde(default = "once")]
    repeat: usize,
    truncate: Option<usize>,
    signature: Option<String>,
}

const fn once() -> usize {
    1
}

async fn post_raw(State(meta): State<Meta>, Json(request): Json<RawRequest>) -> Answer {
    let account = find(&meta, &request.phone_number_id)?;
    let blank = super::webhooks::webhook(&account, "messages", &Value::Null, &FaultSettings::default(), 0);
    let target = delivery::target(&meta.state(), &blank);
    let (url, secret) = target.ok_or_else(|| Refusal::new(StatusCode::CONFLICT, "nobody is subscribed"))?;
    let body = request.body.as_bytes();
    let signature = request.signature.unwrap_or_else(|| encoding::signature(&secret, body));
    let headers = [(encoding::SIGNATURE, signature.clone())];
    let posts = (0..request.repeat.min(BATCH)).map(|_| async {
        match request.truncate {
            None => meta.egress.post(&url, &headers, &request.body).await,
            Some(kept) => {
                egress::post_cut(&url, &signature, body, kept).await.map_err(|error| error.to_string())
            }
        }
    });
    let results: Vec<_> = futures_util::future::join_all(posts)
        .await
        .into_iter()
        .map(|outcome| match outcome {
            Ok(status) => json!({"http_status": status}),
            Err(error) => json!({ "error": error }),
        })
        .collect();
    Ok(Json(json!({ "results": results })))
}

#[derive(Deserialize)]
struct ChatOf {
    phone_number_id: String,
    user: String,
}

async fn chat(State(meta): State<Meta>, Query(of): Query<ChatOf>) -> Json<Value> {
    Json(json!({
        "items": meta.state().chat(&of.phone_number_id, &of.user),
        "typing": meta.typing(&of.phone_number_id, &of.user),
    }))
}

async fn opened(State(meta): State<Meta>, Json(of): Json<ChatOf>) -> StatusCode {
    meta.opened(&of.phone_number_id, &of.user).await;
    StatusCode::NO_CONTENT
}
