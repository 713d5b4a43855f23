//! `GET B`: the overview of a channel. With the header `X-Fragment` only the part that changes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::checkup::{Finding, Heard, Outcome};
use warta_gateway::app::App;
use warta_gateway::check::checkup::{self, Checkup};
use warta_http::problem::Problem;
use warta_store::Channel;

use crate::channel::ChannelContext;
use crate::channel::{Head, Page};
use crate::chrome::Chrome;
use crate::doctor::first_message::{FirstMessage, Way};
use crate::doctor::loopback::LoopBack;
use crate::doctor::rows::{CheckRow, Paths};
use crate::texts::Lang;
use crate::view::{self, Instant};

/// The page.
pub(crate) async fn page(
    context: ChannelContext,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(channel) = context.found() else {
        // What is not set up begins on the connection page.
        return Ok(Redirect::to(&format!("{}/connection", context.base())).into_response());
    };
    if headers.contains_key("x-fragment") {
        return Ok(view::page(&Live::read(&context, channel).await?));
    }
    if context.may_change() {
        begin(&context, channel);
    }
    let l = context.l;
    let note = match query.get("done").map(String::as_str) {
        Some("checked") => Some(Note { tone: "good", text: l.doctor_checked() }),
        Some("mended") => Some(Note { tone: "good", text: l.doctor_mended() }),
        _ => None,
    };
    show(&context, channel, note).await
}

/// Shows the page with a note on top.
pub(super) async fn show(
    context: &ChannelContext,
    channel: &Channel,
    note: Option<Note>,
) -> Result<Response, Problem> {
    let l = context.l;
    let status = match &note {
        Some(Note { tone: "bad", .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(_) | None => StatusCode::OK,
    };
    let page = Overview {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Overview).await?,
        note,
        live: Live::read(context, channel).await?,
    };
    Ok((status, view::page(&page)).into_response())
}

/// A line on top of the page.
pub(super) struct Note {
    pub(super) tone: &'static str,
    pub(super) text: Cow<'static, str>,
}

/// Starts a check-up in the background if there was none since the last change of the channel.
fn begin(context: &ChannelContext, channel: &Channel) {
    let fresh = Checkup::last(channel).is_some_and(|last| last.revision == channel.revision);
    if fresh || !context.app.memory.checkups.begin(channel.id) {
        return;
    }
    let under_way = UnderWay { app: Arc::clone(&context.app), channel: channel.clone() };
    let said = context.l.sample_said();
    context.app.tasks.spawn(async move {
        let UnderWay { app, channel } = &under_way;
        if let Err(error) = checkup::run(app, channel, &said).await {
            tracing::error!(channel.id = %channel.id, %error, "a channel could not be checked");
        }
    });
}

/// Marks a check-up as running until it is dropped, also after a panic.
struct UnderWay {
    app: Arc<App>,
    channel: Channel,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.app.memory.checkups.end(self.channel.id);
    }
}

#[derive(Template)]
#[template(path = "doctor/page.html")]
struct Overview {
    l: Lang,
    chrome: Chrome,
    head: Head,
    note: Option<Note>,
    live: Live,
}

/// The part of the page that refreshes itself.
#[derive(Template)]
#[template(path = "doctor/live.html")]
struct Live {
    l: Lang,
    base: String,
    may_change: bool,
    under_way: bool,
    /// The colour and the text of the overall result.
    verdict: (&'static str, Cow<'static, str>),
    checked: Option<Instant>,
    changed: bool,
    rows: Vec<CheckRow>,
    loopback: LoopBack,
    first: FirstMessage,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Live {}

impl Live {
    async fn read(context: &ChannelContext, channel: &Channel) -> Result<Self, Problem> {
        let (app, l, base) = (&context.app, context.l, context.base());
        let last = Checkup::last(channel);
        let agent = format!("/agents/{}", context.seat.agent.id);
        let paths = Paths { base: &base, agent: &agent, may_change: context.may_change() };
        let display = last.as_ref().and_then(|last| match &last.evidence.number {
            Heard::Said(number) => number.display.clone(),
            Heard::Refused(_) | Heard::Unable(_) | Heard::Silent(_) | Heard::NotAsked => None,
        });
        let checked = last.as_ref().map(|last| Instant::of(last.evidence.at, l));
        let changed = last.as_ref().is_some_and(|last| last.revision != channel.revision);
        let findings = match last {
            Some(last) => checkup::findings(app, channel, last.evidence).await?,
            None => Vec::new(),
        };
        let inbound_at = app.store.traffic(context.scope(), channel.id).await?.inbound_at;
        Ok(Self {
            verdict: verdict(&findings, l),
            rows: findings.iter().map(|finding| CheckRow::of(finding, &paths, l)).collect(),
            loopback: LoopBack::of(app, channel, l).await?,
            first: FirstMessage::of(channel, &context.seat.agent.name, (inbound_at, display.as_deref()), l),
            under_way: app.memory.checkups.is_running(channel.id),
            may_change: context.may_change(),
            l,
            base,
            checked,
            changed,
        })
    }
}

fn verdict(findings: &[Finding], l: Lang) -> (&'static str, Cow<'static, str>) {
    let count = |outcome| findings.iter().filter(|finding| finding.outcome == outcome).count();
    match (findings.len(), count(Outcome::Bad), count(Outcome::Warning)) {
        (0, ..) => ("none", l.doctor_never()),
        (_, 0, 0) => ("good", l.doctor_all_good()),
        (_, 0, watch) => ("doubt", l.doctor_watch(watch)),
        (_, bad, _) => ("bad", l.doctor_bad(bad)),
    }
}
