//! `/coster/control/…` and `/qontak/control/…`: accounts, users, faults, the clock and the journal, as JSON. It has no
//! password and is reachable from this machine only.
//!
//! - `POST accounts {"name","phone"?,"same_organization_as"?}` issues an account, `GET accounts` lists them.
//! - `POST accounts/{id}/hook {"url"}` (Coster) sets the webhook URL of the account; null removes it.
//! - `POST accounts/{id}/active {"active"}` (Qontak) switches the channel integration off and on.
//! - `POST token {"token","good"}` revokes a token, or makes it valid again.
//! - `POST inbound {"account","from","name"?,"message":{"type",…}}`: a user writes. Answers `{"id"}`.
//! - `POST media` with a file as the body stores it for an inbound message: `{"id"}`.
//! - `POST webhook {"url","body"}` delivers any body, unchanged.
//! - `faults` (see [`super::FaultSettings`]), `clock`, `journal` and `owed`: see [`crate::engine::control`].
//! - `POST room {"account","user","resolve"?,"age_hours"?}` (Qontak) resolves a user's room, or ages it.
//! - `POST template {"id","status"}` (Qontak) sets the status of a template.
//! - `GET chat?account=&user=` is what the phone shows.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    accounts::NewAccount,
    model::{Account, Bsp, Event, Keys, NewWebhook, Webhook},
};
use crate::{
    chat::{Person, digits_of},
    engine::{
        control::{self, Answer, mime_type},
        egress,
    },
    ids,
    json::put,
    refusal::Refusal,
    routing::{boxed, get, post},
};

/// The routes, to be nested under the provider's `control`.
pub(crate) fn routes() -> Router<Bsp> {
    Router::new()
        .route("/accounts", get(list_accounts).post(boxed(create_account)))
        .route("/accounts/{id}/hook", post(set_callback))
        .route("/accounts/{id}/active", post(set_active))
        .route("/token", post(token))
        .route("/inbound", post(inbound))
        .route("/media", post(store_media))
        .route("/webhook", post(webhook))
        .route("/room", post(room))
        .route("/template", post(template))
        .route("/chat", get(chat))
        .merge(control::routes(""))
}

fn account(bsp: &Bsp, id: &str) -> Result<Account, Refusal> {
    bsp.account(id).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "no account has this id"))
}

/// An account with all its ids, secrets and URLs.
fn account_json(bsp: &Bsp, account: &Account) -> Value {
    let mut shown = json!({"id": account.id, "phone": account.phone,
        "phone_url": format!("{}/phone/{}", bsp.base_url(), account.id)});
    for (key, value) in bsp.credentials(account) {
        put(&mut shown, key, value);
    }
    shown
}

async fn list_accounts(State(bsp): State<Bsp>) -> Json<Value> {
    Json(bsp.accounts().iter().map(|account| account_json(&bsp, account)).collect())
}

async fn create_account(State(bsp): State<Bsp>, Json(new): Json<NewAccount>) -> Answer {
    let issued = bsp.create_account(new).await?;
    Ok(Json(account_json(&bsp, &issued)))
}

#[derive(Deserialize)]
struct CallbackForm {
    url: Option<String>,
}

async fn set_callback(
    State(bsp): State<Bsp>,
    Path(id): Path<String>,
    Json(wanted): Json<CallbackForm>,
) -> Answer {
    account(&bsp, &id)?;
    let told = bsp.set_callback(&id, wanted.url).await.map_err(Refusal::bad)?;
    Ok(Json(json!({ "url": told })))
}

#[derive(Deserialize)]
struct Active {
    active: bool,
}

async fn set_active(State(bsp): State<Bsp>, Path(id): Path<String>, Json(wanted): Json<Active>) -> Answer {
    let mut account = account(&bsp, &id)?;
    let Keys::Qontak { is_active, .. } = &mut account.keys else {
        return Err(Refusal::bad("only Qontak's channel integrations are active or not"));
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

async fn inbound(State(bsp): State<Bsp>, Json(request): Json<Inbound>) -> Answer {
    let phone = digits_of(&request.from).ok_or_else(|| Refusal::bad("from is not a phone number"))?;
    let person = Person { phone, name: request.name };
    let id = bsp.user_sends(&request.account, person, request.message).await?;
    Ok(Json(json!({ "id": id })))
}

async fn store_media(State(bsp): State<Bsp>, headers: HeaderMap, body: Bytes) -> Answer {
    let mime = mime_type(&headers);
    let name = format!("file.{}", mime.rsplit('/').next().unwrap_or("bin"));
    let media = bsp.store_media(body.to_vec(), mime, &name).await?;
    Ok(Json(json!({"id": media.id})))
}

#[derive(Deserialize)]
struct ByHand {
    url: String,
    body: String,
}

async fn webhook(State(bsp): State<Bsp>, Json(ByHand { url, body }): Json<ByHand>) -> Answer {
    if egress::callback_url(&url).is_none() {
        return Err(Refusal::bad("url must be https, or http on this machine"));
    }
    let id = ids::secret(8);
    let post = NewWebhook { url, body, request_id: None };
    bsp.commit(Event::Owed(Webhook::of(post, id.clone(), 1, bsp.now_ms(), None))).await?;
    Ok(Json(json!({ "id": id })))
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
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "no template was made with this id");
    let mut template = found.ok_or_else(missing)?;
    template.judge(&judged.status);
    bsp.commit(Event::Template(Box::new(template))).await?;
    Ok(Json(json!({"status": judged.status})))
}

#[derive(Deserialize)]
struct ChatOf {
    account: String,
    user: String,
}

async fn chat(State(bsp): State<Bsp>, Query(of): Query<ChatOf>) -> Json<Value> {
    Json(json!({"items": bsp.state().chat(&of.account, &of.user)}))
}
