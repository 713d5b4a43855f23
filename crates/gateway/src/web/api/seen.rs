//! `POST /v1/messages/{id}/read` and `POST /v1/messages/{id}/typing`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use warta_core::ids::MessageId;
use warta_http::problem::{Code, Fault, Problem, ProblemBody};
use warta_protocol::capabilities::Support;
use warta_protocol::read_receipt::ReadReceipt;
use warta_store::{Content, MessageRow};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::upstream::seen;
use crate::web::access::Caller;
use crate::web::api::unsupported::unsupported;

/// What the user now sees of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shown {
    /// The message.
    #[schema(value_type = String, example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")]
    id: MessageId,
    /// Always `message`.
    #[schema(example = "message")]
    object: &'static str,
    /// Its ticks are blue, and with it those of all before it.
    #[schema(example = true)]
    read: bool,
    /// The user sees that an answer is being written, until it comes or for 25 seconds.
    #[schema(example = false)]
    typing: bool,
}

/// Show a message as read
///
/// Turns the ticks of a user's message blue, and of all before it. The gateway does so by itself when an agent takes a message: this is for
/// those who answer later.
#[utoipa::path(
    post, path = "/v1/messages/{id}/read", tag = "Messages",
    params(("id" = String, Path, description = "The user's message: `msg_…`.", example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")),
    responses(
        (status = 200, description = "It is shown as read.", body = Shown),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The key's channel has no such message.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The message is no user's, or the provider has nothing like it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not do it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Shown>, Problem> {
    show(&app, &caller, &id, false).await
}

/// Show that an answer is being written
///
/// Shows the user's message as read, and for up to 25 seconds that an answer to it is being written.
#[utoipa::path(
    post, path = "/v1/messages/{id}/typing", tag = "Messages",
    params(("id" = String, Path, description = "The user's message: `msg_…`.", example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")),
    responses(
        (status = 200, description = "The user sees it.", body = Shown),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The key's channel has no such message.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The message is no user's, or the provider has nothing like it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not do it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn typing(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Shown>, Problem> {
    show(&app, &caller, &id, true).await
}

async fn show(app: &Arc<App>, caller: &Caller, id: &str, typing: bool) -> Result<Json<Shown>, Problem> {
    let row = caller.message(app, id).await?;
    let runtime = app.directory.channel(&app.store, caller.channel, app.now()).await?;
    let runtime = runtime.ok_or_else(Problem::not_found)?;
    check_support(&runtime, typing)?;
    let conversation = app.store.conversation(caller.scope(), row.conversation).await?;
    let conversation = conversation.ok_or_else(Problem::not_found)?;
    let MessageRow { content: Content::Inbound { .. }, provider_id: Some(provider_id), .. } = &row else {
        return Err(no_users());
    };
    if conversation.user.identity.is_nobody() {
        return Err(no_users());
    }
    let receipt = ReadReceipt { provider_id, room: conversation.user.room.as_deref(), typing };
    let shown = seen::show(app, &runtime, receipt).await;
    shown.map_err(|why| Problem::new(Code::ProviderFailed, why.detail))?;
    Ok(Json(Shown { id: row.id, object: "message", read: true, typing }))
}

fn no_users() -> Problem {
    let detail = "is no message of a user's: only what a user wrote can be shown as read";
    Problem::invalid(vec![Fault::parameter("id", "invalid", detail)])
}

fn check_support(runtime: &ChannelRuntime, typing: bool) -> Result<(), Problem> {
    let can = warta_protocol::entry(runtime.channel.protocol).capabilities;
    match if typing { can.typing } else { can.read_receipts } {
        Support::No(instead) => Err(unsupported(instead)),
        Support::Yes | Support::AsText | Support::Here => Ok(()),
    }
}
