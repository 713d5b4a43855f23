//! `GET /organization`: the people, the open invitations, the roles.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;
use warta_core::ids::{LinkId, PersonId};
use warta_core::permission::{OrganizationPermission, OrganizationRole};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Agent, AuditFilter, Link, Member, Purpose, Stretch};

use crate::activity::{self, Aside};
use crate::chrome::Chrome;
use crate::form::{Field, Typed, focus_fault};
use crate::organization::invitation_form;
use crate::organization::matrix::Matrix;
use crate::organization::member::{grantable, may_change};
use crate::pagination::Pagination;
use crate::texts::Lang;
use crate::view::{self, Instant, plain};
use crate::visitor::Visitor;

/// The page. Visitors who may not manage people can still see them.
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let query = Typed::parse(query.unwrap_or_default().as_bytes());
    let mut page = Page::read(&app, &visitor, &ListPositions::of(&query), l).await?;
    page.done = l.members_done(query.text("done"));
    Ok(page.answer(StatusCode::OK))
}

/// How many people or invitations are shown at once.
pub(super) const PAGE: u32 = 50;

/// The current positions in the two lists.
#[derive(Debug, Default)]
pub(super) struct ListPositions {
    /// The people after this one.
    people: Option<PersonId>,
    /// The invitations before this one.
    invitations: Option<LinkId>,
}

impl ListPositions {
    /// An invalid position means the first page.
    fn of(query: &Typed) -> Self {
        Self {
            people: query.text("people").parse().ok(),
            invitations: query.text("invitations").parse().ok(),
        }
    }

    /// The address of these positions, at one of the lists.
    fn path(&self, list: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(people) = self.people {
            query.append_pair("people", &people.to_string());
        }
        if let Some(invitations) = self.invitations {
            query.append_pair("invitations", &invitations.to_string());
        }
        format!("/organization?{}#{list}", query.finish())
    }

    /// Pagination of the people; `last` is the last one shown if there are more.
    fn people_pagination(&self, last: Option<PersonId>, l: Lang) -> Pagination {
        let at = |people| Self { people, invitations: self.invitations }.path("people");
        Pagination::onwards(self.people.map(|_| at(None)), last.map(|last| at(Some(last))), l)
    }

    /// Pagination of the invitations.
    fn invitations_pagination(&self, last: Option<LinkId>, l: Lang) -> Pagination {
        let at = |invitations| Self { people: self.people, invitations }.path("invitations");
        Pagination::back_in_time(self.invitations.map(|_| at(None)), last.map(|last| at(Some(last))), l)
    }
}

/// The page's data. Handlers render it again with faults.
#[derive(Template)]
#[template(path = "organization/page.html")]
pub(super) struct Page {
    l: Lang,
    chrome: Chrome,
    organization: String,
    done: Option<Cow<'static, str>>,
    /// Why a change was refused.
    pub(super) fault: Option<Cow<'static, str>>,
    at_fault: bool,
    members: Vec<MemberRow>,
    people_pagination: Pagination,
    may_manage: bool,
    /// The form to invite with.
    pub(super) invite: Vec<Field>,
    invitations: Vec<InvitationRow>,
    invitations_pagination: Pagination,
    organization_roles: Matrix,
    agent_roles: Matrix,
    activity: Option<Aside>,
}

