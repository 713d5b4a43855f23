//! The hand-off page of a channel: the sheet, and the links to it.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::channel::SecretKind;
use warta_core::ids::HandoffId;
use warta_gateway::app::App;
use warta_gateway::webhook_address;
use warta_http::problem::Problem;
use warta_protocol::handoff::{Missing, Sheet};
use warta_store::Handoff;

use crate::channel::{self, ChannelContext, Head};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::handoff::sheet::{self, SheetView, Ticks};
use crate::handoff::token;
use crate::texts::Lang;
use crate::view::{self, Instant};

/// The selectable validity of a link, in days.
const DAYS: [u32; 3] = [1, 7, 30];
/// The default choice.
const USUAL: u32 = 7;

#[derive(Template)]
#[template(path = "handoff/inside.html")]
struct Page {
    l: Lang,
    chrome: Chrome,
    head: Head,
    note: Option<Cow<'static, str>>,
    missing: Vec<Todo>,
    address_refused: Option<Cow<'static, str>>,
    /// Absent while something is missing.
    sheet: Option<SheetView>,
    available: bool,
    secret_in_address: bool,
    may_change: bool,
    days: Vec<Day>,
    links: Vec<Link>,
}

/// A field that must be saved first, and its section.
struct Todo {
    label: Cow<'static, str>,
    section: &'static str,
}

/// A choice of how long.
struct Day {
    count: u32,
    label: Cow<'static, str>,
    usual: bool,
}

/// A link that was made.
struct Link {
    id: String,
    made_by: Cow<'static, str>,
    made_at: Instant,
    /// The label and the time of its end.
    ends: (Cow<'static, str>, Instant),
    works: bool,
    opened: Option<Instant>,
    done: Cow<'static, str>,
    /// Shown while the link is valid, to people who may create links.
    address: Option<String>,
    revoke: Cow<'static, str>,
}

/// The query parameters of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    done: String,
}

/// `GET B/handoff`
pub(crate) async fn page(
    context: ChannelContext,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let (app, l, channel) = (&*context.app, context.l, context.channel()?);
    let links = app.store.handoffs(context.scope(), channel.id).await?;
    let may_change = context.may_change();
    let sheet = sheet::of(app, channel, !may_change);
    let steps = sheet.as_ref().map_or(0, |sheet| sheet.steps.len());
    let ready = sheet.as_ref().filter(|sheet| sheet.missing.is_empty());
    let refused = sheet.as_ref().filter(|sheet| sheet.address_refused);
    let head = context.head(channel::Page::Handoff).await?;
    let heading = format!("{} · {}", l.handoff_outside(&context.seat.agent.name), head.life.word);
    let page = Page {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head,
        note: note(&query.done, l),
        missing: sheet.iter().flat_map(|sheet| todo(sheet, l)).collect(),
        address_refused: refused.map(|_| l.handoff_address_refused(&app.settings.public_url)),
        sheet: ready.map(|sheet| SheetView::of(sheet, &heading, &all_ticks(&links), false, l)),
        available: sheet.is_some(),
        secret_in_address: webhook_address::proof(channel.protocol) == SecretKind::WebhookSecret,
        may_change,
        days: DAYS.map(|count| Day { count, label: l.handoff_days(count), usual: count == USUAL }).into(),
        links: links.iter().map(|link| shown(app, link, (may_change, steps), l)).collect(),
    };
    Ok(view::page(&page))
}

/// `POST B/handoff`: makes a link.
pub(crate) async fn make(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (app, channel) = (&*context.app, context.channel()?);
    let ready = sheet::of(app, channel, true).is_some_and(|sheet| sheet.missing.is_empty());
    // The page offers nothing else: what is not on it was made by hand, and is answered with the page.
    let days = typed.text("days").parse().ok().filter(|days| ready && DAYS.contains(days));
    let Some(days) = days else { return Ok(back(&context, "")) };
    let now = app.now();
    let id = HandoffId::from_uuid(app.minter.uuid(now));
    let ends = now.after(Duration::from_hours(24).saturating_mul(days));
    let entry = context.entry(Action::HandoffMade, &ends.to_string(), Vec::new());
    app.store.create_handoff(context.scope(), (channel.id, id), ends, &entry).await?;
    Ok(back(&context, "?done=made#links"))
}

/// `POST B/handoff/{link}/revoke`
pub(crate) async fn revoke(context: ChannelContext) -> Result<Response, Problem> {
    let links = context.app.store.handoffs(context.scope(), context.channel()?.id).await?;
    let link = links.iter().find(|known| known.id.to_string() == context.part("link"));
    let link = link.ok_or_else(Problem::not_found)?;
    if link.revoked_at.is_none() {
        let entry = context.entry(Action::HandoffRevoked, &link.created_at.to_string(), Vec::new());
        context.app.store.revoke_handoff(context.scope(), link.id, &entry).await?;
    }
    Ok(back(&context, "?done=revoked#links"))
}

fn back(context: &ChannelContext, rest: &str) -> Response {
    Redirect::to(&format!("{}/handoff{rest}", context.base())).into_response()
}

fn note(done: &str, l: Lang) -> Option<Cow<'static, str>> {
    match done {
        "made" => Some(l.handoff_made_note()),
        "revoked" => Some(l.handoff_revoked_note()),
        _ => None,
    }
}

fn todo(sheet: &Sheet, l: Lang) -> Vec<Todo> {
    let todo = |missing: &Missing| match missing {
        Missing::Account => Todo { label: l.handoff_account(), section: "account" },
        Missing::Field(_, label) => Todo { label: l.say(*label).into(), section: "account" },
        Missing::WebhookSecret => Todo { label: l.handoff_webhook_secret(), section: "webhook" },
    };
    sheet.missing.iter().map(todo).collect()
}

/// The steps ticked through any link, each with its earliest time.
fn all_ticks(links: &[Handoff]) -> Ticks {
    let mut all = Ticks::new();
    for (step, at) in links.iter().flat_map(|link| &link.ticks) {
        let first = all.entry(step.clone()).or_insert(*at);
        *first = (*first).min(*at);
    }
    all
}

fn shown(app: &App, link: &Handoff, (may_change, steps): (bool, usize), l: Lang) -> Link {
    let works = link.is_valid(app.now());
    let (word, end) = match link.revoked_at {
        Some(at) => (l.handoff_was_revoked(), at),
        None if works => (l.handoff_until(), link.expires_at),
        None => (l.handoff_ended(), link.expires_at),
    };
    let made_at = Instant::of(link.created_at, l);
    Link {
        id: link.id.to_string(),
        made_by: l.handoff_made_by(&link.created_by),
        revoke: l.handoff_revoke_this(&made_at.short),
        made_at,
        ends: (word, Instant::of(end, l)),
        works,
        opened: link.opened_at.map(|at| Instant::of(at, l)),
        done: l.handoff_ticked_count(link.ticks.len(), steps),
        address: (works && may_change).then(|| {
            format!("{}/handoff/{}", app.settings.public_url, token::sign(&app.key_pepper, link.id))
        }),
    }
}
