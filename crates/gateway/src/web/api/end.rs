//! `POST /v1/conversations/{id}/end`: ends the session of a conversation.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use warta_core::ids::{ConversationId, SessionId};
use warta_http::problem::{Code, Problem, ProblemBody};

use crate::app::App;
use crate::web::access::Caller;

/// A session that is about to end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ending {
    /// Always `session`.
    #[schema(example = "session")]
    object: &'static str,
    /// The session.
    #[schema(value_type = String, example = "ses_01kb3t5v9zc9rt2n6cy8q4h7mp")]
    id: SessionId,
    /// The conversation.
    #[schema(value_type = String, example = "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp")]
    conversation: ConversationId,
    /// Where it stands while it waits for its end: `active`, `asked_more` or `asked_end`.
    #[schema(example = "active")]
    state: &'static str,
}

/// End a session
///
/// Ends the session in progress, after what the user has written already. Nothing is said to the user; the agent is told with
/// `session.ended` and the reason `operator`. The user's next message starts another session.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/end", tag = "Messages",
    params(("id" = String, Path, description = "The conversation: `cnv_…`, as the agent was told.", example = "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp")),
    responses(
        (status = 202, description = "It will end in a moment.", body = Ending),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The key's channel has no such conversation.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "No session is in progress.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot take it now; nothing has changed.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let conversation = caller.conversation(&app, &id).await?;
    let id = conversation.id;
    let Some(open) = conversation.session.open() else {
        return Err(Problem::new(
            Code::SessionNotOpen,
            "This conversation has no session in progress: it has ended already, or never began.",
        ));
    };
    app.store.ask_end(caller.scope(), id, app.now(), None).await?;
    let ending =
        Ending { object: "session", id: open.id, conversation: id, state: conversation.session.name() };
    Ok((StatusCode::ACCEPTED, Json(ending)).into_response())
}
