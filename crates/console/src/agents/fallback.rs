//! Saving what users are told when something the agent said cannot be sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::Agent;

use crate::agents::audit::{change, entry};
use crate::agents::fallback_fields::{LANGUAGES, fields};
use crate::agents::page::Page;
use crate::form::Typed;
use crate::texts::Lang;
use crate::visitor::{Seat, Visitor};

/// The longest text, in characters.
const LONGEST: usize = 1_024;

/// `POST /agents/{agent}/fallback`
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent) = (visitor.lang(&headers), &seat.agent);
    let text = |(language, name): (Lang, &str)| (language.code().to_owned(), typed.text(name).to_owned());
    let texts: BTreeMap<_, _> =
        LANGUAGES.map(text).into_iter().filter(|(_, text)| !text.is_empty()).collect();
    if texts.values().any(|text| text.chars().count() > LONGEST) {
        let mut page = Page::read(&app, &visitor, &seat, l).await?;
        let long = |code: &str| texts.get(code).is_some_and(|text| text.chars().count() > LONGEST);
        let [en, id] = fields(l, &texts);
        let fault = |code: &str| long(code).then(|| l.fallback_too_long());
        page.fallback = [en.fault(fault("en")), id.fault(fault("id"))];
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let changes = changes(agent, &texts);
    if !changes.is_empty() {
        let entry = entry(&app, &visitor, (agent.id, &agent.name), Action::AgentChanged, changes);
        app.store.set_fallback(visitor.scope(), agent.id, &texts, &entry).await?;
    }
    Ok(Redirect::to(&format!("/agents/{}?done=saved", agent.id)).into_response())
}

fn changes(agent: &Agent, texts: &BTreeMap<String, String>) -> Vec<warta_store::Change> {
    let of = |(language, name): (Lang, &str)| {
        let code = language.code();
        change(name, agent.fallback.get(code).cloned(), texts.get(code).cloned())
    };
    LANGUAGES.into_iter().filter_map(of).collect()
}
