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

use crate::channel::Desk;
use crate::channel::{Head, Page};
use crate::chrome::Chrome;
use crate::doctor::first::{First, Way};
use crate::doctor::rows::{Paths, Row};
use crate::doctor::trail::LoopBack;
use crate::texts::Lang;
use crate::view::{self, Instant};

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(channel) = desk.found() else {
        // What is not set up begins on the connection page.
        return Ok(Redirect::to(&format!("{}/connection", desk.base())).into_response());
    };
    if headers.contains_key("x-fragment") {
        return Ok(view::page(&Live::read(&desk, channel).await?));
    }
    if desk.may_change() {
        begin(&desk, channel);
    }
    let l = desk.l;
    let note = match query.get("done").map(String::as_str) {
        Some("checked") => Some(Note { tone: "good", text: l.doctor_checked() }),
        Some("mended") => Some(Note { tone: "good", text: l.doctor_mended() }),
        _ => None,
    };
    show(&desk, channel, note).await
}

/// Shows the page with a note on top.
pub(super) async fn show(desk: &Desk, channel: &Channel, note: Option<Note>) -> Result<Response, Problem> {
    let l = desk.l;
    let status = match &note {
        Some(Note { tone: "bad", .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(_) | None => StatusCode::OK,
    };
    let page = Overview {
        l,
        chrome: Chrome::of(&desk.visitor, l),
        head: desk.head(Page::Overview).await?,
        note,
        live: Live::read(desk, channel).await?,
    };
    Ok((status, view::page(&page)).into_response())
}

/// A line on top of the page.
pub(super) struct Note {
    pub(super) tone: &'static str,
    pub(super) text: Cow<'static, str>,
}

/// Checks the channel beside the page when that was never done, or the channel has changed since.
fn begin(desk: &Desk, channel: &Channel) {
    let fresh = Checkup::last(channel).is_some_and(|last| last.revision == channel.revision);
    if fresh || !desk.app.memory.checkups.begin(channel.id) {
        return;
    }
    let under_way = UnderWay { app: Arc::clone(&desk.app), channel: channel.clone() };
    let said = desk.l.sample_said();
    desk.app.tasks.spawn(async move {
        let UnderWay { app, channel } = &under_way;
        if let Err(error) = checkup::run(app, channel, &said).await {
            tracing::error!(channel.id = %channel.id, %error, "a channel could not be checked");
        }
    });
}

/// A check-up that ends with the value, however it ends.
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

/// What changes while one looks.
#[derive(Template)]
#[template(path = "doctor/live.html")]
struct Live {
    l: Lang,
    base: String,
    may_change: bool,
    under_way: bool,
    /// The colour and the words of the whole.
    verdict: (&'static str, Cow<'static, str>),
    checked: Option<Instant>,
    changed: bool,
    rows: Vec<Row>,
    loopback: LoopBack,
    first: First,
}

/// It escapes what it shows itself.
impl askama::filters::HtmlSafe for Live {}

impl Live {
    async fn read(desk: &Desk, channel: &Channel) -> Result<Self, Problem> {
        let (app, l, base) = (&desk.app, desk.l, desk.base());
        let last = Checkup::last(channel);
        let agent = format!("/agents/{}", desk.seat.agent.id);
        let paths = Paths { base: &base, agent: &agent, may_change: desk.may_change() };
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
        let inbound_at = app.store.traffic(desk.scope(), channel.id).await?.inbound_at;
        Ok(Self {
            verdict: verdict(&findings, l),
            rows: findings.iter().map(|finding| Row::of(finding, &paths, l)).collect(),
            loopback: LoopBack::of(app, channel, l).await?,
            first: First::of(channel, &desk.seat.agent.name, (inbound_at, display.as_deref()), l),
            under_way: app.memory.checkups.is_running(channel.id),
            may_change: desk.may_change(),
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
