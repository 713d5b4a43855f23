//! `GET /v1/messages/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::web::access::Caller;
use crate::web::api::object::MessageWithEvents;
use crate::web::problem::{Problem, ProblemBody};

/// Get a message
///
/// A message of the key's channel, with everything that happened to it.
#[utoipa::path(
    get, path = "/v1/messages/{id}", tag = "Messages",
    params(("id" = String, Path, description = "The message: `msg_…` or `ntf_…`.", example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")),
    responses(
        (status = 200, description = "The message.", body = MessageWithEvents),
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
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let row = app.store.message(caller.scope(), id).await?;
    let row = row.filter(|row| row.channel == caller.channel).ok_or_else(Problem::not_found)?;
    let timeline = app.store.timeline(caller.scope(), id).await?;
    Ok(Json(MessageWithEvents::new(row, timeline)))
}
