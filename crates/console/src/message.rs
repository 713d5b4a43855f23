//! `GET /messages/{id}`: one message and what happened to it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;
use warta_core::ids::MessageId;
use warta_core::message::Direction;
use warta_core::permission::{OrganizationPermission, Permission};
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{MessageRow, TimelineEvent};

use crate::chrome::Chrome;
use crate::texts::Lang;
use crate::view::{self, Instant, Life, Track};
use crate::visitor::{Seat, Visitor};

/// The page. With the header `X-Fragment` only the part that changes.
pub(crate) async fn message(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: MessageId = id.parse().map_err(|_| Problem::not_found())?;
    let row = app.store.message(visitor.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if !may_read(&app, &visitor, &row).await? {
        return Err(Problem::not_found());
    }
    let conversation = app.store.conversation(visitor.scope(), row.conversation).await?;
    let timeline = app.store.timeline(visitor.scope(), id).await?;
    let l = visitor.lang(&headers);
    let user = conversation.map(|found| view::user(&found.user, l)).unwrap_or_default();
    let story = Story::new(&row, &timeline, &user, l);
    Ok(if headers.contains_key("x-fragment") {
        view::page(&story)
    } else {
        view::page(&Message { l, chrome: Chrome::of(&visitor, l), story })
    })
}

/// Whether the visitor may read this agent's messages.
async fn may_read(app: &App, visitor: &Visitor, row: &MessageRow) -> Result<bool, Problem> {
    if visitor.role.may(OrganizationPermission::SeeActivity) {
        return Ok(true);
    }
    let Some(channel) = app.store.channel(row.channel).await? else { return Ok(false) };
    let seat = Seat::of(app, visitor, channel.agent).await?;
    Ok(seat.is_some_and(|seat| seat.may(Permission::ExportHistory)))
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    l: Lang,
    chrome: Chrome,
    story: Story,
}

/// A message and what happened to it.
#[derive(Template)]
#[template(path = "story.html")]
struct Story {
    l: Lang,
    life: Life,
    title: Cow<'static, str>,
    said: String,
    track: Track,
    failure: Option<String>,
    possible_duplicate: bool,
    steps: Vec<Step>,
    facts: Vec<Fact>,
}

/// A step of the timeline.
struct Step {
    tone: &'static str,
    who: Cow<'static, str>,
    what: Cow<'static, str>,
    at: Instant,
    later: Option<Cow<'static, str>>,
    notes: Vec<String>,
}

/// A line of the details.
struct Fact {
    name: Cow<'static, str>,
    value: String,
    link: bool,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Story {}

impl Story {
    fn new(row: &MessageRow, timeline: &[TimelineEvent], user: &str, l: Lang) -> Self {
        let inbound = row.content.direction() == Direction::Inbound;
        let failure = row.failure.as_ref().map(|failure| match failure.provider_code {
            Some(code) => format!("{} ({}, {code})", failure.detail, failure.code),
            None => format!("{} ({})", failure.detail, failure.code),
        });
        Self {
            l,
            life: Life::of(row.environment, l),
            title: if inbound { l.from(user) } else { l.to(user) },
            said: view::said(row, l),
            track: Track::of(&row.content, l),
            failure,
            possible_duplicate: row.possible_duplicate,
            steps: steps(row, timeline, inbound, l),
            facts: facts(row, l),
        }
    }
}

fn steps(row: &MessageRow, timeline: &[TimelineEvent], inbound: bool, l: Lang) -> Vec<Step> {
    let first = Step {
        tone: "wait",
        who: if inbound { l.stored() } else { l.asked_for() },
        what: Cow::from(""),
        at: Instant::of(row.created_at, l),
        later: None,
        notes: Vec::new(),
    };
    let before = std::iter::once(row.created_at).chain(timeline.iter().map(|event| event.at));
    let rest = timeline.iter().zip(before).map(|(event, before)| step(event, before, l));
    std::iter::once(first).chain(rest).collect()
}

fn step(event: &TimelineEvent, before: Timestamp, l: Lang) -> Step {
    let (who, what) = match event.kind.as_str() {
        "status" => (l.by_provider(), l.status(&event.status)),
        "agent" => (l.agent_status(&event.status), Cow::from("")),
        "answer" => (l.answer_unsent(), Cow::from("")),
        "send" => (l.by_us(), l.status(&event.status)),
        _ => (l.by_hand(), l.agent_status(&event.status)),
    };
    let mut notes = Vec::new();
    if let Some(at) = event.provider_at {
        notes.push(l.provider_clock(&Instant::of(at, l).short).into_owned());
    }
    if let Some(took) = event.detail.get("duration_ms").and_then(Value::as_u64) {
        notes.push(l.took(&view::format_duration(Duration::from_millis(took))).into_owned());
    }
    if let Some(error) = event.detail.get("error") {
        notes.extend(error.get("detail").and_then(Value::as_str).map(str::to_owned));
        notes.extend(error.get("provider_code").and_then(Value::as_i64).map(|code| code.to_string()));
    }
    let later = event.at.since(before);
    Step {
        tone: tone(&event.status),
        who,
        what,
        at: Instant::of(event.at, l),
        later: (!later.is_zero()).then(|| l.later(&view::format_duration(later))),
        notes,
    }
}

fn tone(status: &str) -> &'static str {
    match status {
        "delivered" => "good",
        "read" | "played" => "read",
        "accepted" | "sent" => "sent",
        "uncertain" | "retry" | "unsent" => "doubt",
        "failed" | "dead" | "expired" | "canceled" => "bad",
        _ => "wait",
    }
}

fn facts(row: &MessageRow, l: Lang) -> Vec<Fact> {
    let mut facts = vec![
        Fact { name: l.kind(), value: row.content.kind().to_owned(), link: false },
        Fact { name: l.message_id(), value: row.id.to_string(), link: false },
        Fact { name: l.conversation(), value: row.conversation.to_string(), link: false },
        Fact { name: l.channel(), value: row.channel.to_string(), link: false },
        Fact { name: l.attempts(), value: row.attempts.to_string(), link: false },
    ];
    facts.extend(row.provider_id.clone().map(|value| Fact { name: l.provider_id(), value, link: false }));
    facts.extend(row.reply_to.map(|id| Fact { name: l.answers(), value: id.to_string(), link: true }));
    facts
}
