//! `/agents/new`: making an agent.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_core::ids::AgentId;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Agent, NewAgent};

use crate::agents::audit::{change, entry};
use crate::agents::deployment::{self, DeploymentInput};
use crate::agents::identity;
use crate::agents::secret::RevealPage;
use crate::chrome::Chrome;
use crate::form::{Field, Typed, focus_fault};
use crate::texts::Lang;
use crate::view;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "agents/new.html")]
struct New {
    l: Lang,
    chrome: Chrome,
    at_fault: bool,
    fields: [Field; 4],
}

impl New {
    fn of(visitor: &Visitor, l: Lang, typed: &Typed) -> Self {
        let language = Some(typed.text("language")).filter(|language| !language.is_empty());
        let [name, language] = identity::fields(l, typed.text("name"), language.unwrap_or(l.code()));
        let url = DeploymentInput::read(typed, Environment::Published).url;
        let [url, secret] = deployment::fields(l, Environment::Published, &url, false);
        let fields = [name, language, url, secret];
        Self { l, chrome: Chrome::of(visitor, l), at_fault: false, fields }
    }
}

/// `GET /agents/new`
pub(crate) async fn form(visitor: Visitor, headers: HeaderMap) -> Response {
    view::page(&New::of(&visitor, visitor.lang(&headers), &Typed::default()))
}

/// `POST /agents/new`. Posting it again finds the name taken, so reloading makes no second agent.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let asked = DeploymentInput::read(&typed, Environment::Published);
    let [name, language] = identity::faults(&app, &visitor, &typed, None, l).await?;
    let [url, secret] = asked.faults(&app.egress, l);
    let faults = [name, language, url, secret];
    if faults.iter().any(Option::is_some) {
        let mut page = New::of(&visitor, l, &typed);
        for (field, fault) in page.fields.iter_mut().zip(faults) {
            *field = field.clone().fault(fault);
        }
        page.at_fault = focus_fault(&mut page.fields);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response());
    }
    let agent = Agent {
        fallback: std::collections::BTreeMap::new(),
        id: AgentId::from_uuid(app.minter.uuid(app.now())),
        name: typed.text("name").to_owned(),
        language: typed.text("language").to_owned(),
        has_avatar: false,
        created_at: app.now(),
    };
    add(&app, &visitor, &agent).await?;
    match deployment::put(&app, &visitor, (&agent, Environment::Published), &asked, None).await? {
        Some(secret) => Ok(RevealPage::of(&visitor, &agent, Environment::Published, &secret, l).answer()),
        None => Ok(Redirect::to(&format!("/agents/{}?done=made", agent.id)).into_response()),
    }
}

async fn add(app: &App, visitor: &Visitor, agent: &Agent) -> Result<(), Problem> {
    let changes = [
        change("name", None, Some(agent.name.clone())),
        change("language", None, Some(agent.language.clone())),
    ];
    let changes = changes.into_iter().flatten().collect();
    let entry = entry(app, visitor, (agent.id, &agent.name), Action::AgentCreated, changes);
    let new = NewAgent { id: agent.id, name: agent.name.clone(), language: agent.language.clone() };
    app.store.create_agent(visitor.scope(), new, &entry).await?;
    Ok(())
}
