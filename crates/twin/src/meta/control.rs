//! `/meta/control/…`: accounts, users, faults, the clock and the books, as JSON. It asks for no password and is
//! reached from this machine only.
//!
//! - `POST accounts {"name","phone"?,"same_app_as"?}` issues an account, `GET accounts` lists them.
//! - `POST accounts/{phone_number_id}/token|status|quality|subscription|override|app_secret {…}` breaks it: see
//!   [`super::breaks`].
//! - `POST inbound {"phone_number_id","messages":[…],"batch"?}`: users write. A message is
//!   `{"from"?,"bsuid"?,"name"?,"type",…}`; all other keys pass through. With `batch` (up to 1,000) all come in
//!   one webhook. Answers `{"messages":[ids]}`.
//! - `POST media` with a file as the body stores it for an inbound message: `{"id"}`.
//! - `POST webhook {"phone_number_id","field","value"}` owes any change value, enveloped and signed.
//! - `POST raw {"phone_number_id","body","repeat"?,"truncate"?,"signature"?}` posts exact bytes, `repeat` times at
//!   once and not again; with `truncate` the connection ends after so many bytes of the announced length;
//!   `signature` replaces the right header. Answers `{"results":[{"http_status"}|{"error"}]}`.
//! - `POST template {"phone_number_id","id","status","reason"?}` judges a template and owes the webhook about it.
//! - `GET faults`, `POST faults {…}`: see [`super::faults::Knobs`]. `DELETE faults` puts all back.
//! - `GET clock`, `POST clock {"advance_seconds"}`.
//! - `GET journal?since=&event=`: all that happened, as lines of the journal from byte `since` (the `next` of the
//!   answer before) on, filtered by comma-separated event names. `GET owed`: webhooks and statuses to come.
//! - `GET chat?phone_number_id=&user=` is what the phone shows; `POST opened {"phone_number_id","user"}` looks at it.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Meta,
    accounts::{Account, NewAccount, NotIssued},
    breaks::{self, block},
    event::{Event, User},
    faults::Knobs,
    raw, subscriptions, templates,
    webhooks::Inbound,
};
use crate::{
    chat::{NotTaken, Person},
    egress,
    json::put,
};

/// Messages in one webhook at most (§1.4).
const BATCH: usize = 1_000;
/// About how much of the journal one answer holds.
const JOURNAL_BYTES: u64 = 8 * 1024 * 1024;

/// The routes.
pub(crate) fn routes() -> Router<Meta> {
    Router::new()
        .route("/meta/control/accounts", get(list_accounts).post(create_account))
        .route("/meta/control/inbound", post(inbound))
        .route("/meta/control/media", post(store_media))
        .route("/meta/control/webhook", post(webhook))
        .route("/meta/control/raw", post(post_raw))
        .route("/meta/control/template", post(template))
        .route("/meta/control/faults", get(faults).post(set_faults).delete(reset_faults))
        .route("/meta/control/clock", get(clock).post(advance))
        .route("/meta/control/journal", get(journal))
        .route("/meta/control/owed", get(owed))
        .route("/meta/control/chat", get(chat))
        .route("/meta/control/opened", post(opened))
        .merge(breaks::routes())
}

/// A refusal in plain words.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

fn bad(text: impl std::fmt::Display) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, text.to_string())
}

type Answer = Result<Json<Value>, Refusal>;

fn account(meta: &Meta, phone_number_id: &str) -> Result<Account, Refusal> {
    let missing = || Refusal(StatusCode::NOT_FOUND, "no account has this phone number id".to_owned());
    meta.account(phone_number_id).ok_or_else(missing)
}

async fn list_accounts(State(meta): State<Meta>) -> Json<Value> {
    Json(meta.accounts().iter().map(|account| block(&meta, account)).collect())
}

async fn create_account(State(meta): State<Meta>, Json(new): Json<NewAccount>) -> Answer {
    let issued = meta.create_account(new).await.map_err(|error| match error {
        NotIssued::Taken => Refusal(StatusCode::CONFLICT, error.to_string()),
        NotIssued::Phone | NotIssued::NoSuchAccount => bad(error),
        NotIssued::Journal(error) => error.into(),
    })?;
    Ok(Json(block(&meta, &issued)))
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
        return Err(bad("at most 1,000 messages"));
    }
    let inbound: Result<Vec<_>, _> = request.messages.into_iter().map(read_inbound).collect();
    let ids =
        meta.receive(&request.phone_number_id, inbound?, request.batch).await.map_err(
            |error| match error {
                NotTaken::NoSuchAccount => Refusal(StatusCode::NOT_FOUND, error.to_string()),
                NotTaken::Malformed(_) => bad(error),
                NotTaken::Journal(error) => error.into(),
            },
        )?;
    Ok(Json(json!({ "messages": ids })))
}

fn read_inbound(mut message: Map<String, Value>) -> Result<Inbound, Refusal> {
    let mut take = |key: &str| match message.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (from, name, bsuid) = (take("from"), take("name"), take("bsuid"));
    let phone =
        from.map(|from| crate::chat::digits_of(&from).ok_or_else(|| bad("from is not a phone number")));
    let user = match (phone.transpose()?, bsuid) {
        (Some(phone), bsuid) => {
            let user = User::of(Person { phone, name: name.unwrap_or_default() });
            User { bsuid: bsuid.unwrap_or(user.bsuid), ..user }
        }
        (None, Some(bsuid)) => User { key: bsuid.clone(), phone: None, bsuid, name },
        (None, None) => return Err(bad("a message has from or bsuid")),
    };
    if !message.get("type").is_some_and(Value::is_string) {
        return Err(bad("a message has a type"));
    }
    Ok(Inbound { user, content: message })
}

