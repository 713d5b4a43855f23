//! For whoever watches the process. `/livez` says that it runs and touches nothing; `/readyz` says whether it can store.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use tokio::sync::Mutex;
use warta_core::time::Timestamp;

use crate::app::App;

/// How long the store may take for the probe, and how long an answer counts.
const PROBE: Duration = Duration::from_secs(1);

/// The last probe of the store.
#[derive(Debug, Default)]
pub(crate) struct Probe(Mutex<Option<(Timestamp, bool)>>);

/// `GET /livez`
pub(crate) async fn live() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: writes to the store, once a second at the most however many ask.
pub(crate) async fn ready(
    State(app): State<Arc<App>>,
    Extension(probe): Extension<Arc<Probe>>,
) -> (StatusCode, &'static str) {
    let mut last = probe.0.lock().await;
    let now = app.now();
    let healthy = match *last {
        Some((at, healthy)) if now.since(at) < PROBE => healthy,
        _ => {
            let healthy = tokio::time::timeout(PROBE, app.store.is_healthy()).await.unwrap_or(false);
            *last = Some((app.now(), healthy));
            healthy
        }
    };
    if healthy {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store does not take writes\n")
    }
}
