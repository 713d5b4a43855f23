//! `B/conversations`: the open sessions with their next step, and the history of one conversation.

use std::borrow::Cow;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::ids::ConversationId;
use warta_core::policy::loop_guard::Loop;
use warta_core::session::{Happened, Prompt, Settings, State, due};
use warta_core::time::Timestamp;
use warta_http::problem::Problem;
use warta_store::{Conversation, Error, SessionEvent};

use crate::channel::{ChannelContext, Head, Page};
use crate::chrome::Chrome;
use crate::texts::Lang;
use crate::view::{self, Instant};

/// Conversations on the page; those with the earliest next step come first.
const PAGE: u32 = 100;
/// How much of a conversation's history is shown.
const HISTORY: u32 = 200;

#[derive(Template)]
#[template(path = "conversations/list.html")]
struct ListPage {
    l: Lang,
    chrome: Chrome,
    head: Head,
    ending: bool,
    lines: Vec<ConversationRow>,
    /// Table, column and id of unreadable rows.
    damaged: Vec<String>,
}

#[derive(Template)]
#[template(path = "conversations/one.html")]
struct ConversationPage {
    l: Lang,
    chrome: Chrome,
    head: Head,
    line: ConversationRow,
    events: Vec<Event>,
}

/// A conversation.
struct ConversationRow {
    id: ConversationId,
    user: String,
    last: Option<Instant>,
    /// The next step and its time; `None` if no session is open.
    next: Option<(Cow<'static, str>, Instant)>,
    /// Until when the agent is paused here.
    paused: Option<Instant>,
}

/// Something that happened to a session.
struct Event {
    at: Instant,
    what: Cow<'static, str>,
}

impl ConversationRow {
    fn of(conversation: &Conversation, settings: &Settings, (now, l): (Timestamp, Lang)) -> Self {
        let state = &conversation.session;
        let step = match state {
            State::Active(_) if settings.ask => l.session_ask_more(),
            State::AskedMore(_) => l.session_ask_end(),
            State::Active(_) | State::AskedEnd(_) | State::None | State::Ended { .. } => l.session_end(),
        };
        Self {
            id: conversation.id,
            user: view::user(&conversation.user, l),
            last: state.open().map(|open| Instant::of(open.last_activity_at(), l)),
            next: due(state, settings).map(|at| (step, Instant::of(at, l))),
            paused: conversation.paused_until.filter(|until| *until > now).map(|until| Instant::of(until, l)),
        }
    }
}

/// The query parameters of the list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    done: String,
}

/// `GET B/conversations`
pub(crate) async fn list(
    context: ChannelContext,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let (channel, l) = (context.channel()?, context.l);
    let open = context.app.store.open_sessions(context.scope(), channel.id, PAGE).await?;
    let now = context.app.now();
    let (mut lines, mut damaged) = (Vec::new(), Vec::new());
    for conversation in open {
        match conversation {
            Ok(conversation) => lines.push(ConversationRow::of(&conversation, &channel.session, (now, l))),
            Err(Error::Corrupt { table, column, id }) => damaged.push(format!("{table}.{column} {id}")),
            Err(error) => return Err(error.into()),
        }
    }
    let page = ListPage {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Conversations).await?,
        ending: query.done == "ending",
        lines,
        damaged,
    };
    Ok(view::page(&page).into_response())
}

/// `GET B/conversations/{conversation}`
pub(crate) async fn one(context: ChannelContext) -> Result<Response, Problem> {
    let (channel, l) = (context.channel()?, context.l);
    let conversation = conversation(&context).await?;
    let events = context.app.store.session_events(context.scope(), conversation.id, HISTORY).await?;
    let page = ConversationPage {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Conversations).await?,
        line: ConversationRow::of(&conversation, &channel.session, (context.app.now(), l)),
        events: events.iter().map(|event| happened(event, l)).collect(),
    };
    Ok(view::page(&page).into_response())
}

/// `POST B/conversations/{conversation}/end`
pub(crate) async fn end(context: ChannelContext) -> Result<Response, Problem> {
    let conversation = conversation(&context).await?;
    if let Some(open) = conversation.session.open() {
        let entry = context.entry(Action::SessionEnded, &open.id.to_string(), Vec::new());
        context.app.store.ask_end(context.scope(), conversation.id, context.app.now(), Some(&entry)).await?;
    }
    Ok(Redirect::to(&format!("{}/conversations?done=ending", context.base())).into_response())
}

/// `POST B/conversations/{conversation}/resume`
pub(crate) async fn resume(context: ChannelContext) -> Result<Response, Problem> {
    let conversation = conversation(&context).await?;
    let entry = context.entry(Action::AgentResumed, &conversation.id.to_string(), Vec::new());
    match context.app.store.resume_agent(context.scope(), conversation.id, context.app.now(), &entry).await {
        // It goes on already.
        Ok(()) | Err(Error::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&format!("{}/conversations/{}", context.base(), conversation.id)).into_response())
}

/// The conversation that the path names, of this channel.
async fn conversation(context: &ChannelContext) -> Result<Conversation, Problem> {
    let id = context.part("conversation").parse().map_err(|_| Problem::not_found())?;
    let channel = context.channel()?.id;
    let found = context.app.store.conversation(context.scope(), id).await?;
    found.filter(|conversation| conversation.channel == channel).ok_or_else(Problem::not_found)
}

fn happened(event: &SessionEvent, l: Lang) -> Event {
    let what = match event.event.kind {
        Happened::Started => l.session_event_started(),
        Happened::Asked(Prompt::More) => l.session_ask_more(),
        Happened::Asked(Prompt::End) => l.session_ask_end(),
        Happened::Resumed => l.session_event_resumed(),
        Happened::Ended(reason) => l.session_event_ended(&l.session_reason(reason)),
        Happened::Paused(Loop::TooMany) => l.session_event_paused_fast(),
        Happened::Paused(Loop::Same) => l.session_event_paused_same(),
    };
    Event { at: Instant::of(event.event.at, l), what }
}
