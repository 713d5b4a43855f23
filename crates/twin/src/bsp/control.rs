//! `/coster/control/…` and `/qontak/control/…`: accounts, users, faults, the clock and the books, as JSON. It asks for no
//! password and is reached from this machine only.
//!
//! - `POST accounts {"name","phone"?,"same_organization_as"?}` issues an account, `GET accounts` lists them.
//! - `POST accounts/{id}/hook {"url"}` (Coster): where the account's webhooks go from now on; null for nowhere.
//! - `POST accounts/{id}/active {"active"}` (Qontak) switches the channel integration off and on.
//! - `POST token {"token","good"}` revokes a token, or makes it good again.
//! - `POST inbound {"account","from","name"?,"message":{"type",…}}`: a user writes. Answers `{"id"}`.
//! - `POST media` with a file as the body stores it for an inbound message: `{"id"}`.
//! - `POST webhook {"url","body"}` owes any body, as it stands.
//! - `GET faults`, `POST faults {…}`: see [`super::knobs::Knobs`]. `DELETE faults` puts all back.
//! - `GET clock`, `POST clock {"advance_seconds"}`.
//! - `POST room {"account","user","resolve"?,"age_hours"?}` (Qontak) resolves a user's room, or ages it.
//! - `POST template {"id","status"}` (Qontak) judges a template.
//! - `GET journal?since=&event=`: all that happened, as lines of the journal from byte `since` (the `next` of the
//!   answer before) on, filtered by comma-separated event names. `GET owed`: webhooks and statuses to come.
//! - `GET chat?account=&user=` is what the phone shows.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Account, Bsp, Event, Keys, NewAccount, NotIssued, Post, Webhook, knobs::Knobs};
use crate::{
    chat::{NotTaken, Person, digits_of},
    egress, ids,
    json::put,
};

/// About how much of the journal one answer holds.
const JOURNAL_BYTES: u64 = 8 * 1024 * 1024;

/// The routes, to be nested under the provider's `control`.
pub(crate) fn routes() -> Router<Bsp> {
    Router::new()
        .route("/accounts", get(list_accounts).post(create_account))
        .route("/accounts/{id}/hook", post(set_hook))
        .route("/accounts/{id}/active", post(set_active))
        .route("/token", post(token))
        .route("/inbound", post(inbound))
        .route("/media", post(store_media))
        .route("/webhook", post(webhook))
        .route("/faults", get(faults).post(set_faults).delete(reset_faults))
        .route("/clock", get(clock).post(advance))
        .route("/room", post(room))
        .route("/template", post(template))
        .route("/journal", get(journal))
        .route("/owed", get(owed))
        .route("/chat", get(chat))
}

/// A refusal in plain words.
pub(crate) struct Refusal(StatusCode, String);

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

fn account(bsp: &Bsp, id: &str) -> Result<Account, Refusal> {
    bsp.account(id).ok_or_else(|| Refusal(StatusCode::NOT_FOUND, "no account has this id".to_owned()))
}

/// An account with all its ids, secrets and addresses, by their names.
fn shown(bsp: &Bsp, account: &Account) -> Value {
    let mut shown = json!({"id": account.id, "phone": account.phone,
        "phone_url": format!("{}/phone/{}", bsp.base_url(), account.id)});
    for (key, value) in bsp.block(account) {
        put(&mut shown, key, value);
    }
    shown
}

async fn list_accounts(State(bsp): State<Bsp>) -> Json<Value> {
    Json(bsp.accounts().iter().map(|account| shown(&bsp, account)).collect())
}

async fn create_account(State(bsp): State<Bsp>, Json(new): Json<NewAccount>) -> Answer {
    let issued = bsp.create_account(new).await.map_err(|error| match error {
        NotIssued::Taken => Refusal(StatusCode::CONFLICT, error.to_string()),
        NotIssued::Phone | NotIssued::NoSuchAccount => bad(error),
        NotIssued::Journal(error) => error.into(),
    })?;
    Ok(Json(shown(&bsp, &issued)))
}

#[derive(Deserialize)]
struct Hook {
    url: Option<String>,
}

async fn set_hook(State(bsp): State<Bsp>, Path(id): Path<String>, Json(wanted): Json<Hook>) -> Answer {
    account(&bsp, &id)?;
    let told = bsp.set_hook(&id, wanted.url).await.map_err(|why| Refusal(StatusCode::BAD_REQUEST, why))?;
    Ok(Json(json!({ "url": told })))
}

#[derive(Deserialize)]
struct Active {
    active: bool,
}

async fn set_active(State(bsp): State<Bsp>, Path(id): Path<String>, Json(wanted): Json<Active>) -> Answer {
    let mut account = account(&bsp, &id)?;
    let Keys::Qontak { is_active, .. } = &mut account.keys else {
        return Err(bad("only Qontak's channel integrations are active or not"));
    };
    *is_active = wanted.active;
    bsp.commit(Event::Account(Box::new(account))).await?;
    Ok(Json(json!({"active": wanted.active})))
}

#[derive(Deserialize)]
struct Token {
    token: String,
    good: bool,
}

async fn token(State(bsp): State<Bsp>, Json(Token { token, good }): Json<Token>) -> Answer {
    bsp.commit(Event::Token { token, good }).await?;
    Ok(Json(json!({ "good": good })))
}