async fn store_media(State(meta): State<Meta>, headers: HeaderMap, body: Bytes) -> Answer {
    let mime = headers.get(header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    let id = meta.store_media(body.to_vec(), mime.unwrap_or("application/octet-stream")).await?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
struct WebhookRequest {
    phone_number_id: String,
    field: String,
    value: Value,
}

async fn webhook(State(meta): State<Meta>, Json(request): Json<WebhookRequest>) -> Answer {
    let account = account(&meta, &request.phone_number_id)?;
    let id = meta.owe_value(&account, &request.field, &request.value).await?;
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
    let account = account(&meta, &judged.phone_number_id)?;
    let judgement = (judged.id.as_str(), judged.status.as_str(), judged.reason.as_deref());
    let said = templates::judge(&meta, &account.waba_id, judgement).await?;
    let said = said.ok_or_else(|| Refusal(StatusCode::NOT_FOUND, "no template has this id".to_owned()))?;
    meta.owe_value(&account, "message_template_status_update", &said).await?;
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
    let account = account(&meta, &request.phone_number_id)?;
    let blank = super::webhooks::webhook(&account, "messages", &Value::Null, &Knobs::default(), 0);
    let target = subscriptions::target(&meta.state(), &blank);
    let (url, secret) =
        target.ok_or_else(|| Refusal(StatusCode::CONFLICT, "nobody is subscribed".to_owned()))?;
    let body = request.body.as_bytes();
    let signature = request.signature.unwrap_or_else(|| raw::signature(&secret, body));
    let posts = (0..request.repeat.min(BATCH)).map(|_| async {
        match request.truncate {
            None => meta.post_signed(&url, &signature, body).await,
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

async fn faults(State(meta): State<Meta>) -> Json<Knobs> {
    Json(meta.faults().knobs())
}

async fn set_faults(
    State(meta): State<Meta>,
    Json(change): Json<Map<String, Value>>,
) -> Result<Json<Knobs>, Refusal> {
    let mut all = serde_json::to_value(meta.faults().knobs()).unwrap_or_default();
    for (name, value) in change {
        match (all.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(given)) => known.extend(given),
            (_, value) => put(&mut all, &name, value),
        }
    }
    let knobs: Knobs = serde_json::from_value(all).map_err(bad)?;
    meta.faults().set(knobs.clone());
    Ok(Json(knobs))
}

async fn reset_faults(State(meta): State<Meta>) -> Json<Knobs> {
    meta.faults().set(Knobs::default());
    Json(Knobs::default())
}

async fn clock(State(meta): State<Meta>) -> Json<Value> {
    Json(json!({"now_ms": meta.now_ms(), "offset_ms": meta.clock().offset_ms()}))
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u32,
}

async fn advance(State(meta): State<Meta>, Json(by): Json<Advance>) -> Answer {
    let offset_ms = meta.clock().offset_ms().saturating_add(i64::from(by.advance_seconds) * 1000);
    meta.commit(Event::Clock { offset_ms }).await?;
    meta.clock().set_offset_ms(offset_ms);
    meta.work().notify_one();
    Ok(clock(State(meta)).await)
}

#[derive(Deserialize)]
struct JournalQuery {
    #[serde(default)]
    since: u64,
    event: Option<String>,
}

async fn journal(State(meta): State<Meta>, Query(query): Query<JournalQuery>) -> Answer {
    let journal = meta.journal().clone();
    let read = tokio::task::spawn_blocking(move || journal.lines_since(query.since, JOURNAL_BYTES)).await;
    let (lines, next) = read.map_err(std::io::Error::other)??;
    let wanted = |entry: &Value| {
        let name = entry["event"].as_str().unwrap_or_default();
        query.event.as_ref().is_none_or(|events| events.split(',').any(|event| event == name))
    };
    let parsed = lines.iter().filter_map(|line| serde_json::from_str(line).ok());
    let entries: Vec<Value> = parsed.filter(wanted).collect();
    Ok(Json(json!({"entries": entries, "next": next})))
}

async fn owed(State(meta): State<Meta>) -> Json<Value> {
    let state = meta.state();
    let statuses: usize =
        state.messages.values().filter_map(|m| m.outbound.as_ref()).map(|outbound| outbound.plan.len()).sum();
    Json(json!({"webhooks": state.owed.len(), "statuses": statuses}))
}

#[derive(Deserialize)]
struct ChatOf {
    phone_number_id: String,
    user: String,
}

async fn chat(State(meta): State<Meta>, Query(of): Query<ChatOf>) -> Json<Value> {
    Json(json!({
        "items": meta.chat(&of.phone_number_id, &of.user),
        "typing": meta.typing(&of.phone_number_id, &of.user),
    }))
}

async fn opened(State(meta): State<Meta>, Json(of): Json<ChatOf>) -> StatusCode {
    meta.opened(&of.phone_number_id, &of.user).await;
    StatusCode::NO_CONTENT
}
