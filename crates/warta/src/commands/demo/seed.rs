//! The demo's rows: an organization, an agent on Published and Draft, and an agent with no channel yet.

use anyhow::{Context, Result, ensure};
use warta_console::door;
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, State as ChannelState};
use warta_core::ids::{AgentId, AuditId, ChannelId, OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;
use warta_core::secret::Secret;
use warta_gateway::app::App;
use warta_gateway::web::keys;
use warta_gateway::webhook_address;
use warta_store::{
    ChannelChange, Entry, NewAgent, NewChannel, NewPerson, NewSecret, Newcomer, Purpose, Scope, SecretKind,
};

use super::providers;
use super::stand_ins::StandIns;
use super::state::{Agent, Channel, DemoFile, hex};

/// The agents, with the channels that are connected already. Batik Sari's are to be set up.
const AGENTS: [(&str, Protocol, &[Environment]); 4] = [
    ("Kopi Nusa", Protocol::MetaCloud, &ENVIRONMENTS),
    ("Batik Sari", Protocol::MetaCloud, &[]),
    ("Apotek Sehat", Protocol::Coster, &[Environment::Published]),
    ("Toko Rimba", Protocol::Qontak, &[Environment::Published]),
];
/// Who looks at the demo's console.
const PERSON: &str = "demo@warta.invalid";
const ENVIRONMENTS: [Environment; 2] = [Environment::Published, Environment::Draft];

/// The demo as it stands in the store.
#[derive(Debug)]
pub(crate) struct Seeded {
    /// The organization.
    pub organization: OrganizationId,
    /// Agents with the addresses of their deployments.
    pub agents: Vec<SeededAgent>,
    /// Connected channels.
    pub channels: Vec<SeededChannel>,
}

/// An agent with the addresses of its deployments.
#[derive(Debug)]
pub(crate) struct SeededAgent {
    /// The agent.
    pub agent: Agent,
    /// Where its published deployment is.
    pub published: String,
    /// Where its draft deployment is.
    pub draft: String,
}

/// A channel with the secrets that are valid now.
#[derive(Debug)]
pub(crate) struct SeededChannel {
    /// The channel and its test account.
    pub channel: Channel,
    /// Where the provider calls it.
    pub hook: String,
    /// As the store holds it.
    pub verify_token: Secret,
    /// As the store holds them, by the provider's names for them.
    pub secrets: Vec<(&'static str, Secret)>,
    /// Opens the API of this channel.
    pub api_key: String,
}

/// Makes what is missing and brings addresses up to date: ports may have changed since the last start.
///
/// # Errors
///
/// When the store or the twin fails.
pub(crate) async fn seed(app: &App, stand_ins: &StandIns, mut file: DemoFile) -> Result<Seeded> {
    let organization = organization(app, &mut file).await?;
    let scope = Scope::new(organization);
    let (mut agents, mut channels) = (Vec::new(), Vec::new());
    for (name, protocol, connected) in AGENTS {
        let agent = agent(app, &mut file, scope, name).await?;
        let mut urls = Vec::new();
        for environment in ENVIRONMENTS {
            let sample = stand_ins.sample_agent(name, environment).await?;
            let secret = Secret::new(&sample.secret);
            let entry = entry(app, Action::DeploymentChanged);
            app.store.put_deployment(scope, (agent.id, environment), &sample.url, &secret, &entry).await?;
            urls.push(sample.url);
        }
        for environment in connected {
            let place = (protocol, *environment);
            channels.push(channel(app, stand_ins, &mut file, (scope, organization), &agent, place).await?);
        }
        let (published, draft) = (urls.first().cloned(), urls.last().cloned());
        agents.push(SeededAgent {
            agent,
            published: published.unwrap_or_default(),
            draft: draft.unwrap_or_default(),
        });
    }
    app.directory.forget();
    Ok(Seeded { organization, agents, channels })
}

async fn organization(app: &App, file: &mut DemoFile) -> Result<OrganizationId> {
    let known = app.store.organizations().await?;
    if let Some(id) = file.state.organization
        && known.iter().any(|(other, _)| *other == id)
    {
        return Ok(id);
    }
    // Nothing of ours is in this store: start anew, whatever the file remembers.
    let id = OrganizationId::from_uuid(app.minter.uuid(app.now()));
    app.store.create_organization(id, "Warta demo", app.now()).await?;
    file.state.organization = Some(id);
    file.state.agents.clear();
    for channel in &mut file.state.channels {
        channel.api_key = None;
    }
    file.save()?;
    Ok(id)
}

async fn agent(app: &App, file: &mut DemoFile, scope: Scope, name: &str) -> Result<Agent> {
    if let Some(agent) = file.state.agents.iter().find(|agent| agent.name == name) {
        let known = app.store.agents(scope).await?;
        if known.iter().any(|other| other.id == agent.id) {
            return Ok(agent.clone());
        }
    }
    let agent = Agent { id: AgentId::from_uuid(app.minter.uuid(app.now())), name: name.to_owned() };
    let new = NewAgent { id: agent.id, name: name.to_owned(), language: "en".to_owned() };
    app.store.create_agent(scope, new, &entry(app, Action::AgentCreated)).await?;
    file.state.agents.retain(|other| other.name != name);
    file.state.agents.push(agent.clone());
    file.save()?;
    Ok(agent)
}

async fn channel(
    app: &App,
    stand_ins: &StandIns,
    file: &mut DemoFile,
    (scope, organization): (Scope, OrganizationId),
    agent: &Agent,
    (protocol, environment): (Protocol, Environment),
) -> Result<SeededChannel> {
    let known = |channel: &Channel| channel.protocol == protocol && channel.environment == environment;
    let remembered = file.state.channels.iter().position(known);
    let mut channel = if let Some(index) = remembered {
        file.state.channels.remove(index)
    } else {
        let draft = environment == Environment::Draft;
        let name = if draft { format!("{} (draft)", agent.name) } else { agent.name.clone() };
        Channel {
            id: ChannelId::from_uuid(app.minter.uuid(app.now())),
            agent: agent.id,
            environment,
            protocol,
            account: stand_ins.new_account(protocol, &name).await?,
            api_key: None,
        }
    };
    channel.agent = agent.id;
    let account = &channel.account;
    let staged = providers::staged(protocol)?;
    let settings = (staged.settings)(account, stand_ins.url());
    let existing = app.store.channel(channel.id).await?.filter(|row| row.organization == organization);
    if let Some(row) = existing {
        if row.settings != settings {
            let change = ChannelChange { settings: Some(settings), ..ChannelChange::default() };
            let entry = entry(app, Action::ChannelChanged);
            app.store.change_channel(scope, (row.id, row.revision), change, "settings", &entry).await?;
        }
    } else {
        channel.id = ChannelId::from_uuid(app.minter.uuid(app.now()));
        let new = NewChannel {
            organization,
            id: channel.id,
            agent: agent.id,
            environment,
            protocol,
            state: ChannelState::Live,
            account: Some(account.phone.parse()?),
            settings,
            session: warta_core::session::Settings::default(),
            secrets: staged
                .secrets
                .iter()
                .map(|(kind, name)| (*kind, Secret::new(account.key(name))))
                .chain([(SecretKind::WebhookSecret, webhook_secret(app))])
                .map(|(kind, secret)| NewSecret { row: app.minter.uuid(app.now()), kind, secret })
                .collect(),
        };
        app.store.create_channel(new, &entry(app, Action::ChannelCreated)).await?;
    }
    let api_key = match &channel.api_key {
        Some(key) if keys::check(app, key).await.is_ok() => key.clone(),
        _ => {
            let (_, secret) = keys::create(app, scope, channel.id, "demo").await?;
            secret.expose().to_owned()
        }
    };
    channel.api_key = Some(api_key.clone());
    file.state.channels.push(channel.clone());
    file.save()?;
    let row = app.store.channel(channel.id).await?.context("the channel was just stored")?;
    let secret = |kind| row.secrets(kind, app.now()).next().cloned().context("the channel lacks a secret");
    let secrets: Result<Vec<_>> =
        staged.secrets.iter().map(|(kind, name)| Ok((*name, secret(*kind)?))).collect();
    Ok(SeededChannel {
        hook: webhook_address::address(app, &row).context("the channel has no address")?,
        verify_token: secret(SecretKind::WebhookSecret)?,
        secrets: secrets?,
        channel,
        api_key,
    })
}

impl SeededChannel {
    /// The access token as the store holds it.
    fn access_token(&self) -> &str {
        let token = self.secrets.iter().find(|(name, _)| *name == "access_token");
        token.map_or("", |(_, secret)| secret.expose())
    }
}

/// A one-time link into the console, for the person whom the demo makes: an owner without a password.
///
/// # Errors
///
/// When the store fails.
pub(crate) async fn console(app: &App, organization: OrganizationId) -> Result<String> {
    let known = app.store.person_by_email(PERSON).await?.map(|person| person.id);
    let person = known.unwrap_or_else(|| PersonId::from_uuid(app.minter.uuid(app.now())));
    let scope = Scope::new(organization);
    if app.store.member(scope, person).await?.is_none() {
        let new = || NewPerson {
            id: person,
            email: PERSON.to_owned(),
            name: "Demo".to_owned(),
            password_hash: None,
            language: None,
        };
        let newcomer = known.map_or_else(|| Newcomer::New(new()), Newcomer::Known);
        let entry = entry(app, Action::PersonAdded);
        app.store.create_member(scope, newcomer, OrganizationRole::Owner, &entry).await?;
    }
    Ok(door::link(app, Purpose::Enter { person }, &entry(app, Action::LinkMade)).await?)
}

fn entry(app: &App, action: Action) -> Entry {
    Entry::by_command(AuditId::from_uuid(app.minter.uuid(app.now())), action, app.now())
}

fn webhook_secret(app: &App) -> Secret {
    let mut bytes = [0_u8; 24];
    app.minter.fill(&mut bytes);
    Secret::new(&hex(&bytes))
}

/// Points the twin's webhooks at the gateway, which must be serving: the twin calls back at once.
///
/// # Errors
///
/// When a hand-shake fails.
pub(crate) async fn connect(stand_ins: &StandIns, seeded: &Seeded) -> Result<()> {
    for seeded in &seeded.channels {
        let (staged, account) = (providers::staged(seeded.channel.protocol)?, &seeded.channel.account);
        let address = (seeded.hook.as_str(), seeded.verify_token.expose());
        stand_ins.connect(staged, account, seeded.access_token(), address).await?;
    }
    ensure!(!seeded.channels.is_empty(), "the demo has no channel");
    Ok(())
}
