//! `B/conversations`: the sessions in progress, what comes next in each, and what happened in one.

use std::borrow::Cow;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::ids::ConversationId;
use warta_core::session::{Happened, Prompt, Settings, State, due};
use warta_http::problem::Problem;
use warta_store::{Conversation, Error, SessionEvent};

use crate::channel::{Desk, Head, Page};
use crate::chrome::Chrome;
use crate::texts::Lang;
use crate::view::{self, Instant};

/// How many stand on the page: those whose next step is nearest.
const PAGE: u32 = 100;
/// How much of a conversation's history is shown.
const HISTORY: u32 = 200;

#[derive(Template)]
#[template(path = "conversations/list.html")]
struct List {
    l: Lang,
    chrome: Chrome,
    head: Head,
    ending: bool,
    lines: Vec<Line>,
    /// Where those are that cannot be read.
    damaged: Vec<String>,
}

#[derive(Template)]
#[template(path = "conversations/one.html")]
struct One {
    l: Lang,
    chrome: Chrome,
    head: Head,
    line: Line,
    events: Vec<Event>,
}

/// A conversation.
struct Line {
    id: ConversationId,
    user: String,
    last: Option<Instant>,
    /// What comes next and when; `None` where no session is in progress.
    next: Option<(Cow<'static, str>, Instant)>,
}

/// Something that happened to a session.
struct Event {
    at: Instant,
    what: Cow<'static, str>,
}

impl Line {
    fn of(conversation: &Conversation, settings: &Settings, l: Lang) -> Self {
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
        }
    }
}

/// What the list was called with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET B/conversations`
pub(crate) async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let (channel, l) = (desk.channel()?, desk.l);
    let open = desk.app.store.open_sessions(desk.scope(), channel.id, PAGE).await?;
    let (mut lines, mut damaged) = (Vec::new(), Vec::new());
    for conversation in open {
        match conversation {
            Ok(conversation) => lines.push(Line::of(&conversation, &channel.session, l)),
            Err(Error::Corrupt { table, column, id }) => damaged.push(format!("{table}.{column} {id}")),
            Err(error) => return Err(error.into()),
        }
    }
    let page = List {
        l,
        chrome: Chrome::of(&desk.visitor, l),
        head: desk.head(Page::Conversations).await?,
        ending: asked.done == "ending",
        lines,
        damaged,
    };
    Ok(view::page(&page).into_response())
}

/// `GET B/conversations/{conversation}`
pub(crate) async fn one(desk: Desk) -> Result<Response, Problem> {
    let (channel, l) = (desk.channel()?, desk.l);
    let conversation = conversation(&desk).await?;
    let events = desk.app.store.session_events(desk.scope(), conversation.id, HISTORY).await?;
    let page = One {
        l,
        chrome: Chrome::of(&desk.visitor, l),
        head: desk.head(Page::Conversations).await?,
        line: Line::of(&conversation, &channel.session, l),
        events: events.iter().map(|event| happened(event, l)).collect(),
    };
    Ok(view::page(&page).into_response())
}

/// `POST B/conversations/{conversation}/end`
pub(crate) async fn end(desk: Desk) -> Result<Response, Problem> {
    let conversation = conversation(&desk).await?;
    if let Some(open) = conversation.session.open() {
        let entry = desk.entry(Action::SessionEnded, &open.id.to_string(), Vec::new());
        desk.app.store.ask_end(desk.scope(), conversation.id, desk.app.now(), Some(&entry)).await?;
    }
    Ok(Redirect::to(&format!("{}/conversations?done=ending", desk.base())).into_response())
}

/// The conversation that the path names, of this channel.
async fn conversation(desk: &Desk) -> Result<Conversation, Problem> {
    let id = desk.part("conversation").parse().map_err(|_| Problem::not_found())?;
    let channel = desk.channel()?.id;
    let found = desk.app.store.conversation(desk.scope(), id).await?;
    found.filter(|conversation| conversation.channel == channel).ok_or_else(Problem::not_found)
}

fn happened(event: &SessionEvent, l: Lang) -> Event {
    let what = match event.event.kind {
        Happened::Started => l.session_event_started(),
        Happened::Asked(Prompt::More) => l.session_ask_more(),
        Happened::Asked(Prompt::End) => l.session_ask_end(),
        Happened::Resumed => l.session_event_resumed(),
        Happened::Ended(reason) => l.session_event_ended(&l.session_reason(reason)),
    };
    Event { at: Instant::of(event.event.at, l), what }
}
