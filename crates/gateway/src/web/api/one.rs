//! `GET /v1/messages/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use warta_http::problem::{Problem, ProblemBody};

use crate::app::App;
use crate::web::access::Caller;
use crate::web::api::object::MessageWithEvents;

/// Get a message
///
/// A message of the key's channel, with everything that happened to it.
#[utoipa::path(
    get, path = "/v1/messages/{id}", tag = "Messages",
    params(("id" = String, Path, description = "The message: `msg_…` or `ntf_…`.", example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")),
    responses(
        (status = 200, description = "The message.", body = MessageWithEvents, example = json!({
    "id": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp", "object": "message", "direction": "outbound", "status": "delivered",
    "environment": "published", "channel": "chn_01kb3t5v9zc9rt2n6cy8q4h7mp", "conversation": "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp",
    "type": "text", "text": {"body": "Halo!"}, "provider_message_id": "wamid.HBgN", "reply_to": null, "attempts": 1,
    "possible_duplicate": false, "error": null, "sent_at": "2026-11-22T10:00:01.000Z", "created_at": "2026-11-22T10:00:00.123Z",
    "events": [{"kind": "status", "status": "delivered", "at": "2026-11-22T10:00:01.456Z",
        "provider_at": "2026-11-22T10:00:01.000Z", "detail": null}],
})),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The key's channel has no such message.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<MessageWithEvents>, Problem> {
    let row = caller.message(&app, &id).await?;
    let timeline = app.store.timeline(caller.scope(), row.id).await?;
    Ok(Json(MessageWithEvents::new(row, timeline)))
}
