//! `GET /v1/templates/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use warta_http::problem::{Problem, ProblemBody};
use warta_protocol::template::Task;

use super::object::Template;
use super::refusal;
use crate::app::App;
use crate::upstream::templates;
use crate::web::access::Caller;

/// Get a template
///
/// A template of the channel's account, as its provider tells it at this moment, or as it was declared here.
#[utoipa::path(
    get, path = "/v1/templates/{id}", tag = "Templates",
    params(("id" = String, Path, description = "The template's id: the provider's, or `tpl_…` of a declared one.", example = "551200340056007")),
    responses(
        (status = 200, description = "The template.", body = Template),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The channel has no such template.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The channel's provider lists no templates.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not answer as it should.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Template>, Problem> {
    let runtime = refusal::channel_for(&app, &caller, Task::Read { id: &id }).await?;
    Ok(Json(templates::find(&app, &runtime, caller.key, &id).await?.into()))
}
