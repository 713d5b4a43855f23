//! An agent's name and language.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::AgentId;
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::agents::page::Page;
use crate::agents::written::{change, entry};
use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;
use crate::visitor::{Seat, Visitor};

/// The longest name, in characters.
const LONGEST: usize = 60;
/// The languages an agent can have.
const LANGUAGES: [Lang; 2] = [Lang::En, Lang::Id];

/// The fields, holding this.
pub(super) fn fields(l: Lang, name: &str, language: &str) -> [Field; 2] {
    let languages = LANGUAGES.map(|known| (known.code().to_owned(), l.language_name(known.code())));
    [
        Field::new(l, "name", Kind::Text, l.agent_name()).help(l.agent_name_help()).value(name),
        Field::new(l, "language", Kind::Choice(languages.into()), l.agent_language())
            .help(l.agent_language_help())
            .value(language),
    ]
}

/// What is wrong with the fields, if anything: `id` is the agent that may have the name.
pub(super) async fn faults(
    app: &App,
    visitor: &Visitor,
    typed: &Typed,
    id: Option<AgentId>,
    l: Lang,
) -> Result<[Option<Cow<'static, str>>; 2], Problem> {
    let name = typed.text("name");
    let others = app.store.agents(visitor.scope()).await?.into_iter().filter(|agent| Some(agent.id) != id);
    let taken = others.into_iter().any(|agent| agent.name.to_lowercase() == name.to_lowercase());
    let name = if name.is_empty() {
        Some(l.agent_name_missing())
    } else if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        Some(l.agent_name_unfit())
    } else {
        taken.then(|| l.agent_name_taken())
    };
    let known = LANGUAGES.iter().any(|known| known.code() == typed.text("language"));
    Ok([name, (!known).then(|| l.agent_language_unknown())])
}

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
