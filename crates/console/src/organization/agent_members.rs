//! `/agents/{agent}/members`: the people assigned to an agent, and their roles.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::PersonId;
use warta_core::permission::{AgentRole, OrganizationRole, Permission};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{AgentMember, AuditFilter, Change, Entry, Member};

use crate::activity::{self, Aside};
use crate::chrome::Chrome;
use crate::form::{Field, Kind, Typed, focus_fault};
use crate::organization::matrix::Matrix;
use crate::organization::member::{member, subject};
use crate::organization::remove::ConfirmPage;
use crate::pagination::Pagination;
use crate::texts::Lang;
use crate::view::{self, Instant, plain};
use crate::visitor::{Seat, Visitor};

/// How many of those assigned are shown at once.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "organization/agent_members.html")]
struct Page {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    done: Option<Cow<'static, str>>,
    fault: Option<Cow<'static, str>>,
    at_fault: bool,
    assigned: Vec<SeatLine>,
    pagination: Pagination,
    /// Owners and admins of the organization.
    others: Vec<(String, String, Cow<'static, str>)>,
    roles: Vec<(AgentRole, Cow<'static, str>)>,
    /// The form to assign with; empty when nobody is left to assign.
    assign: Vec<Field>,
    matrix: Matrix,
    activity: Aside,
}

struct SeatLine {
    id: String,
    name: String,
    email: String,
    is_visitor: bool,
    role: AgentRole,
    since: Instant,
}

/// The page.
pub(crate) async fn members(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let query = Typed::parse(query.unwrap_or_default().as_bytes());
    let mut page = Page::read(&app, &visitor, &seat, &query, l).await?;
    page.done = l.members_done(query.text("done"));
    Ok(page.answer(StatusCode::OK))
}

impl Page {
    async fn read(
        app: &App,
        visitor: &Visitor,
        seat: &Seat,
        typed: &Typed,
        l: Lang,
    ) -> Result<Self, Problem> {
        let (scope, agent) = (visitor.scope(), &seat.agent);
        let all = app.store.members(scope).await?;
        let assigned = app.store.agent_members(scope, agent.id).await?;
        let filter = AuditFilter { agent: Some(agent.id), ..AuditFilter::default() };
        let roles = || AgentRole::ALL.iter().map(|role| (*role, l.role_word(role.as_str())));
        // Who runs the organization is this agent's owner, whatever was assigned before.
        let (running, rest): (Vec<_>, Vec<_>) =
            all.iter().partition(|member| member.role != OrganizationRole::Member);
        let of_rest: BTreeSet<_> = rest.iter().map(|member| member.person).collect();
        let here: BTreeSet<_> = assigned.iter().map(|one| one.person).collect();
        let free = rest.into_iter().filter(|member| !here.contains(&member.person));
        // All are read anyway, for the form offers those who are left. Of those assigned a page is shown.
        let after: Option<PersonId> = typed.text("after").parse().ok();
        let mut shown =
            assigned.iter().filter(|one| of_rest.contains(&one.person) && Some(one.person) > after);
        let lines: Vec<_> = shown.by_ref().take(PAGE).collect();
        let path = format!("/agents/{}/members", agent.id);
        let next = shown.next().and_then(|_| Some(format!("{path}?after={}#assigned", lines.last()?.person)));
        let pagination = Pagination::onwards(after.map(|_| format!("{path}#assigned")), next, l);
        let assigned = lines.into_iter().map(|one| SeatLine::of(one, visitor, l)).collect();
        Ok(Self {
            l,
            chrome: Chrome::of(visitor, l),
            agent: agent.id.to_string(),
            name: plain(&agent.name),
            done: None,
            fault: None,
            at_fault: false,
            others: running.into_iter().map(|member| other(member, l)).collect(),
            roles: roles().collect(),
            assign: fields(free, typed, l),
            assigned,
            pagination,
            matrix: Matrix::agent(l),
            activity: activity::aside(&app.store, scope, &filter, l).await?,
        })
    }

    fn answer(mut self, status: StatusCode) -> Response {
        self.at_fault = focus_fault(&mut self.assign) || self.fault.is_some();
        (status, view::page(&self)).into_response()
    }
}

impl SeatLine {
    fn of(member: &AgentMember, visitor: &Visitor, l: Lang) -> Self {
        Self {
            id: member.person.to_string(),
            name: plain(&member.name),
            email: plain(&member.email),
            is_visitor: member.person == visitor.person,
            role: member.role,
            since: Instant::of(member.created_at, l),
        }
    }
}

fn other(member: &Member, l: Lang) -> (String, String, Cow<'static, str>) {
    (plain(&member.name), plain(&member.email), l.role_word(member.role.as_str()))
}

fn fields<'a>(free: impl Iterator<Item = &'a Member>, typed: &Typed, l: Lang) -> Vec<Field> {
    let named = |member: &Member| plain(&format!("{} ({})", member.name, member.email)).into();
    let people: Vec<_> = free.map(|member| (member.person.to_string(), named(member))).collect();
    if people.is_empty() {
        return Vec::new();
    }
    let roles = AgentRole::ALL.iter().map(|role| (role.to_string(), l.role_word(role.as_str())));
    let role = match typed.text("role") {
        "" => AgentRole::Viewer.as_str(),
        role => role,
    };
    vec![
        Field::new(l, "person", Kind::Choice(people), l.audit_person()).value(typed.text("person")),
        Field::new(l, "role", Kind::Choice(roles.collect()), l.members_role()).value(role),
    ]
}

/// `POST /agents/{agent}/members`: assigns a member, or gives one who is assigned another role. `was` is the role that the
/// page showed, empty for none.
pub(crate) async fn assign(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, scope, agent) = (visitor.lang(&headers), visitor.scope(), seat.agent.id);
    let person: Option<PersonId> = typed.text("person").parse().ok();
    let member = match person {
        Some(person) => app.store.member(scope, person).await?,
        None => None,
    };
    let (role, was): (Option<AgentRole>, _) = (typed.text("role").parse().ok(), typed.text("was"));
    let (Some(member), Some(role)) = (&member, role) else {
        let mut page = Page::read(&app, &visitor, &seat, &typed, l).await?;
        let faults =
            [member.is_none().then(|| l.seats_person_unknown()), role.is_none().then(|| l.invite_unknown())];
        page.fault =
            faults.iter().flatten().next().cloned().filter(|_| page.assign.is_empty() || !was.is_empty());
        let fields = page.assign.into_iter().zip(faults);
        page.assign = fields.map(|(field, fault)| field.fault(fault)).collect();
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let now = app.store.agent_role(scope, agent, member.person).await?;
    if now.map_or("", AgentRole::as_str) != was {
        let mut page = Page::read(&app, &visitor, &seat, &Typed::default(), l).await?;
        let wanted = l.role_word(role.as_str());
        page.fault = Some(match now.map(|role| l.role_word(role.as_str())) {
            Some(now) if was.is_empty() => l.seats_already(&now),
            Some(now) => l.members_conflict(&plain(&member.name), &now, &wanted),
            None => l.members_gone(),
        });
        return Ok(page.answer(StatusCode::CONFLICT));
    }
    let entry = entry(&app, &visitor, (&seat, member), (now, Some(role)));
    app.store.put_agent_member(scope, (agent, member.person), role, &entry).await?;
    // Who gave away their own right to this page is led to one they may see.
    let lost = visitor.role == OrganizationRole::Member
        && member.person == visitor.person
        && !role.may(Permission::ManageAgent);
    let next = if lost {
        format!("/agents/{agent}")
    } else {
        format!("/agents/{agent}/members?done={}", if now.is_some() { "role" } else { "assigned" })
    };
    Ok(Redirect::to(&next).into_response())
}

/// `GET /agents/{agent}/members/{person}/remove`: asks for confirmation.
pub(crate) async fn ask_unassign(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    Path((_, person)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (l, agent) = (visitor.lang(&headers), seat.agent.id);
    let member = member(&app, &visitor, &person).await?;
    if app.store.agent_role(visitor.scope(), agent, member.person).await?.is_none() {
        return Err(Problem::not_found());
    }
    Ok(view::page(&ConfirmPage {
        l,
        chrome: Chrome::of(&visitor, l),
        title: l.members_remove_title(&plain(&member.name), &plain(&seat.agent.name)),
        email: plain(&member.email),
        fault: None,
        consequences: vec![l.seats_remove_role(), l.members_remove_history()],
        action: format!("/agents/{agent}/members/{}/remove", member.person),
        button: l.members_remove(),
        back: format!("/agents/{agent}/members"),
    }))
}

/// `POST /agents/{agent}/members/{person}/remove`
pub(crate) async fn unassign(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    Path((_, person)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (scope, agent) = (visitor.scope(), seat.agent.id);
    let member = member(&app, &visitor, &person).await?;
    let now = app.store.agent_role(scope, agent, member.person).await?;
    let entry = entry(&app, &visitor, (&seat, &member), (now, None));
    app.store.remove_agent_member(scope, agent, member.person, &entry).await?;
    let lost = visitor.role == OrganizationRole::Member && member.person == visitor.person;
    let next = if lost { "/".to_owned() } else { format!("/agents/{agent}/members?done=removed") };
    Ok(Redirect::to(&next).into_response())
}

fn entry(
    app: &App,
    visitor: &Visitor,
    (seat, member): (&Seat, &Member),
    (before, after): (Option<AgentRole>, Option<AgentRole>),
) -> Entry {
    let action = if after.is_some() { Action::RoleChanged } else { Action::PersonRemoved };
    let word = |role: Option<AgentRole>| role.map(|role| role.to_string());
    let changed = Change { field: "role".to_owned(), before: word(before), after: word(after) };
    Entry {
        agent: Some(seat.agent.id),
        subject: subject(member),
        changes: vec![changed],
        ..visitor.entry(app, action)
    }
}
