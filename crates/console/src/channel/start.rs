//! The page of an environment without a channel: an introduction, and the buttons that create one.

use std::borrow::Cow;

use askama::Template;
use axum::response::Response;
use serde_json::{Map, Value};
use warta_core::audit::Action;
use warta_core::channel::{Environment, Protocol, SecretKind, State};
use warta_core::ids::ChannelId;
use warta_http::problem::Problem;
use warta_protocol::describe::{Description, Section};
use warta_store::{Channel, DeletedChannel, Error, NewChannel, NewSecret};

use crate::channel::context::ChannelContext;
use crate::channel::head::{Head, Page};
use crate::channel::webhook::webhook_secret;
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::texts::Lang;
use crate::view::{self, Instant};

#[derive(Template)]
#[template(path = "channel/start.html")]
struct Start {
    l: Lang,
    chrome: Chrome,
    head: Head,
    agent_path: String,
    title: Cow<'static, str>,
    lead: Cow<'static, str>,
    /// The label of the button that creates an empty channel.
    begin: Cow<'static, str>,
    /// Whether a channel can be set up: a Draft needs a draft to talk to.
    offered: bool,
    may_change: bool,
    from_published: bool,
    protocols: Vec<Card>,
    deleted: Vec<Deleted>,
}

/// A protocol.
pub(super) struct Card {
    word: &'static str,
    pub(super) name: &'static str,
    pub(super) lead: &'static str,
}

impl Card {
    pub(super) fn of(description: &Description, l: Lang) -> Self {
        Self { word: description.protocol.as_str(), name: description.name, lead: l.say(description.lead) }
    }
}

struct Deleted {
    id: String,
    account: String,
    at: Instant,
}

/// The page for an environment without a channel, whichever page of the channel was asked for.
pub(crate) async fn nothing_yet(context: &ChannelContext, page: Page) -> Result<Response, Problem> {
    let (store, agent, l) = (&context.app.store, context.seat.agent.id, context.l);
    let draft = context.environment == Environment::Draft;
    let deployed = store.deployment(context.scope(), agent, context.environment).await?.is_some();
    let published = store.channel_of(context.scope(), agent, Environment::Published).await?;
    let deleted = store.deleted_channels(context.scope(), agent, context.app.now()).await?;
    let here = |channel: &DeletedChannel| channel.environment == context.environment;
    let (title, lead, begin) = match (draft, deployed) {
        (true, false) => {
            (l.channel_start_no_draft(), l.channel_start_no_draft_lead(), l.channel_start_to_agent())
        }
        (true, true) => (l.channel_start_draft(), l.channel_start_draft_lead(), l.channel_start_empty()),
        (false, _) => (l.channel_start_published(), l.channel_start_published_lead(), l.channel_start_go()),
    };
    let page = Start {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(page).await?,
        agent_path: format!("/agents/{agent}"),
        title,
        lead,
        begin,
        offered: !draft || deployed,
        may_change: context.may_change(),
        from_published: draft && published.is_some(),
        protocols: warta_protocol::descriptions().map(|description| Card::of(description, l)).collect(),
        deleted: deleted.into_iter().filter(here).map(|channel| Deleted::of(channel, l)).collect(),
    };
    Ok(view::page(&page))
}

impl Deleted {
    fn of(channel: DeletedChannel, l: Lang) -> Self {
        Self {
            id: channel.id.to_string(),
            account: channel.account.map_or_else(|| "–".to_owned(), |account| account.to_string()),
            at: Instant::of(channel.deleted_at, l),
        }
    }
}

/// `POST B/connection/start`: creates a channel with only a webhook secret, or with a copy of those Published settings that two
/// channels can share.
pub(crate) async fn start(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let store = &context.app.store;
    let draft = context.environment == Environment::Draft;
    // A Draft channel needs a draft to talk to. The page offers none without; neither does this.
    let missing = draft
        && store.deployment(context.scope(), context.seat.agent.id, context.environment).await?.is_none();
    if missing || context.found().is_some() {
        return Ok(context.done("", ""));
    }
    let published = store.channel_of(context.scope(), context.seat.agent.id, Environment::Published).await?;
    let pattern = published.filter(|_| draft && typed.text("from") == "published");
    let protocol = match &pattern {
        Some(pattern) => pattern.protocol,
        None => typed.text("protocol").parse().unwrap_or(Protocol::MetaCloud),
    };
    let description = warta_protocol::entry(protocol).description;
    let now = context.app.now();
    let id = ChannelId::from_uuid(context.app.minter.uuid(now));
    let secret = webhook_secret(&context.app);
    let row = context.app.minter.uuid(now);
    let new = NewChannel {
        organization: context.visitor.organization,
        id,
        agent: context.seat.agent.id,
        environment: context.environment,
        protocol,
        state: State::Saved,
        account: None,
        settings: shared(description, pattern.as_ref()),
        session: pattern.map(|pattern| pattern.session).unwrap_or_default(),
        secrets: vec![NewSecret { row, kind: SecretKind::WebhookSecret, secret }],
    };
    let mut entry = context.entry(Action::ChannelCreated, context.environment.as_str(), Vec::new());
    entry.channel = Some(id);
    match store.create_channel(new, &entry).await {
        // Somebody else was quicker; there is a channel, which is what was asked for.
        Ok(()) | Err(Error::EnvironmentTaken) => Ok(context.done("started", "paste")),
        Err(error) => Err(error.into()),
    }
}

/// The settings that a second channel can copy: neither its identity nor its credentials.
fn shared(description: &Description, pattern: Option<&Channel>) -> Value {
    let settings = pattern.map(|pattern| &pattern.settings);
    let shared: Map<String, Value> = description
        .open(Section::Reach)
        .filter_map(|field| Some((field.name.to_owned(), settings?.get(field.name)?.clone())))
        .collect();
    Value::Object(shared)
}
