//! `GET /`: the channels, the latest messages, and the failures. With the header `X-Fragment` only the part that changes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use warta_core::ids::ConversationId;
use warta_core::message::Direction;
use warta_core::permission::{OrganizationPermission, OrganizationRole};
use warta_gateway::app::App;
use warta_gateway::webhook_address;
use warta_http::problem::Problem;
use warta_store::{Channel, Counts, MessageFilter, MessageRow, Scope};

use crate::agents::rows::Rows;
use crate::chrome::Chrome;
use crate::pill::Pill;
use crate::texts::Lang;
use crate::view::{self, Instant, Life, Track};
use crate::visitor::Visitor;

const LAST_MESSAGES: u32 = 40;
const LAST_FAULTS: u32 = 20;

/// The query parameters of the page.
#[derive(Debug, Deserialize)]
pub(crate) struct PageQuery {
    /// The code of the last action's outcome.
    #[serde(default)]
    done: String,
}

/// The page.
pub(crate) async fn overview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let live = Live::read(&app, &visitor, l).await?;
    if headers.contains_key("x-fragment") {
        return Ok(view::page(&live));
    }
    let done = l.agent_done(&query.done);
    let (chrome, organization) = (Chrome::of(&visitor, l), visitor.organization_name);
    Ok(view::page(&Overview { l, chrome, organization, done, live }))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    l: Lang,
    chrome: Chrome,
    organization: String,
    done: Option<Cow<'static, str>>,
    live: Live,
}

/// The part of the page that refreshes itself.
#[derive(Template)]
#[template(path = "live.html")]
struct Live {
    l: Lang,
    rows: Rows,
    agents: Vec<Agent>,
    everything: Option<Everything>,
}

/// The data about all agents, for visitors who may see it.
struct Everything {
    ledger: Vec<Figure>,
    messages: Vec<RecentMessage>,
    quarantine: Vec<Quarantined>,
    dead: Vec<Dead>,
}

/// A figure of the ledger.
struct Figure {
    count: String,
    label: Cow<'static, str>,
    tone: &'static str,
}

struct Agent {
    name: String,
    channels: Vec<ChannelRow>,
}

struct ChannelRow {
    id: String,
    life: Life,
    account: String,
    protocol: &'static str,
    pill: Pill,
    hook: String,
}

/// A message in the list.
struct RecentMessage {
    id: String,
    at: Instant,
    life: Life,
    inbound: bool,
    user: String,
    kind: &'static str,
    excerpt: String,
    track: Track,
}

struct Quarantined {
    id: String,
    at: Instant,
    reason: String,
    size: Cow<'static, str>,
}

struct Dead {
    line: RecentMessage,
    attempts: u32,
    reason: String,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Live {}

impl Live {
    async fn read(app: &App, visitor: &Visitor, l: Lang) -> Result<Self, Problem> {
        let scope = visitor.scope();
        let mut agents = app.store.agents(scope).await?;
        if visitor.role == OrganizationRole::Member {
            let assigned = app.store.agent_roles_of(scope, visitor.person).await?;
            agents.retain(|agent| assigned.iter().any(|(id, _)| *id == agent.id));
        }
        let channels = app.store.channels(scope).await?;
        let may_add = visitor.role.may(OrganizationPermission::CreateAgents);
        let rows = Rows::of(&agents, &channels, may_add, (app.now(), l));
        let agents = agents.into_iter().map(|agent| Agent {
            name: agent.name,
            channels: channels
                .iter()
                .filter(|row| row.agent == agent.id)
                .map(|row| channel_line(app, row, l))
                .collect(),
        });
        let everything = if visitor.role.may(OrganizationPermission::SeeActivity) {
            Some(Everything::read(app, scope, l).await?)
        } else {
            None
        };
        Ok(Self { l, rows, agents: agents.collect(), everything })
    }
}

impl Everything {
    async fn read(app: &App, scope: Scope, l: Lang) -> Result<Self, Problem> {
        let store = &app.store;
        let page = store
            .messages(scope, &MessageFilter { limit: LAST_MESSAGES, ..MessageFilter::default() })
            .await?;
        let dead_letters = store.dead_letters(scope, LAST_FAULTS).await?;
        let users = users(app, scope, page.messages.iter().chain(&dead_letters), l).await?;
        let quarantined = store.quarantined(scope, LAST_FAULTS).await?;
        Ok(Self {
            ledger: ledger(store.counts(scope).await?, l),
            messages: page.messages.iter().map(|row| line(row, &users, l)).collect(),
            quarantine: quarantined
                .into_iter()
                .map(|row| Quarantined {
                    id: row.id.to_string(),
                    at: Instant::of(row.received_at, l),
                    reason: row.reason,
                    size: l.bytes(&l.count(row.size_bytes)),
                })
                .collect(),
            dead: dead_letters
                .iter()
                .map(|row| Dead {
                    line: line(row, &users, l),
                    attempts: row.attempts,
                    reason: row.failure.as_ref().map(|failure| failure.detail.clone()).unwrap_or_default(),
                })
                .collect(),
        })
    }
}

fn ledger(counts: Counts, l: Lang) -> Vec<Figure> {
    // A zero is quiet, whatever it counts.
    let figure = |count: i64, label, tone| Figure {
        count: l.count(count),
        label,
        tone: if count > 0 { tone } else { "none" },
    };
    vec![
        figure(counts.waiting_for_agent, l.waiting_for_agent(), "wait"),
        figure(counts.waiting_to_send, l.waiting_to_send(), "sent"),
        figure(counts.uncertain, l.uncertain_sends(), "doubt"),
        figure(counts.dead, l.dead(), "bad"),
        figure(counts.quarantined, l.quarantined(), "bad"),
    ]
}

fn channel_line(app: &App, row: &Channel, l: Lang) -> ChannelRow {
    ChannelRow {
        id: row.id.to_string(),
        life: Life::of(row.environment, l),
        account: row.account.as_ref().map(ToString::to_string).unwrap_or_default(),
        protocol: view::protocol_name(row.protocol),
        pill: Pill::of(Some(row), app.now(), l),
        hook: webhook_address::shown(app, row),
    }
}

fn line(row: &MessageRow, users: &HashMap<ConversationId, String>, l: Lang) -> RecentMessage {
    RecentMessage {
        id: row.id.to_string(),
        at: Instant::of(row.created_at, l),
        life: Life::of(row.environment, l),
        inbound: row.content.direction() == Direction::Inbound,
        user: users.get(&row.conversation).cloned().unwrap_or_default(),
        kind: row.content.kind(),
        excerpt: view::excerpt(row, l),
        track: Track::of(&row.content, l),
    }
}

/// The users of these messages.
async fn users<'a>(
    app: &App,
    scope: Scope,
    rows: impl Iterator<Item = &'a MessageRow> + Send,
    l: Lang,
) -> Result<HashMap<ConversationId, String>, Problem> {
    let mut users = HashMap::new();
    for row in rows {
        if !users.contains_key(&row.conversation)
            && let Some(conversation) = app.store.conversation(scope, row.conversation).await?
        {
            users.insert(row.conversation, view::user(&conversation.user, l));
        }
    }
    Ok(users)
}
