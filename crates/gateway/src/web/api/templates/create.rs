//! `POST /v1/templates`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa::ToSchema;
use warta_http::problem::{Code, Problem, ProblemBody};
use warta_protocol::template::{Done, Task};

use super::object::Template;
use super::refusal;
use crate::app::App;
use crate::upstream::templates;
use crate::web::access::Caller;
use crate::web::api::body;

/// A template that is to be made.
#[derive(ToSchema)]
#[schema(example = json!({"name": "visit_reminder", "language": "en_US", "category": "utility",
    "components": [{"type": "BODY", "text": "Hello {{1}}, we expect you at {{2}}. Tap a button to answer.",
        "example": {"body_text": [["Rina", "09:00"]]}}]}))]
#[expect(dead_code, reason = "only its shape is used, in the API document")]
pub(crate) struct NewTemplate {
    /// 1 to 512 small letters, digits and `_`.
    #[schema(example = "visit_reminder")]
    name: String,
    /// A language of WhatsApp's.
    #[schema(example = "en_US")]
    language: String,
    /// `marketing`, `utility` or `authentication`.
    #[schema(example = "utility")]
    category: String,
    /// Header, body, footer and buttons, in WhatsApp's own shape, with an example for each variable. A body there must be.
    #[schema(value_type = Vec<Object>)]
    components: Vec<Value>,
}

/// Create a template
///
/// Hands a template to the channel's provider, which reviews it: mostly it is `pending` for some minutes, up to a day. The provider may
/// put it into another category than the one that was asked for.
///
/// Where the provider's API knows no templates (Coster), it is declared here instead, as it stands in the provider's console: the
/// provider is told nothing, and its `status` is `declared`.
#[utoipa::path(
    post, path = "/v1/templates", tag = "Templates",
    request_body(content = NewTemplate, description = "The template.", content_type = "application/json"),
    responses(
        (status = 201, description = "The provider has it, or it is declared here.", body = Template,
            headers(("Location" = String, description = "Where it is read."))),
        (status = 400, description = "The body cannot be read.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "A template of this name and language is declared here.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The template is not valid, the provider refused it, or the provider makes none by its API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not answer as it should; `detail` says whether the template may have been made.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot take it now; nothing was made.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    body::Json(body): body::Json,
) -> Result<Response, Problem> {
    let new = warta_protocol::template::NewTemplate::read(&body).map_err(refusal::invalid)?;
    let task = Task::Create(&new);
    let runtime = refusal::channel_for(&app, &caller, task).await?;
    let Done::Template(made) = templates::run(&app, &runtime, caller.key, task).await? else {
        return Err(Problem::new(Code::ProviderFailed, "The provider named no template that it made."));
    };
    let location = HeaderValue::try_from(format!("/v1/templates/{}", made.id)).ok();
    let location = location.map(|place| [(header::LOCATION, place)]);
    Ok((StatusCode::CREATED, location, axum::Json(Template::from(*made))).into_response())
}
