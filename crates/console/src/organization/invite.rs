//! `POST /organization/invitations`: a link for somebody to come in by, shown once. And taking one back.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::LinkId;
use warta_core::permission::{AgentRole, OrganizationPermission, OrganizationRole};
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Agent, Change, Invitation, NewLink, Purpose};

use crate::access::refuse_role;
use crate::chrome::Chrome;
use crate::door;
use crate::form::{Field, Kind, Typed};
use crate::organization::page::{Page, Place, grantable, may_change};
use crate::organization::remove::Ask;
use crate::sign_in::page::email_fault;
use crate::texts::Lang;
use crate::view::{self, Assets, Instant, plain};
use crate::visitor::Visitor;

/// How many days an invitation can last.
const DAYS: [u64; 3] = [1, 7, 30];

/// The form, holding what was typed.
pub(super) fn fields(visitor: &Visitor, agents: &[Agent], typed: &Typed, l: Lang) -> Vec<Field> {
    let or = |name: &str, otherwise: &str| match typed.text(name) {
        "" => otherwise.to_owned(),
        text => text.to_owned(),
    };
    let roles = grantable(visitor.role, l).into_iter().map(|(role, word)| (role.to_string(), word));
    let mut choices = vec![(String::new(), l.invite_no_agent())];
    choices.extend(agents.iter().map(|agent| (agent.id.to_string(), plain(&agent.name).into())));
    let agent_roles = AgentRole::ALL.iter().map(|role| (role.to_string(), l.role_word(role.as_str())));
    let [day, week, month] = DAYS.map(|days| days.to_string());
    let expiry = vec![(day, l.invite_day()), (week.clone(), l.invite_week()), (month, l.invite_month())];
    vec![
        Field::new(l, "email", Kind::Email, l.members_email())
            .help(l.invite_email_help())
            .value(typed.text("email")),
        Field::new(l, "role", Kind::Choice(roles.collect()), l.members_role())
            .help(l.invite_role_help())
            .value(or("role", OrganizationRole::Member.as_str())),
        Field::new(l, "agent", Kind::Choice(choices), l.invite_agent())
            .help(l.invite_agent_help())
            .value(typed.text("agent")),
        Field::new(l, "agent_role", Kind::Choice(agent_roles.collect()), l.invite_agent_role())
            .value(or("agent_role", AgentRole::Viewer.as_str())),
        Field::new(l, "days", Kind::Choice(expiry), l.invite_expiry()).value(or("days", &week)),
    ]
}

/// What the form asks for.
struct Wanted {
    invitation: Invitation,
    agent_name: Option<String>,
    expires_at: Timestamp,
}

