//! The HTTP routes of the sample agents: the endpoint that the gateway calls, pictures, and control for tests.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use rand::{TryRng, rngs::SysRng};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::error;

use super::{
    answer::{Speaker, answer},
    registry::{Fault, Receipt, Registry, Version, slug},
    sign::verified_id,
};
use crate::{
    refusal::Refusal,
    routing::{get, post},
};

/// The routes of the sample agents, all below `/agent`:
///
/// - `POST /agent/{name}?version=` is what the gateway calls,
/// - `GET /agent/assets/{file}` are its picture and document,
/// - `POST /agent/control/agents` makes or finds a deployment and gives its URL and secret,
/// - `POST /agent/control/faults` orders a fault,
/// - `GET /agent/control/journal?name=` lists the events that arrived, with counts.
pub(crate) fn router(registry: Arc<Registry>) -> Router {
    Router::new()
        .route("/agent/{name}", post(receive))
        .route("/agent/assets/{file}", get(asset))
        .route("/agent/control/agents", post(obtain))
        .route("/agent/control/faults", post(order))
        .route("/agent/control/journal", get(journal))
        .with_state(registry)
}

#[derive(Deserialize)]
struct Deployment {
    #[serde(default)]
    version: Version,
}

async fn receive(
    State(registry): State<Arc<Registry>>,
    Path(name): Path<String>,
    Query(Deployment { version }): Query<Deployment>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(agent) = registry.agent(&name, version) else {
        return refuse(StatusCode::NOT_FOUND, "there is no such agent");
    };
    let Some(id) = verified_id(&agent.secret, &headers, &body, registry.now_s()) else {
        return refuse(StatusCode::UNAUTHORIZED, "the signature is missing, old or wrong");
    };
    let Ok(event) = serde_json::from_slice::<Value>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "the body is not JSON");
    };
    let fault = registry.fault(&agent.slug).unwrap_or_default();
    if fault.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    }
    let text = |value: &Value, key| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let messages = event.get("messages").and_then(Value::as_array).into_iter().flatten();
    let receipt = Receipt {
        version,
        id: id.to_owned(),
        kind: text(&event, "type").unwrap_or_default(),
        messages: messages.filter_map(|message| text(message, "id")).collect(),
        count: 1,
        answered: u64::from(fault.status.is_none()),
        agent: agent.slug,
    };
    if let Err(error) = registry.record(receipt) {
        error!(%error, "the journal of the sample agents cannot be written");
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, "the journal cannot be written");
    }
    if let Some(status) = fault.status {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return refuse(status, "this fault was ordered");
    }
    let speaker = Speaker { name: &agent.name, draft: version == Version::Draft, base: &base(&headers) };
    answer(&event, &speaker).map_or(StatusCode::NO_CONTENT.into_response(), |body| Json(body).into_response())
}

async fn asset(Path(file): Path<String>) -> Response {
    let (kind, bytes): (_, &'static [u8]) = match file.as_str() {
        "kopi.png" => ("image/png", include_bytes!("../../assets/agent/kopi.png")),
        "menu.txt" => ("text/plain; charset=utf-8", include_bytes!("../../assets/agent/menu.txt")),
        _ => return refuse(StatusCode::NOT_FOUND, "there is no such file"),
    };
    ([(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], bytes).into_response()
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    #[serde(default)]
    version: Version,
}

async fn obtain(
    State(registry): State<Arc<Registry>>,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Response {
    if slug(&wanted.name).is_empty() {
        return refuse(StatusCode::BAD_REQUEST, "the name needs a letter or a digit");
    }
    let mut random = [0; 24];
    if SysRng.try_fill_bytes(&mut random).is_err() {
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, "the system gives no randomness");
    }
    match registry.obtain(&wanted.name, wanted.version, random) {
        Ok(agent) => {
            let url = format!("{}/agent/{}?version={}", base(&headers), agent.slug, agent.version.word());
            Json(json!({ "url": url, "secret": agent.secret })).into_response()
        }
        Err(error) => {
            error!(%error, "the sample agent cannot be kept");
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "the agent cannot be kept")
        }
    }
}

#[derive(Deserialize)]
struct Order {
    name: String,
    #[serde(flatten)]
    fault: Fault,
}

async fn order(State(registry): State<Arc<Registry>>, Json(order): Json<Order>) -> StatusCode {
    registry.order(slug(&order.name), order.fault);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Whose {
    name: Option<String>,
}

async fn journal(State(registry): State<Arc<Registry>>, Query(whose): Query<Whose>) -> Json<Value> {
    Json(json!({ "events": registry.journal(whose.name.as_deref().map(slug).as_deref()) }))
}

/// Base URL of this server as its caller sees it, without a final slash.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}")
}

fn refuse(status: StatusCode, reason: &str) -> Response {
    Refusal::new(status, reason).into_response()
}
