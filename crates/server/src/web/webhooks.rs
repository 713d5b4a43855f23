//! What providers call. Nothing of a body is looked at before its signature is proven, and 200 is said only after the
//! commit: any other answer makes the provider send it again.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use warta_core::ids::ChannelId;
use warta_protocol::{Settings, meta};
use warta_store::SecretKind;

use crate::app::App;
use crate::directory::Line;
use crate::flow::receive::{self, Received};

/// Meta sends up to 3 MB (facts/meta-cloud.md §1.4).
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// `GET /hooks/{channel}`: the provider asks whether we expect it.
pub async fn verify(
    State(app): State<Arc<App>>,
    Path(channel): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let line = match find(&app, &channel).await {
        Ok(line) => line,
        Err(answer) => return answer,
    };
    let Settings::Meta(_) = &line.settings;
    let tokens: Vec<_> = line.secrets(SecretKind::WebhookSecret, app.now()).cloned().collect();
    let Ok(challenge) = meta::verify::subscription(&query.unwrap_or_default(), &tokens) else {
        count("wrong_verify_token");
        return StatusCode::FORBIDDEN.into_response();
    };
    count("handshake");
    ([(header::CONTENT_TYPE, "text/plain")], challenge).into_response()
}

/// `POST /hooks/{channel}`: events.
pub async fn receive(
    State(app): State<Arc<App>>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let line = match find(&app, &channel).await {
        Ok(line) => line,
        Err(answer) => return answer,
    };
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            count("too_large");
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        Err(_) => {
            count("cut");
            return StatusCode::BAD_REQUEST.into_response();
        }
    };
    let signature = headers.get("x-hub-signature-256").map(header::HeaderValue::as_bytes);
    let secrets = line.secrets(SecretKind::AppSecret, app.now());
    let Ok(verified) = meta::verify::body(signature, &body, secrets) else {
        count("wrong_signature");
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match receive::webhook(&app, &line, verified, &body, signature).await {
        Ok(Received::Stored) => {
            count("stored");
            StatusCode::OK.into_response()
        }
        Ok(Received::Quarantined) => {
            count("quarantined");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            count("not_stored");
            tracing::error!(channel.id = %line.channel.id, %error, "a webhook could not be stored; the provider will repeat it");
            unavailable()
        }
    }
}

async fn find(app: &App, channel: &str) -> Result<Arc<Line>, Response> {
    let unknown = || {
        count("unknown_channel");
        StatusCode::NOT_FOUND.into_response()
    };
    let id: ChannelId = channel.parse().map_err(|_| unknown())?;
    match app.directory.line(&app.store, id, app.now()).await {
        Ok(Some(line)) => Ok(line),
        Ok(None) => Err(unknown()),
        Err(error) => {
            count("not_stored");
            tracing::error!(channel.id = %id, %error, "a channel could not be read");
            Err(unavailable())
        }
    }
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
}

/// Counts webhooks by what became of them.
fn count(result: &'static str) {
    metrics::counter!("warta_webhooks_received_total", "result" => result).increment(1);
}
