//! The hand-off for people without an account: the link's signature is the proof, and the page is told in the language of their
//! browser.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use warta_core::audit::Action;
use warta_core::ids::AuditId;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{By, Channel, Entry, Handoff, Scope};

use crate::form::Typed;
use crate::handoff::sheet::{self, Shown};
use crate::handoff::token;
use crate::texts::Lang;
use crate::view::{self, Instant, Life};
use crate::visitor;

#[derive(Template)]
#[template(path = "handoff/outside.html")]
struct Page {
    l: Lang,
    life: Life,
    organization: String,
    title: Cow<'static, str>,
    asks: Cow<'static, str>,
    until: Instant,
    token: String,
    saved: bool,
    incomplete: bool,
    sheet: Shown,
}

#[derive(Template)]
#[template(path = "handoff/gone.html")]
struct Gone {
    l: Lang,
}

/// What a page was called with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET /handoff/{token}`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let l = Lang::of(&headers);
    let Some((handoff, channel)) = open(&app, &token).await? else { return Ok(gone(l)) };
    let Some(sheet) = sheet::of(&app, &channel, false) else { return Ok(gone(l)) };
    let scope = Scope::new(handoff.organization);
    let agent = app.store.agent(scope, channel.agent).await?.map(|agent| agent.name).unwrap_or_default();
    let organization = app.store.organization_name(scope).await?.unwrap_or_default();
    if handoff.opened_at.is_none() {
        app.store.open_handoff(handoff.id, app.now()).await?;
    }
    let life = Life::of(channel.environment, l);
    let title = l.handoff_outside(&agent);
    let heading = format!("{title} · {}", life.word);
    let page = Page {
        l,
        life,
        asks: l.handoff_asks(&handoff.created_by, &organization),
        organization,
        title,
        until: Instant::of(handoff.expires_at, l),
        token,
        saved: asked.done == "saved",
        incomplete: !sheet.missing.is_empty(),
        sheet: Shown::of(&sheet, &heading, &handoff.ticks, true, l),
    };
    Ok(hidden(view::page(&page)))
}

/// `POST /handoff/{token}`: what is ticked now. Each step that was shown ticked is named in `was`, so that a page left open
/// takes no tick of another away.
pub(crate) async fn tick(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Parts,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = Lang::of(&request.headers);
    let Some((handoff, channel)) = open(&app, &token).await? else { return Ok(gone(l)) };
    let Some(sheet) = sheet::of(&app, &channel, true) else { return Ok(gone(l)) };
    let ours = |step: &'static str| entry(&app, &handoff, &channel, (step, visitor::address(&app, &request)));
    let (was, now): (BTreeSet<_>, BTreeSet<_>) = (typed.all("was").collect(), typed.all("done").collect());
    for step in sheet.steps.iter().map(|step| step.name) {
        let done = now.contains(step);
        if done != was.contains(step) {
            app.store.tick_handoff(handoff.id, step, done, &ours(step)).await?;
        }
    }
    Ok(Redirect::to(&format!("/handoff/{token}?done=saved")).into_response())
}

/// The hand-off a token opens, with its channel, while it works.
async fn open(app: &App, token: &str) -> Result<Option<(Handoff, Channel)>, Problem> {
    let Some(id) = token::open(&app.key_pepper, token) else { return Ok(None) };
    let Some(handoff) = app.store.handoff(id).await? else { return Ok(None) };
    if !handoff.is_valid(app.now()) {
        return Ok(None);
    }
    let channel = app.store.channel(handoff.channel).await?;
    Ok(channel.map(|channel| (handoff, channel)))
}

fn entry(app: &App, handoff: &Handoff, channel: &Channel, (step, address): (&str, String)) -> Entry {
    let now = app.now();
    // Nobody we know: whoever was given the link.
    let by = By { person: None, actor: handoff.id.to_string(), address };
    let mut entry = Entry::new(AuditId::from_uuid(app.minter.uuid(now)), by, Action::HandoffTicked, now);
    (entry.agent, entry.channel) = (Some(channel.agent), Some(channel.id));
    step.clone_into(&mut entry.subject);
    entry
}

fn gone(l: Lang) -> Response {
    hidden((StatusCode::GONE, view::page(&Gone { l })).into_response())
}

/// Keeps a page from those who collect pages. That it is neither stored nor told to others is the frame's.
fn hidden(mut response: Response) -> Response {
    let (name, value) =
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response.headers_mut().insert(name, value);
    response
}
