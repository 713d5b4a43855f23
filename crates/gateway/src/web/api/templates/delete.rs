//! `DELETE /v1/templates/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use warta_http::problem::{Problem, ProblemBody};
use warta_protocol::template::Task;

use super::object::DeletedTemplate;
use super::refusal;
use crate::app::App;
use crate::upstream::templates;
use crate::web::access::Caller;

/// Delete a template
///
/// Deletes it at the provider's, in its language alone. Meta blocks the name of an approved one in that language for 30 days. A declared
/// one is forgotten here; the provider keeps its own.
#[utoipa::path(
    delete, path = "/v1/templates/{id}", tag = "Templates",
    params(("id" = String, Path, description = "The template's id: the provider's, or `tpl_…` of a declared one.", example = "551200340056007")),
    responses(
        (status = 200, description = "It is gone.", body = DeletedTemplate),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The channel has no such template.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The provider refused it, or deletes none by its API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not answer as it should; `detail` says whether it may be gone.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot take it now; nothing has changed.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<DeletedTemplate>, Problem> {
    // The name is not yet known, and whether there is such a call does not depend on it.
    let runtime = refusal::channel_for(&app, &caller, Task::Delete { id: &id, name: "" }).await?;
    let found = templates::find(&app, &runtime, caller.key, &id).await?;
    templates::run(&app, &runtime, caller.key, Task::Delete { id: &found.id, name: &found.name }).await?;
    Ok(Json(DeletedTemplate { id: found.id, object: "template", deleted: true }))
}
