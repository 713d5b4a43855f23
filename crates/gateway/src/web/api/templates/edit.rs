//! `PATCH /v1/templates/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use utoipa::ToSchema;
use warta_http::problem::{Problem, ProblemBody};
use warta_protocol::template::{Change, Task};

use super::object::Template;
use super::refusal;
use crate::app::App;
use crate::upstream::templates;
use crate::web::access::Caller;
use crate::web::api::body;

/// What is to be another about a template: one of the two, or both.
#[derive(ToSchema)]
#[schema(example = json!({"components": [{"type": "BODY", "text": "Hello {{1}}, see you at {{2}}. Tap a button to answer.",
    "example": {"body_text": [["Rina", "09:00"]]}}]}))]
#[expect(dead_code, reason = "only its shape is used, in the API document")]
pub(crate) struct TemplateChange {
    /// `marketing`, `utility` or `authentication`.
    #[schema(example = "utility")]
    category: Option<String>,
    /// All of its parts, in WhatsApp's own shape.
    #[schema(value_type = Option<Vec<Object>>)]
    components: Option<Vec<Value>>,
}

/// Change a template
///
/// Name and language stay. A provider takes this of some templates only and not often (Meta: an approved one once a day, and its
/// category never), and reviews what was changed. Of a declared one
/// what is kept here is changed, as often as you like.
#[utoipa::path(
    patch, path = "/v1/templates/{id}", tag = "Templates",
    params(("id" = String, Path, description = "The template's id: the provider's, or `tpl_…` of a declared one.", example = "551200340056007")),
    request_body(content = TemplateChange, description = "The change.", content_type = "application/json"),
    responses(
        (status = 200, description = "The template as it now is.", body = Template),
        (status = 400, description = "The body cannot be read.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The channel has no such template.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The change is not valid, the provider refused it, or the provider changes none by its API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not answer as it should; `detail` says whether it may have been changed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot take it now; nothing has changed.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    body::Json(body): body::Json,
) -> Result<Json<Template>, Problem> {
    let change = Change::read(&body).map_err(refusal::invalid)?;
    let runtime = refusal::channel_for(&app, &caller, Task::Edit { id: &id, change: &change }).await?;
    let found = templates::find(&app, &runtime, caller.key, &id).await?;
    templates::run(&app, &runtime, caller.key, Task::Edit { id: &found.id, change: &change }).await?;
    Ok(Json(templates::find(&app, &runtime, caller.key, &found.id).await?.into()))
}
