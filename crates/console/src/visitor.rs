//! The visitor: a signed-in person, and their role for the agent of the page. Roles are read for each request, so removing a
//! role takes effect at once.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use warta_core::audit::Action;
use warta_core::ids::{AgentId, AuditId, OrganizationId, PersonId, SignInId};
use warta_core::permission::{AgentRole, OrganizationRole, Permission};
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_http::client;
use warta_http::listen::Peer;
use warta_http::problem::Problem;
use warta_store::{Agent, By, Entry, Scope};

use crate::login_token;
use crate::texts::Lang;

/// The shortest interval between two updates of a sign-in's last use.
const NOTED: Duration = Duration::from_mins(1);

/// Who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The person.
    pub(crate) person: PersonId,
    /// Their name.
    pub(crate) name: String,
    /// Their e-mail.
    pub(crate) email: String,
    /// The language they chose, `en` or `id`.
    pub(crate) language: Option<String>,
    /// Their browser.
    pub(crate) sign_in: SignInId,
    /// When they last proved their identity.
    pub(crate) proven_at: Timestamp,
    /// The selected organization.
    pub(crate) organization: OrganizationId,
    /// Its name.
    pub(crate) organization_name: String,
    /// Their role in it.
    pub(crate) role: OrganizationRole,
    /// The network address they come from.
    pub(crate) address: String,
}

impl Visitor {
    /// The visitor of a request, if it has a valid sign-in. Automatic refreshes of a page do not extend the
    /// sign-in.
    pub(crate) async fn of(app: &App, request: &Parts) -> Result<Option<Self>, Problem> {
        let Some(token) = login_token::token_of(app, &request.headers) else { return Ok(None) };
        let Some(found) = app.store.sign_in(&login_token::hash(token)).await? else { return Ok(None) };
        let (sign_in, now) = (found.sign_in, app.now());
        if now.since(sign_in.last_used_at) >= login_token::IDLE
            || now.since(sign_in.created_at) >= login_token::LONGEST
        {
            return Ok(None);
        }
        let by_itself = request.headers.contains_key("x-fragment");
        if !by_itself && now.since(sign_in.last_used_at) >= NOTED {
            app.store.touch_sign_in(sign_in.id, now).await?;
        }
        Ok(Some(Self {
            person: found.person.id,
            name: found.person.name,
            email: found.person.email,
            language: found.person.language,
            sign_in: sign_in.id,
            proven_at: sign_in.proven_at,
            organization: sign_in.organization,
            organization_name: found.organization_name,
            role: found.role,
            address: address(app, request),
        }))
    }

    /// The visitor's rows.
    pub(crate) const fn scope(&self) -> Scope {
        Scope::new(self.organization)
    }

    /// The language to speak to them: the one they chose, else the one their browser asks for.
    pub(crate) fn lang(&self, headers: &HeaderMap) -> Lang {
        self.language.as_deref().and_then(Lang::named).unwrap_or_else(|| Lang::of(headers))
    }

    /// For the audit.
    pub(crate) fn by(&self) -> By {
        By { person: Some(self.person), actor: self.name.clone(), address: self.address.clone() }
    }

    /// An entry of the audit about what they do now.
    pub(crate) fn entry(&self, app: &App, action: Action) -> Entry {
        let now = app.now();
        Entry::new(AuditId::from_uuid(app.minter.uuid(now)), self.by(), action, now)
    }
}

/// Where a request comes from: an address, or nothing in tests that do not connect.
pub(crate) fn address(app: &App, request: &Parts) -> String {
    let Some(peer) = request.extensions.get::<Peer>().and_then(|peer| peer.0) else { return String::new() };
    client::address(&app.settings.trusted_proxies, peer, &request.headers).to_string()
}

/// The agent in the path, and the visitor's role for it.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    /// The agent.
    pub(crate) agent: Agent,
    /// The visitor's role for it.
    pub(crate) role: AgentRole,
}

impl Seat {
    /// The agent and the visitor's role; `None` if there is no such agent or the visitor has no role for it.
    pub(crate) async fn of(app: &App, visitor: &Visitor, id: AgentId) -> Result<Option<Self>, Problem> {
        let scope = visitor.scope();
        let Some(agent) = app.store.agent(scope, id).await? else { return Ok(None) };
        let assigned = match visitor.role {
            OrganizationRole::Owner | OrganizationRole::Admin => None,
            OrganizationRole::Member => app.store.agent_role(scope, id, visitor.person).await?,
        };
        Ok(visitor.role.for_agent(assigned).map(|role| Self { agent, role }))
    }

    /// Whether the visitor may do this with the agent.
    pub(crate) const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}
