//! Saving a deployment's address and signing secret.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::agents::deployment::{DeploymentInput, DeploymentPath, put};
use crate::agents::page::Page;
use crate::agents::secret::RevealPage;
use crate::form::Typed;
use crate::visitor::{Seat, Visitor};

/// `POST /agents/{agent}/deployments/{environment}`
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(at): Path<DeploymentPath>,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent, environment) = (visitor.lang(&headers), &seat.agent, at.environment()?);
    let asked = DeploymentInput::read(&typed, environment);
    let faults = asked.faults(&app.egress, l);
    if faults.iter().any(Option::is_some) {
        let mut page = Page::read(&app, &visitor, &seat, l).await?;
        page.deployment(environment).keep(&asked, faults);
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let saved = app.store.deployment(visitor.scope(), agent.id, environment).await?;
    match put(&app, &visitor, (agent, environment), &asked, saved.as_ref()).await? {
        Some(secret) => Ok(RevealPage::of(&visitor, agent, environment, &secret, l).answer()),
        None => {
            Ok(Redirect::to(&format!("/agents/{}?done=deployment#{environment}", agent.id)).into_response())
        }
    }
}
