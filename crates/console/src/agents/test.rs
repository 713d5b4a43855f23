//! `POST /agents/{agent}/deployments/{environment}/test`: sends the sample event to the typed or the saved address.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::json;
use warta_core::secret::Secret;
use warta_gateway::app::App;
use warta_gateway::check::probe::{self, Target};
use warta_http::problem::Problem;

use crate::agents::deployment::{self, DeploymentPath};
use crate::agents::page::Page;
use crate::form::Typed;
use crate::texts::Lang;
use crate::visitor::{Seat, Visitor};

/// The handler. The result is stored only if the tested values are saved; otherwise it is only shown.
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(at): Path<DeploymentPath>,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent, environment) = (visitor.lang(&headers), &seat.agent, at.environment()?);
    let scope = visitor.scope();
    let saved = app.store.deployment(scope, agent.id, environment).await?.ok_or_else(Problem::not_found)?;
    let mut asked = deployment::DeploymentInput::read(&typed, environment);
    if asked.url.is_empty() {
        asked.url.clone_from(&saved.url);
    }
    let faults = asked.faults(&app.egress, l);
    if faults.iter().any(Option::is_some) {
        let mut page = Page::read(&app, &visitor, &seat, l).await?;
        page.deployment(environment).keep(&asked, faults);
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let channel = app.store.channel_of(scope, agent.id, environment).await?;
    let typed_secret = (!asked.secret.is_empty()).then(|| Secret::new(&asked.secret));
    let tested = probe::run(
        &app,
        &Target {
            url: &asked.url,
            secret: typed_secret.as_ref().unwrap_or(&saved.secret),
            environment,
            channel: channel.as_ref(),
            said: &Lang::named(&agent.language).unwrap_or(l).sample_said(),
        },
    )
    .await;
    if asked.url == saved.url && typed_secret.is_none() {
        let kept = json::value(&tested);
        app.store.put_last_test(scope, (agent.id, environment), &kept).await?;
        return Ok(Redirect::to(&format!("/agents/{}?done=tested#{environment}", agent.id)).into_response());
    }
    let mut page = Page::read(&app, &visitor, &seat, l).await?;
    page.deployment(environment).keep(&asked, faults);
    page.deployment(environment).show(&tested);
    Ok(page.answer(StatusCode::OK))
}