#[derive(Deserialize)]
struct Inbound {
    account: String,
    from: String,
    #[serde(default)]
    name: String,
    message: Value,
}

async fn inbound(State(bsp): State<Bsp>, Json(said): Json<Inbound>) -> Answer {
    let phone = digits_of(&said.from).ok_or_else(|| bad("from is not a phone number"))?;
    let person = Person { phone, name: said.name };
    let sent = bsp.user_sends(&said.account, person, said.message).await;
    let id = sent.map_err(|error| match error {
        NotTaken::NoSuchAccount => Refusal(StatusCode::NOT_FOUND, error.to_string()),
        NotTaken::Malformed(_) => bad(error),
        NotTaken::Journal(error) => error.into(),
    })?;
    Ok(Json(json!({ "id": id })))
}

async fn store_media(State(bsp): State<Bsp>, headers: HeaderMap, body: Bytes) -> Answer {
    let mime = headers.get(header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    let mime = mime.unwrap_or("application/octet-stream");
    let name = format!("file.{}", mime.rsplit('/').next().unwrap_or("bin"));
    let media = bsp.keep_media(body.to_vec(), mime, &name).await?;
    Ok(Json(json!({"id": media.id})))
}

#[derive(Deserialize)]
struct ByHand {
    url: String,
    body: String,
}

async fn webhook(State(bsp): State<Bsp>, Json(ByHand { url, body }): Json<ByHand>) -> Answer {
    if egress::callback_url(&url).is_none() {
        return Err(bad("url must be https, or http on this machine"));
    }
    let id = ids::secret(8);
    let post = Post { url, body, request_id: None };
    bsp.commit(Event::Owed(Webhook::of(post, id.clone(), 1, bsp.now_ms(), None))).await?;
    Ok(Json(json!({ "id": id })))
}

async fn faults(State(bsp): State<Bsp>) -> Json<Knobs> {
    Json(bsp.panel().knobs())
}

async fn set_faults(State(bsp): State<Bsp>, Json(change): Json<Map<String, Value>>) -> Answer {
    let mut all = serde_json::to_value(bsp.panel().knobs()).unwrap_or_default();
    for (name, value) in change {
        match (all.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(given)) => known.extend(given),
            (_, value) => put(&mut all, &name, value),
        }
    }
    let knobs: Knobs = serde_json::from_value(all.clone()).map_err(bad)?;
    bsp.panel().set(knobs);
    Ok(Json(all))
}

async fn reset_faults(State(bsp): State<Bsp>) -> Json<Knobs> {
    bsp.panel().set(Knobs::default());
    Json(Knobs::default())
}

async fn clock(State(bsp): State<Bsp>) -> Json<Value> {
    Json(json!({"now_ms": bsp.now_ms(), "offset_ms": bsp.clock().offset_ms()}))
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u32,
}

async fn advance(State(bsp): State<Bsp>, Json(by): Json<Advance>) -> Answer {
    let offset_ms = bsp.clock().offset_ms().saturating_add(i64::from(by.advance_seconds) * 1000);
    bsp.commit(Event::Clock { offset_ms }).await?;
    bsp.clock().set_offset_ms(offset_ms);
    bsp.work().notify_one();
    Ok(clock(State(bsp)).await)
}

#[derive(Deserialize)]
struct Room {
    account: String,
    user: String,
    #[serde(default)]
    resolve: bool,
    #[serde(default)]
    age_hours: u32,
}

async fn room(State(bsp): State<Bsp>, Json(wanted): Json<Room>) -> Answer {
    let Room { account: id, user, resolve, age_hours } = wanted;
    account(&bsp, &id)?;
    if age_hours > 0 {
        let by_ms = i64::from(age_hours) * 3_600_000;
        bsp.commit(Event::Aged { account: id.clone(), user: user.clone(), by_ms }).await?;
    }
    if resolve {
        bsp.commit(Event::Resolved { account: id, user }).await?;
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Judged {
    id: String,
    status: String,
}

async fn template(State(bsp): State<Bsp>, Json(judged): Json<Judged>) -> Answer {
    let found = bsp.state().templates.get(&judged.id).cloned();
    let missing = || Refusal(StatusCode::NOT_FOUND, "no template was made with this id".to_owned());
    let mut template = found.ok_or_else(missing)?;
    template.judge(&judged.status);
    bsp.commit(Event::Template(Box::new(template))).await?;
    Ok(Json(json!({"status": judged.status})))
}

#[derive(Deserialize)]
struct JournalQuery {
    #[serde(default)]
    since: u64,
    event: Option<String>,
}

async fn journal(State(bsp): State<Bsp>, Query(query): Query<JournalQuery>) -> Answer {
    let journal = bsp.journal().clone();
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

async fn owed(State(bsp): State<Bsp>) -> Json<Value> {
    let state = bsp.state();
    let statuses: usize =
        state.messages.values().filter_map(|m| m.outbound.as_ref()).map(|outbound| outbound.plan.len()).sum();
    Json(json!({"webhooks": state.owed.len(), "statuses": statuses}))
}

#[derive(Deserialize)]
struct ChatOf {
    account: String,
    user: String,
}

async fn chat(State(bsp): State<Bsp>, Query(of): Query<ChatOf>) -> Json<Value> {
    Json(json!({"items": bsp.state().chat(&of.account, &of.user)}))
}
