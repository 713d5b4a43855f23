//! Webhook settings, for the whole organization (§3.1).

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{Answer, Refusal, success},
    auth::Caller,
};
use crate::{
    bsp::{Bsp, Event, events},
    engine::egress,
    ids,
};

/// How long a URL has to answer the call that verifies it (§4).
const VERIFY: Duration = Duration::from_secs(5);

/// `GET` of any of them: all settings.
pub(super) async fn read(Caller(owner): Caller) -> Response {
    success(&owner.settings())
}

/// `PUT /message_interactions`
pub(super) async fn messages(state: State<Bsp>, caller: Caller, body: Json<Value>) -> Answer {
    set(state, caller, "message_interaction", body).await
}

/// `PUT /room_interactions`
pub(super) async fn rooms(state: State<Bsp>, caller: Caller, body: Json<Value>) -> Answer {
    set(state, caller, "room_interaction", body).await
}

/// `PUT /waba_interactions`
pub(super) async fn waba(state: State<Bsp>, caller: Caller, body: Json<Value>) -> Answer {
    set(state, caller, "waba_interaction", body).await
}

async fn set(State(bsp): State<Bsp>, Caller(owner): Caller, kind: &str, Json(body): Json<Value>) -> Answer {
    let url = body["url"].as_str().ok_or_else(|| Refusal::invalid("url is missing"))?;
    if egress::callback_url(url).is_none() {
        return Err(Refusal::invalid("url is invalid"));
    }
    let on = |event: &str| matches!(&body[event], Value::Bool(true)) || body[event] == "1";
    for event in events(kind) {
        if !matches!(&body[*event], Value::Null | Value::Bool(_))
            && body[*event] != "1"
            && body[*event] != "0"
        {
            return Err(Refusal::invalid(format!("{event} is invalid")));
        }
    }
    if !verified(&bsp, url).await {
        return Err(Refusal::invalid("url is invalid"));
    }
    // Read again: the settings may have changed while the URL was called.
    let current = bsp.state().own.organizations.get(&owner.id).cloned();
    let mut organization = current.ok_or_else(Refusal::missing)?;
    organization.set(kind, url, on);
    let settings = organization.settings();
    bsp.commit(Event::Organization(Box::new(organization))).await?;
    Ok(success(&settings))
}

/// Calls a URL to verify that it answers, while the business waits.
async fn verified(bsp: &Bsp, url: &str) -> bool {
    let Ok(client) = bsp.egress.client() else { return false };
    let body = json!({"verify_info": {"id": ids::uuid(), "url": url}}).to_string();
    let request = client.post(url).header(http::header::CONTENT_TYPE, "application/json").body(body);
    let answer = tokio::time::timeout(VERIFY, request.send()).await;
    matches!(answer, Ok(Ok(answer)) if answer.status().is_success())
}

/// Webhook settings of another system.
#[derive(Deserialize)]
pub(super) struct ByHand {
    account: String,
    url: String,
    events: Vec<String>,
}

/// `POST control/interactions {"account","url","events"}`: adds another system's URL without verifying it.
pub(super) async fn by_hand(State(bsp): State<Bsp>, Json(wanted): Json<ByHand>) -> Response {
    let current = {
        let state = bsp.state();
        let account = state.accounts.get(&wanted.account);
        account.and_then(|one| state.own.organizations.get(one.organization()?)).cloned()
    };
    let Some(mut organization) = current else { return Refusal::missing().into_response() };
    let before = organization.clone();
    let on = |event: &str| {
        wanted.events.iter().any(|one| one == event)
            || before.interactions.get(event).is_some_and(|set| set.enabled)
    };
    organization.set("message_interaction", &wanted.url, on);
    let settings = organization.settings();
    match bsp.commit(Event::Organization(Box::new(organization))).await {
        Ok(()) => success(&settings),
        Err(error) => Refusal::from(error).into_response(),
    }
}