/// Makes the link.
pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let agents = app.store.agents(visitor.scope()).await?;
    let wanted = match read(&app, &visitor, &agents, &typed, l).await? {
        Ok(wanted) => wanted,
        Err(faults) => {
            let mut page = Page::read(&app, &visitor, &Place::default(), l).await?;
            let fields = fields(&visitor, &agents, &typed, l).into_iter().zip(faults);
            page.invite = fields.map(|(field, fault)| field.fault(fault)).collect();
            return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    if !may_change(&visitor, wanted.invitation.role) {
        let needed = OrganizationPermission::ManageOwners;
        return Ok(refuse_role(&app, &visitor, None, needed.as_str()).await);
    }
    let mut entry = visitor.entry(&app, Action::PersonInvited);
    entry.subject.clone_from(&wanted.invitation.email);
    entry.agent = wanted.invitation.agent.map(|(agent, _)| agent);
    entry.changes = changes(&wanted);
    let token = door::token(&*app.minter);
    let email = plain(&wanted.invitation.email);
    let new = NewLink {
        id: LinkId::from_uuid(app.minter.uuid(app.now())),
        token_hash: door::hash(&token),
        purpose: Purpose::Join(wanted.invitation),
        expires_at: wanted.expires_at,
    };
    app.store.create_link(new, &entry).await?;
    Ok(view::page(&Made {
        l,
        assets: Assets,
        chrome: Chrome::of(&visitor, l),
        email,
        link: format!("{}/join/{token}", app.settings.public_url),
        until: Instant::of(wanted.expires_at, l),
    }))
}

/// The page that shows the link, once.
#[derive(Template)]
#[template(path = "organization/invited.html")]
struct Made {
    l: Lang,
    assets: Assets,
    chrome: Chrome,
    email: String,
    link: String,
    until: Instant,
}

/// What is wrong with each field, in their order.
type Faults = [Option<Cow<'static, str>>; 5];

async fn read(
    app: &App,
    visitor: &Visitor,
    agents: &[Agent],
    typed: &Typed,
    l: Lang,
) -> Result<Result<Wanted, Faults>, Problem> {
    let email = typed.text("email").to_lowercase();
    let members = app.store.members(visitor.scope()).await?;
    let belongs = members.iter().any(|member| member.email == email).then(|| l.invite_already());
    let email_fault = email_fault(l, &email).or(belongs);
    let role: Option<OrganizationRole> = typed.text("role").parse().ok();
    let agent = match typed.text("agent") {
        "" => Some(None),
        id => agents.iter().find(|agent| agent.id.to_string() == id).map(Some),
    };
    let agent_role: Option<AgentRole> = typed.text("agent_role").parse().ok();
    let days = typed.text("days").parse().ok().filter(|days| DAYS.contains(days));
    let unknown = |known: bool| (!known).then(|| l.invite_unknown());
    let faults = [
        email_fault,
        unknown(role.is_some()),
        unknown(agent.is_some()),
        unknown(agent_role.is_some()),
        unknown(days.is_some()),
    ];
    let (Some(role), Some(agent), Some(agent_role), Some(days)) = (role, agent, agent_role, days) else {
        return Ok(Err(faults));
    };
    if faults.iter().any(Option::is_some) {
        return Ok(Err(faults));
    }
    Ok(Ok(Wanted {
        invitation: Invitation {
            organization: visitor.organization,
            email,
            role,
            agent: agent.map(|agent| (agent.id, agent_role)),
            invited_by: Some(visitor.person),
        },
        agent_name: agent.map(|agent| agent.name.clone()),
        expires_at: app.now().after(Duration::from_hours(days * 24)),
    }))
}

fn changes(wanted: &Wanted) -> Vec<Change> {
    let given =
        |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
    let mut changes = vec![
        given("role", wanted.invitation.role.to_string()),
        given("expires_at", wanted.expires_at.to_string()),
    ];
    if let (Some(name), Some((_, role))) = (&wanted.agent_name, wanted.invitation.agent) {
        changes.push(given("agent", format!("{name}: {role}")));
    }
    changes
}

/// An open invitation of the visitor's organization.
async fn invitation(app: &App, visitor: &Visitor, link: &str) -> Result<(LinkId, Invitation), Problem> {
    let id: LinkId = link.parse().map_err(|_| Problem::not_found())?;
    let open = app.store.invitations(visitor.scope(), app.now()).await?;
    let purpose = open.into_iter().find(|link| link.id == id).map(|link| link.purpose);
    let Some(Purpose::Join(invitation)) = purpose else { return Err(Problem::not_found()) };
    Ok((id, invitation))
}

/// `GET /organization/invitations/{link}/revoke`: what it means.
pub(crate) async fn ask_revoke(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(link): Path<String>,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let (id, invitation) = invitation(&app, &visitor, &link).await?;
    let email = plain(&invitation.email);
    Ok(view::page(&Ask {
        l,
        assets: Assets,
        chrome: Chrome::of(&visitor, l),
        title: l.invitations_revoke_ask(&email),
        email,
        fault: None,
        consequences: vec![l.invitations_revoke_link(), l.invitations_revoke_anew()],
        action: format!("/organization/invitations/{id}/revoke"),
        button: l.invitations_revoke(),
        back: "/organization#invitations".to_owned(),
    }))
}

/// `POST /organization/invitations/{link}/revoke`
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(link): Path<String>,
) -> Result<Response, Problem> {
    let (id, invitation) = invitation(&app, &visitor, &link).await?;
    let mut entry = visitor.entry(&app, Action::InvitationRevoked);
    entry.subject = invitation.email;
    if app.store.revoke_invitation(visitor.scope(), id, &entry).await? {
        return Ok(Redirect::to("/organization?done=revoked").into_response());
    }
    Err(Problem::not_found())
}
