//! Saving an agent's name and language.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::agents::audit::{change, entry};
use crate::agents::identity::{faults, fields};
use crate::agents::page::Page;
use crate::form::Typed;
use crate::visitor::{Seat, Visitor};

/// `POST /agents/{agent}`
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent) = (visitor.lang(&headers), &seat.agent);
    let (name, language) = (typed.text("name"), typed.text("language"));
    let faults = faults(&app, &visitor, &typed, Some(agent.id), l).await?;
    if faults.iter().any(Option::is_some) {
        let mut page = Page::read(&app, &visitor, &seat, l).await?;
        let [name, language] = fields(l, name, language);
        let [name_fault, language_fault] = faults;
        page.identity = [name.fault(name_fault), language.fault(language_fault)];
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let changes = [
        change("name", Some(agent.name.clone()), Some(name.to_owned())),
        change("language", Some(agent.language.clone()), Some(language.to_owned())),
    ];
    let changes: Vec<_> = changes.into_iter().flatten().collect();
    if !changes.is_empty() {
        let entry = entry(&app, &visitor, (agent.id, name), Action::AgentChanged, changes);
        app.store.set_agent(visitor.scope(), agent.id, (name, language), &entry).await?;
    }
    Ok(Redirect::to(&format!("/agents/{}?done=saved", agent.id)).into_response())
}
