//! The half of the control interface that is the same for every provider. It asks for no password and is reached from
//! this machine only.
//!
//! - `GET faults`, `POST faults {…}` (sets the given fields), `DELETE faults` (resets all).
//! - `GET clock`, `POST clock {"advance_seconds"}`.
//! - `GET journal?since=&event=`: lines of the journal from byte `since` (the `next` of the answer before) on, filtered
//!   by comma-separated event names.
//! - `GET owed`: how many webhooks and statuses are still to come.

use axum::{
    Json, Router,
    extract::{Query, State},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{accounts::NotIssued, state::Rules, twin::ProviderTwin};
use crate::{
    chat::NotTaken,
    json::put,
    refusal::Refusal,
    routing::{boxed, get},
};

/// About how much of the journal one answer holds.
const JOURNAL_BYTES: u64 = 8 * 1024 * 1024;

/// The shared routes, each below `prefix`.
pub(crate) fn routes<R: Rules>(prefix: &str) -> Router<ProviderTwin<R>> {
    Router::new()
        .route(&format!("{prefix}/faults"), get(faults).post(boxed(set_faults)).delete(reset_faults))
        .route(&format!("{prefix}/clock"), get(clock).post(boxed(advance)))
        .route(&format!("{prefix}/journal"), get(journal))
        .route(&format!("{prefix}/owed"), get(undelivered))
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error)
    }
}

impl From<NotIssued> for Refusal {
    fn from(error: NotIssued) -> Self {
        match error {
            NotIssued::Taken => Self::new(StatusCode::CONFLICT, error),
            NotIssued::Phone | NotIssued::NoSuchAccount(_) => Self::bad(error),
            NotIssued::Journal(error) => error.into(),
        }
    }
}

impl From<NotTaken> for Refusal {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::NoSuchAccount => Self::new(StatusCode::NOT_FOUND, error),
            NotTaken::Malformed(_) => Self::bad(error),
            NotTaken::Journal(error) => error.into(),
        }
    }
}

/// The result of a control handler.
pub(crate) type Answer = Result<Json<Value>, Refusal>;

/// The MIME type of a file sent as the body.
pub(crate) fn mime_type(headers: &HeaderMap) -> &str {
    let mime = headers.get(header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    mime.unwrap_or("application/octet-stream")
}

async fn faults<R: Rules>(State(twin): State<ProviderTwin<R>>) -> Json<R::Faults> {
    Json(twin.faults.settings())
}

async fn set_faults<R: Rules>(
    State(twin): State<ProviderTwin<R>>,
    Json(change): Json<Map<String, Value>>,
) -> Result<Json<R::Faults>, Refusal> {
    let mut all = serde_json::to_value(twin.faults.settings()).map_err(Refusal::bad)?;
    for (name, value) in change {
        match (all.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(given)) => known.extend(given),
            (_, value) => put(&mut all, &name, value),
        }
    }
    let settings: R::Faults = serde_json::from_value(all).map_err(Refusal::bad)?;
    *twin.faults.lock() = settings.clone();
    Ok(Json(settings))
}

async fn reset_faults<R: Rules>(State(twin): State<ProviderTwin<R>>) -> Json<R::Faults> {
    *twin.faults.lock() = R::Faults::default();
    Json(R::Faults::default())
}

async fn clock<R: Rules>(State(twin): State<ProviderTwin<R>>) -> Json<Value> {
    Json(json!({"now_ms": twin.now_ms(), "offset_ms": twin.clock.offset_ms()}))
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u32,
}

async fn advance<R: Rules>(State(twin): State<ProviderTwin<R>>, Json(by): Json<Advance>) -> Answer {
    let offset_ms = twin.clock.offset_ms().saturating_add(i64::from(by.advance_seconds) * 1000);
    twin.commit(R::clock(offset_ms)).await?;
    twin.clock.set_offset_ms(offset_ms);
    twin.journal.applied.work.notify_one();
    Ok(clock(State(twin)).await)
}

#[derive(Deserialize)]
struct JournalQuery {
    #[serde(default)]
    since: u64,
    event: Option<String>,
}

async fn journal<R: Rules>(State(twin): State<ProviderTwin<R>>, Query(query): Query<JournalQuery>) -> Answer {
    let lines = move || twin.journal.lines_since(query.since, JOURNAL_BYTES);
    let read = tokio::task::spawn_blocking(lines).await;
    let (lines, next) = read.map_err(std::io::Error::other)??;
    let wanted = |entry: &Value| {
        let name = entry.get("event").and_then(Value::as_str).unwrap_or_default();
        query.event.as_ref().is_none_or(|events| events.split(',').any(|event| event == name))
    };
    let parsed = lines.iter().filter_map(|line| serde_json::from_str(line).ok());
    let entries: Vec<Value> = parsed.filter(wanted).collect();
    Ok(Json(json!({"entries": entries, "next": next})))
}

async fn undelivered<R: Rules>(State(twin): State<ProviderTwin<R>>) -> Json<Value> {
    let state = twin.state();
    Json(json!({"webhooks": state.undelivered.len(), "statuses": state.statuses_planned()}))
}
