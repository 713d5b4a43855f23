//! What providers call. Nothing of a body is looked at before its signature is proven, and 200 is said only after the
//! commit: any other answer makes the provider send it again.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use uuid::Uuid;
use warta_core::ids::ChannelId;
use warta_protocol::verify::{Call, Verified};
use warta_store::{Channel, RefusedCall, Scope, SecretKind};

use crate::app::App;
use crate::check::loopback;
use crate::directory::ChannelRuntime;
use crate::flow::receive::{self, Received};
use crate::self_call;
use crate::webhook_address;

/// Meta sends up to 3 MB (facts/meta-cloud.md §1.4).
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// What stands in the address of a webhook.
#[derive(Debug, Deserialize)]
pub struct At {
    channel_id: String,
    /// The webhook secret, where webhooks are not signed.
    secret: Option<String>,
}

/// `GET` of a webhook address: the provider asks whether we expect it. It may ask while the channel is still being set up, and
/// with a secret that was made a moment ago: so the row is read, not what is at hand.
pub async fn verify(State(app): State<Arc<App>>, Path(at): Path<At>, RawQuery(query): RawQuery) -> Response {
    let Ok(id) = at.channel_id.parse::<ChannelId>() else { return unknown() };
    let channel = match app.store.channel(id).await {
        Ok(Some(channel)) => channel,
        Ok(None) => return unknown(),
        Err(error) => return unreadable(id, &error),
    };
    let protocol = warta_protocol::entry(channel.protocol);
    let query = query.unwrap_or_default();
    let mut tokens = channel.secret_rows_of(SecretKind::WebhookSecret, app.now());
    let answered = tokens.find_map(|(row, token)| {
        let challenge = (protocol.handshake)(&query, at.secret.as_deref(), token).ok()?;
        Some((row, challenge))
    });
    let Some((row, challenge)) = answered else {
        count("wrong_verify_token");
        note_refusal(&app, &channel, RefusedCall::Handshake);
        return StatusCode::FORBIDDEN.into_response();
    };
    count("handshake");
    // Our own check-up is no sign of the provider's.
    if !query.contains(self_call::CHALLENGE) {
        note_use(&app, &channel, row);
    }
    ([(header::CONTENT_TYPE, "text/plain")], challenge).into_response()
}

/// `POST` to a webhook address: events.
pub async fn receive(
    State(app): State<Arc<App>>,
    Path(at): Path<At>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let runtime = match find(&app, &at.channel_id).await {
        Ok(runtime) => runtime,
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
    let call = Call { secret: at.secret.as_deref(), signature, body: &body };
    let (runtime, verified) = match proven(&app, runtime, call).await {
        Ok(proven) => proven,
        Err(answer) => return answer,
    };
    // A loop-back test is signed by ourselves, so it proves nothing.
    if !loopback::is_ours(&body)
        && let Some((row, _)) = runtime
            .channel
            .secret_rows_of(webhook_address::proof(runtime.channel.protocol), app.now())
            .nth(verified.secret())
    {
        note_use(&app, &runtime.channel, row);
    }
    match receive::webhook(&app, &runtime, verified, &body, call).await {
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
            tracing::error!(channel.id = %runtime.channel.id, %error, "a webhook could not be stored; the provider will repeat it");
            unavailable()
        }
    }
}

/// The body, proven by a secret of the channel; the channel is read anew for a secret that is not known yet.
async fn proven<'a>(
    app: &Arc<App>,
    runtime: Arc<ChannelRuntime>,
    call: Call<'a>,
) -> Result<(Arc<ChannelRuntime>, Verified<'a>), Response> {
    let now = app.now();
    let check = |runtime: &ChannelRuntime| runtime.verify(call, now).ok();
    if let Some(verified) = check(&runtime) {
        return Ok((runtime, verified));
    }
    let id = runtime.channel.id;
    if !app.memory.webhooks.was_just_reloaded(id, now) {
        let anew = app.directory.reload(&app.store, id, now).await.map_err(|error| unreadable(id, &error))?;
        if let Some(runtime) = anew {
            if let Some(verified) = check(&runtime) {
                return Ok((runtime, verified));
            }
            app.memory.webhooks.note_failed_reload(id, now);
        }
    }
    count("wrong_signature");
    note_refusal(app, &runtime.channel, RefusedCall::Event);
    Err(StatusCode::UNAUTHORIZED.into_response())
}

async fn find(app: &App, channel: &str) -> Result<Arc<ChannelRuntime>, Response> {
    let id: ChannelId = channel.parse().map_err(|_| unknown())?;
    match app.directory.channel(&app.store, id, app.now()).await {
        Ok(Some(runtime)) => Ok(runtime),
        Ok(None) => Err(unknown()),
        Err(error) => Err(unreadable(id, &error)),
    }
}

/// Notes, beside the answer, that a secret was used.
fn note_use(app: &Arc<App>, channel: &Channel, row: Uuid) {
    let now = app.now();
    if !app.memory.webhooks.note_use(row, now) {
        return;
    }
    let (app, scope, id) = (Arc::clone(app), Scope::new(channel.organization), channel.id);
    app.clone().tasks.spawn(async move {
        if let Err(error) = app.store.note_secret_used(scope, id, row, now).await {
            tracing::warn!(channel.id = %id, %error, "the use of a secret could not be noted");
        }
    });
}

/// Notes, beside the answer, that a call was refused.
fn note_refusal(app: &Arc<App>, channel: &Channel, call: RefusedCall) {
    let now = app.now();
    if !app.memory.webhooks.note_refusal(channel.id, call, now) {
        return;
    }
    let kind = match call {
        RefusedCall::Handshake => SecretKind::WebhookSecret,
        RefusedCall::Event => webhook_address::proof(channel.protocol),
    };
    app.memory.webhooks.forget_uses(channel.secret_rows_of(kind, now).map(|(row, _)| row));
    let (app, scope, id) = (Arc::clone(app), Scope::new(channel.organization), channel.id);
    app.clone().tasks.spawn(async move {
        if let Err(error) = app.store.note_refused_call(scope, id, call, now).await {
            tracing::warn!(channel.id = %id, %error, "a refused call could not be noted");
        }
    });
}

fn unknown() -> Response {
    count("unknown_channel");
    StatusCode::NOT_FOUND.into_response()
}

fn unreadable(id: ChannelId, error: &dyn std::error::Error) -> Response {
    count("not_stored");
    tracing::error!(channel.id = %id, %error, "a channel could not be read");
    unavailable()
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
}

/// Counts webhooks by what became of them.
fn count(result: &'static str) {
    metrics::counter!("warta_webhooks_received_total", "result" => result).increment(1);
}
