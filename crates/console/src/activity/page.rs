//! `GET /organization/activity` and `GET /agents/{agent}/activity`.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use url::form_urlencoded;
use warta_core::audit::Action;
use warta_core::ids::{AgentId, AuditId, PersonId};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_http::query::Query;
use warta_store::{Agent, AuditFilter, Entry};

use crate::activity::row::ActivityRow;
use crate::chrome::Chrome;
use crate::form::{Field, Kind};
use crate::pagination::Pagination;
use crate::texts::Lang;
use crate::view::{self, plain};
use crate::visitor::{Seat, Visitor};

/// How many entries a page has.
const ENTRIES: u32 = 50;

#[derive(Template)]
#[template(path = "activity/page.html")]
struct Page {
    l: Lang,
    chrome: Chrome,
    title: Cow<'static, str>,
    /// Where the page is.
    path: String,
    /// The way back up.
    up: (String, String),
    fields: Vec<Field>,
    lines: Vec<ActivityRow>,
    /// Whether only some of the entries were asked for.
    is_filtered: bool,
    is_later: bool,
    pagination: Pagination,
}

/// `GET /organization/activity`: of everybody and of every agent.
pub(crate) async fn organization(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    page(&app, &visitor, None, visitor.lang(&headers), query.as_deref()).await
}

/// `GET /agents/{agent}/activity`: what concerns one agent.
pub(crate) async fn agent(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    page(&app, &visitor, Some(&seat.agent), visitor.lang(&headers), query.as_deref()).await
}

async fn page(
    app: &App,
    visitor: &Visitor,
    agent: Option<&Agent>,
    l: Lang,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let asked = asked(query, agent)?;
    let found = app.store.audit(visitor.scope(), &asked).await?;
    let agents = match agent {
        Some(agent) => vec![agent.clone()],
        None => app.store.agents(visitor.scope()).await?,
    };
    let (path, title, up) = if let Some(agent) = agent {
        let (home, name) = (format!("/agents/{}", agent.id), plain(&agent.name));
        (format!("{home}/activity"), l.audit_of(&name), (home, name))
    } else {
        let up = ("/organization".to_owned(), plain(&visitor.organization_name));
        ("/organization/activity".to_owned(), l.audit_title(), up)
    };
    let last = found.entries.last().filter(|_| found.has_more);
    let is_later = asked.before.is_some();
    let older = last.map(|last| older(&path, &asked, agent.is_none(), last));
    Ok(view::page(&Page {
        l,
        chrome: Chrome::of(visitor, l),
        title,
        up,
        fields: fields(app, visitor, &asked, (agent.is_none(), &agents), l).await?,
        lines: found.entries.iter().map(|entry| ActivityRow::of(entry, &agents, l)).collect(),
        is_filtered: asked.person.is_some()
            || asked.action.is_some()
            || (agent.is_none() && asked.agent.is_some()),
        is_later,
        pagination: Pagination::back_in_time(is_later.then(|| path.clone()), older, l),
        path,
    }))
}

/// The requested filter. An invalid value is an error, because ignoring it would show everything.
fn asked(query: Option<&str>, agent: Option<&Agent>) -> Result<AuditFilter, Problem> {
    let known: &[&str] = if agent.is_some() {
        &["person", "action", "before"]
    } else {
        &["person", "action", "agent", "before"]
    };
    let mut query = Query::read(query, known);
    let filter = AuditFilter {
        person: query.value::<PersonId>("person"),
        action: query.value::<Action>("action"),
        agent: agent.map(|agent| agent.id).or_else(|| query.value::<AgentId>("agent")),
        channel: None,
        before: query.value::<AuditId>("before"),
        limit: ENTRIES,
    };
    query.finish()?;
    Ok(filter)
}

/// The filter fields.
async fn fields(
    app: &App,
    visitor: &Visitor,
    asked: &AuditFilter,
    (of_organization, agents): (bool, &[Agent]),
    l: Lang,
) -> Result<Vec<Field>, Problem> {
    let first = |word: Cow<'static, str>| vec![(String::new(), word)];
    let members = app.store.members(visitor.scope()).await?;
    let mut people = first(l.audit_everybody());
    people.extend(members.iter().map(|member| (member.person.to_string(), plain(&member.name).into())));
    let mut actions = first(l.audit_everything());
    actions.extend(Action::ALL.iter().map(|action| (action.to_string(), l.audit_word(*action))));
    let chosen = |word: Option<String>| word.unwrap_or_default();
    let mut fields = vec![
        Field::new(l, "person", Kind::Choice(people), l.audit_person())
            .value(chosen(asked.person.map(|id| id.to_string()))),
        Field::new(l, "action", Kind::Choice(actions), l.audit_action())
            .value(chosen(asked.action.map(|action| action.to_string()))),
    ];
    if of_organization {
        let mut options = first(l.audit_every_agent());
        options.extend(agents.iter().map(|agent| (agent.id.to_string(), plain(&agent.name).into())));
        fields.push(
            Field::new(l, "agent", Kind::Choice(options), l.audit_agent())
                .value(chosen(asked.agent.map(|id| id.to_string()))),
        );
    }
    Ok(fields)
}

/// The address of the next page: older entries with the same filter.
fn older(path: &str, asked: &AuditFilter, of_organization: bool, last: &Entry) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(person) = asked.person {
        query.append_pair("person", &person.to_string());
    }
    if let Some(action) = asked.action {
        query.append_pair("action", action.as_str());
    }
    if let Some(agent) = asked.agent.filter(|_| of_organization) {
        query.append_pair("agent", &agent.to_string());
    }
    query.append_pair("before", &last.id.to_string());
    format!("{path}?{}", query.finish())
}