struct MemberRow {
    id: String,
    name: String,
    email: String,
    is_visitor: bool,
    since: Instant,
    role: OrganizationRole,
    role_word: Cow<'static, str>,
    /// The roles that the visitor can give; empty where they cannot change this person.
    choices: Vec<(OrganizationRole, Cow<'static, str>)>,
}

struct InvitationRow {
    id: String,
    email: String,
    role: Cow<'static, str>,
    agent: Option<String>,
    by: String,
    until: Instant,
}

impl Page {
    /// Reads the data of the page, at these positions.
    pub(super) async fn read(
        app: &App,
        visitor: &Visitor,
        place: &ListPositions,
        l: Lang,
    ) -> Result<Self, Problem> {
        let (scope, store) = (visitor.scope(), &app.store);
        let Stretch { items: members, has_more } = store.members_after(scope, place.people, PAGE).await?;
        let last_person = members.last().map(|member| member.person).filter(|_| has_more);
        let agents = store.agents(scope).await?;
        let may_manage = visitor.role.may(OrganizationPermission::ManagePeople);
        let Stretch { items: open, has_more } = if may_manage {
            store.invitations_before(scope, app.now(), place.invitations, PAGE).await?
        } else {
            Stretch { items: Vec::new(), has_more: false }
        };
        let last_open = open.last().map(|link| link.id).filter(|_| has_more);
        let inviters = inviters(app, visitor, &open).await?;
        let activity = if visitor.role.may(OrganizationPermission::SeeActivity) {
            Some(activity::aside(store, scope, &AuditFilter::default(), l).await?)
        } else {
            None
        };
        Ok(Self {
            l,
            chrome: Chrome::of(visitor, l),
            organization: plain(&visitor.organization_name),
            done: None,
            fault: None,
            at_fault: false,
            invite: invitation_form::fields(visitor, &agents, &Typed::default(), l),
            invitations: open.iter().filter_map(|link| invitation(link, &inviters, &agents, l)).collect(),
            invitations_pagination: place.invitations_pagination(last_open, l),
            people_pagination: place.people_pagination(last_person, l),
            members: members.iter().map(|member| MemberRow::of(member, visitor, l)).collect(),
            may_manage,
            organization_roles: Matrix::organization(l),
            agent_roles: Matrix::agent(l),
            activity,
        })
    }

    /// Renders the page into a response and focuses the first invalid field.
    pub(super) fn answer(mut self, status: StatusCode) -> Response {
        self.at_fault = focus_fault(&mut self.invite) || self.fault.is_some();
        (status, view::page(&self)).into_response()
    }
}

impl MemberRow {
    fn of(member: &Member, visitor: &Visitor, l: Lang) -> Self {
        let choices = if may_change(visitor, member.role) { grantable(visitor.role, l) } else { Vec::new() };
        Self {
            id: member.person.to_string(),
            name: plain(&member.name),
            email: plain(&member.email),
            is_visitor: member.person == visitor.person,
            since: Instant::of(member.created_at, l),
            role: member.role,
            role_word: l.role_word(member.role.as_str()),
            choices,
        }
    }
}

/// Who made these invitations, of those who are still members.
async fn inviters(app: &App, visitor: &Visitor, open: &[Link]) -> Result<Vec<Member>, Problem> {
    let people: BTreeSet<_> = open
        .iter()
        .filter_map(|link| match &link.purpose {
            Purpose::Join(invitation) => invitation.invited_by,
            Purpose::SetUp { .. } | Purpose::Enter { .. } | Purpose::Reset { .. } => None,
        })
        .collect();
    let mut found = Vec::new();
    for person in people {
        found.extend(app.store.member(visitor.scope(), person).await?);
    }
    Ok(found)
}

fn invitation(link: &Link, members: &[Member], agents: &[Agent], l: Lang) -> Option<InvitationRow> {
    let Purpose::Join(invitation) = &link.purpose else { return None };
    let agent = invitation.agent.map(|(id, role)| {
        let known = agents.iter().find(|agent| agent.id == id);
        let name = known.map_or_else(|| id.to_string(), |agent| plain(&agent.name));
        format!("{name}: {}", l.role_word(role.as_str()))
    });
    let by = members.iter().find(|member| Some(member.person) == invitation.invited_by);
    Some(InvitationRow {
        id: link.id.to_string(),
        email: plain(&invitation.email),
        role: l.role_word(invitation.role.as_str()),
        agent,
        by: by.map_or_else(|| l.audit_command().into_owned(), |member| plain(&member.name)),
        until: Instant::of(link.expires_at, l),
    })
}
