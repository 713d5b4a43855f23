//! Everybody who calls at the console, and an agent that has one of everything that a path can name.

use std::time::Duration;

use warta_core::channel::Environment;
use warta_core::ids::{AgentId, ChannelId, HandoffId, LinkId, OrganizationId};
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::secret::Secret;
use warta_http::access::Listed;
use warta_store::{Invitation, NewAgent, NewLink, Purpose};

use super::webhook::APP_SECRET;
use super::{Browser, Tenants, people};

/// The head of a picture, which is all that is looked at.
const PICTURE: [u8; 16] = *b"\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0\0";

/// Everybody who calls, and what they call for.
pub(crate) struct Cast {
    pub(crate) callers: Vec<Caller>,
    params: Vec<(&'static str, String)>,
    deleted: ChannelId,
}

/// Somebody who is signed in.
pub(crate) struct Caller {
    pub(crate) browser: Browser,
    /// `None` for who belongs to another organization.
    pub(crate) role: Option<OrganizationRole>,
    /// What they are to the agent.
    pub(crate) seat: Option<AgentRole>,
    sign_in: String,
    organization: OrganizationId,
}

impl Caller {
    async fn of(
        world: &Tenants,
        browser: Browser,
        role: Option<OrganizationRole>,
        seat: Option<AgentRole>,
    ) -> Self {
        let sign_in = world.app.store.sign_ins(browser.person()).await.unwrap()[0].id.to_string();
        let organization = if role.is_some() { world.organization } else { world.stranger };
        Self { browser, role, seat, sign_in, organization }
    }
}

impl Cast {
    /// New people around a new agent; `count` is another each time, for no two channels share a number.
    pub(crate) async fn gather(world: &Tenants, count: usize) -> Self {
        let (agent, [deleted, draft]) = furnished_agent(world, count).await;
        let app = &world.app;
        let mut callers = Vec::new();
        for role in OrganizationRole::ALL.iter().copied() {
            let browser = Browser::of(world, role).await;
            callers.push(Caller::of(world, browser, Some(role), role.for_agent(None)).await);
        }
        for seat in AgentRole::ALL.iter().copied() {
            let browser = Browser::of(world, OrganizationRole::Member).await;
            let place = (agent, browser.person());
            app.store.put_agent_member(world.scope(), place, seat, &people::entry(app)).await.unwrap();
            callers.push(Caller::of(world, browser, Some(OrganizationRole::Member), Some(seat)).await);
        }
        let browser = Browser::at(world, world.stranger, OrganizationRole::Owner).await;
        callers.push(Caller::of(world, browser, None, None).await);
        let person = people::person(app, world.organization, OrganizationRole::Member).await;
        let entry = people::entry(app);
        app.store.put_agent_member(world.scope(), (agent, person), AgentRole::Viewer, &entry).await.unwrap();
        let message = world.writes_on(draft, "6281255501234", "Halo").await;
        let row = app.store.secret_rows(world.scope(), draft).await.unwrap()[0].row;
        let params = vec![
            ("agent", agent.to_string()),
            ("channel_id", draft.to_string()),
            ("conversation", world.conversation_of(message).await.to_string()),
            ("environment", Environment::Draft.as_str().to_owned()),
            ("handoff", handoff(world, draft).await.to_string()),
            ("id", message.to_string()),
            ("invitation", invitation(world).await.to_string()),
            ("number", "1".to_owned()),
            ("person", person.to_string()),
            ("row", row.to_string()),
            // What is proven by the address itself.
            ("secret", "0".to_owned()),
            ("token", "0".to_owned()),
        ];
        Self { callers, params, deleted }
    }

    /// What the forms must hold that are about nothing without it. Every form gets all of it, and takes what it knows.
    pub(crate) fn form(&self, caller: &Caller) -> Vec<(&'static str, String)> {
        vec![
            ("organization", caller.organization.to_string()),
            ("channel", self.deleted.to_string()),
            ("fix", "subscribe".to_owned()),
            ("act", "look".to_owned()),
            ("name", "Renamed".to_owned()),
            ("role", "viewer".to_owned()),
        ]
    }

    /// A route's path, with what is there in the place of each name.
    pub(crate) fn path<A>(&self, route: &Listed<A>, caller: &Caller) -> String {
        let part = |part: &str| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                return part.to_owned();
            };
            let name = match name {
                "sign_in" => return caller.sign_in.clone(),
                "link" if route.path.contains("/invitations/") => "invitation",
                "link" => "handoff",
                name => name,
            };
            let known = self.params.iter().find(|(known, _)| *known == name);
            known.unwrap_or_else(|| panic!("the cast has no {name} for {}", route.path)).1.clone()
        };
        route.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

/// An agent with a picture, both deployments and both channels; gives a deleted Draft channel, too, and the one in its place.
async fn furnished_agent(world: &Tenants, count: usize) -> (AgentId, [ChannelId; 2]) {
    let (app, scope, now) = (&world.app, world.scope(), world.app.now());
    let agent = AgentId::from_uuid(app.minter.uuid(now));
    let new = NewAgent { id: agent, name: format!("Walked {agent}"), language: "en".to_owned() };
    app.store.create_agent(scope, new, &people::entry(app)).await.unwrap();
    app.store.set_avatar(scope, agent, Some(PICTURE.into()), &people::entry(app)).await.unwrap();
    let secret = Secret::new("a secret of an agent");
    for place in Environment::ALL.iter().map(|environment| (agent, *environment)) {
        app.store.put_deployment(scope, place, &world.agent.url, &secret, &people::entry(app)).await.unwrap();
    }
    let mut channels = Vec::new();
    let kinds = [(Environment::Published, '7'), (Environment::Draft, '8'), (Environment::Draft, '9')];
    for (environment, first) in kinds {
        let id = ChannelId::from_uuid(app.minter.uuid(now));
        let number = format!("62{first}{count:08}");
        let place = (world.organization, agent, environment);
        world.add_channel(id, place, (&number, &number), APP_SECRET).await;
        channels.push(id);
        if first == '8' {
            app.store.delete_channel(scope, id, &people::entry(app)).await.unwrap();
        }
    }
    (agent, [channels[1], channels[2]])
}

async fn handoff(world: &Tenants, channel: ChannelId) -> HandoffId {
    let (app, now) = (&world.app, world.app.now());
    let id = HandoffId::from_uuid(app.minter.uuid(now));
    let ends = now.after(Duration::from_hours(1));
    app.store.create_handoff(world.scope(), (channel, id), ends, &people::entry(app)).await.unwrap();
    id
}

async fn invitation(world: &Tenants) -> LinkId {
    let (app, now) = (&world.app, world.app.now());
    let id = LinkId::from_uuid(app.minter.uuid(now));
    let invitation = Invitation {
        organization: world.organization,
        email: format!("{id}@example.com"),
        role: OrganizationRole::Member,
        agent: None,
        invited_by: None,
    };
    let new = NewLink {
        id,
        token_hash: [id.uuid().into_bytes(); 2].concat().try_into().unwrap(),
        purpose: Purpose::Join(invitation),
        expires_at: now.after(Duration::from_hours(1)),
    };
    app.store.create_link(new, &people::entry(app)).await.unwrap();
    id
}
