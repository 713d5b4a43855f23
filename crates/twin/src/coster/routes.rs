//! What is served under `/coster`.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};

use super::{
    answer::{self, Refusal},
    messages,
};
use crate::{
    bsp::{self, Account, Bsp, FaultSettings, Keys, Message},
    chat::media_id,
    routing::{get, post},
};

/// The header of the bot token (§6.2).
const BOT_TOKEN: &str = "x-access-token";

/// Routes under `/coster`.
pub(crate) fn routes(bsp: Bsp) -> Router {
    let api = Router::new()
        .route("/bot/webhook", post(reply))
        .route("/bot/media/{id}", get(media))
        .route("/v1/{account_id}/messages", post(push))
        .nest("/control", bsp::control());
    Router::new().nest("/coster", api).with_state(bsp)
}

/// `POST /bot/webhook`: a reply within 24 hours (§6.2).
async fn reply(State(bsp): State<Bsp>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(owner) = bot_owner(&bsp, &headers) else { return Refusal::token().into_response() };
    match bsp.before_send().await {
        Ok(faults) => finish(&bsp, &owner, messages::reply(&bsp, &owner, &body), &faults).await,
        Err(fault) => answer::fault(&fault),
    }
}

/// `POST /v1/{account_id}/messages`: a template (§6.4).
async fn push(
    State(bsp): State<Bsp>,
    Path(account_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let owner = owner(&bsp, token, |keys| match keys {
        Keys::Coster { push_token, .. } => Some(push_token),
        Keys::Qontak { .. } => None,
    });
    let Some(owner) = owner else { return Refusal::token().into_response() };
    if owner.id != account_id {
        let refusal =
            Refusal::new(StatusCode::FORBIDDEN, 403, "Forbidden", "Account does not match the token");
        return refuse(&bsp, &owner, refusal);
    }
    match bsp.before_send().await {
        Ok(faults) => finish(&bsp, &owner, messages::push(&owner, &body), &faults).await,
        Err(fault) => answer::fault(&fault),
    }
}

async fn finish(
    bsp: &Bsp,
    owner: &Account,
    checked: Result<Message, Refusal>,
    faults: &FaultSettings,
) -> Response {
    let draft = match checked {
        Ok(draft) => draft,
        Err(refusal) => return refuse(bsp, owner, refusal),
    };
    match bsp.accept(draft, faults).await {
        Ok(message) => answer::taken(&message),
        Err(fault) => answer::fault(&fault),
    }
}

fn refuse(bsp: &Bsp, owner: &Account, refusal: Refusal) -> Response {
    bsp.refused(&owner.id, &refusal.details);
    refusal.into_response()
}

/// `GET /bot/media/{id}`: a file that a user sent (§6.3).
async fn media(State(bsp): State<Bsp>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Some(owner) = bot_owner(&bsp, &headers) else { return Refusal::token().into_response() };
    // A file belongs to the account that a user sent it to.
    let sent = bsp.state().messages.values().any(|message| {
        message.head.account == owner.id
            && message.from_user
            && media_id(&message.content).is_some_and(|sent| sent == id)
    });
    match bsp.media_bytes(&id).await.filter(|_| sent) {
        Some((bytes, media)) => ([(header::CONTENT_TYPE, media.mime_type)], bytes).into_response(),
        None => Refusal::new(StatusCode::NOT_FOUND, 404, "Not found", "Media not found").into_response(),
    }
}

/// The account of the bot token in the headers.
fn bot_owner(bsp: &Bsp, headers: &HeaderMap) -> Option<Account> {
    let token = headers.get(BOT_TOKEN).and_then(|token| token.to_str().ok()).unwrap_or_default();
    owner(bsp, token, |keys| match keys {
        Keys::Coster { bot_token, .. } => Some(bot_token),
        Keys::Qontak { .. } => None,
    })
}

/// The account with this token, if the token is valid.
fn owner(bsp: &Bsp, token: &str, which: fn(&Keys) -> Option<&String>) -> Option<Account> {
    let state = bsp.state();
    if token.is_empty() || state.own.revoked.contains(token) {
        return None;
    }
    state.accounts.values().find(|account| which(&account.keys).is_some_and(|known| known == token)).cloned()
}
