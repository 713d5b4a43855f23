//! `POST /organization/invitations`: creates an invitation link, shown once. Also revoking one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::LinkId;
use warta_core::permission::OrganizationPermission;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Change, Invitation, NewLink, Purpose};

use crate::access::refuse_role;
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::login_token;
use crate::organization::invitation_form::{InvitationInput, fields, read};
use crate::organization::member::may_change;
use crate::organization::page::{ListPositions, Page};
use crate::organization::remove::ConfirmPage;
use crate::texts::Lang;
use crate::view::{self, Instant, plain};
use crate::visitor::Visitor;

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
            let mut page = Page::read(&app, &visitor, &ListPositions::default(), l).await?;
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
    let token = login_token::token(&*app.minter);
    let email = plain(&wanted.invitation.email);
    let new = NewLink {
        id: LinkId::from_uuid(app.minter.uuid(app.now())),
        token_hash: login_token::hash(&token),
        purpose: Purpose::Join(wanted.invitation),
        expires_at: wanted.expires_at,
    };
    app.store.create_link(new, &entry).await?;
    Ok(view::page(&InvitedPage {
        l,
        chrome: Chrome::of(&visitor, l),
        email,
        link: format!("{}/join/{token}", app.settings.public_url),
        until: Instant::of(wanted.expires_at, l),
    }))
}

/// The page that shows the link, once.
#[derive(Template)]
#[template(path = "organization/invited.html")]
struct InvitedPage {
    l: Lang,
    chrome: Chrome,
    email: String,
    link: String,
    until: Instant,
}

fn changes(wanted: &InvitationInput) -> Vec<Change> {
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

/// `GET /organization/invitations/{link}/revoke`: asks for confirmation.
pub(crate) async fn ask_revoke(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(link): Path<String>,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let (id, invitation) = invitation(&app, &visitor, &link).await?;
    let email = plain(&invitation.email);
    Ok(view::page(&ConfirmPage {
        l,
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
