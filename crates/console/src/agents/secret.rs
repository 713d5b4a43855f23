//! Signing secrets: showing a new one once, and replacing one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_core::secret::Secret;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::Agent;

use crate::agents::audit::entry;
use crate::agents::deployment::{self, DeploymentPath, generate};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::texts::Lang;
use crate::view::{self, Life};
use crate::visitor::{Seat, Visitor};

/// The page that shows a secret, once.
#[derive(Template)]
#[template(path = "agents/reveal.html")]
pub(super) struct RevealPage {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    life: Life,
    environment: Environment,
    secret: String,
}

impl RevealPage {
    /// Shows `secret`.
    pub(super) fn of(
        visitor: &Visitor,
        agent: &Agent,
        environment: Environment,
        secret: &Secret,
        l: Lang,
    ) -> Self {
        Self {
            l,
            chrome: Chrome::of(visitor, l),
            agent: agent.id.to_string(),
            name: agent.name.clone(),
            life: Life::of(environment, l),
            environment,
            secret: secret.expose().to_owned(),
        }
    }

    /// The page as an answer.
    pub(super) fn answer(&self) -> Response {
        view::page(self)
    }
}

/// The page that asks for confirmation before a secret is replaced.
#[derive(Template)]
#[template(path = "agents/regenerate.html")]
struct RegeneratePage {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    life: Life,
    environment: Environment,
    last_four: String,
    /// When the deployment was last changed, so that reloading the page does not replace the secret twice.
    version: i64,
}

/// `GET /agents/{agent}/deployments/{environment}/secret`
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(at): Path<DeploymentPath>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (l, environment) = (visitor.lang(&headers), at.environment()?);
    let saved = app.store.deployment(visitor.scope(), seat.agent.id, environment).await?;
    let saved = saved.ok_or_else(Problem::not_found)?;
    Ok(view::page(&RegeneratePage {
        l,
        chrome: Chrome::of(&visitor, l),
        agent: seat.agent.id.to_string(),
        name: seat.agent.name,
        life: Life::of(environment, l),
        environment,
        last_four: saved.secret.last_four(),
        version: saved.updated_at.as_millis(),
    }))
}

/// `POST /agents/{agent}/deployments/{environment}/secret`
pub(crate) async fn regenerate(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path(at): Path<DeploymentPath>,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent, environment) = (visitor.lang(&headers), &seat.agent, at.environment()?);
    let saved = app.store.deployment(visitor.scope(), agent.id, environment).await?;
    let saved = saved.ok_or_else(Problem::not_found)?;
    if typed.text("version") != saved.updated_at.as_millis().to_string() {
        return Ok(
            Redirect::to(&format!("/agents/{}?done=secret-stays#{environment}", agent.id)).into_response()
        );
    }
    let secret = generate(&app);
    let changes = deployment::changes(environment, Some(&saved), &saved.url, &secret);
    let entry = entry(&app, &visitor, (agent.id, &agent.name), Action::DeploymentChanged, changes);
    app.store.put_deployment(visitor.scope(), (agent.id, environment), &saved.url, &secret, &entry).await?;
    app.directory.forget();
    Ok(RevealPage::of(&visitor, agent, environment, &secret, l).answer())
}
