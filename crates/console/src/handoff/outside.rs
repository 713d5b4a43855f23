//! The hand-off page for people without an account. The link's signature is the authorization; the page uses the language of
//! their browser.

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
use crate::handoff::sheet::{self, SheetView};
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
    sheet: SheetView,
}

#[derive(Template)]
#[template(path = "handoff/gone.html")]
struct GonePage {
    l: Lang,
}

/// The query parameters of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    done: String,
}

/// `GET /handoff/{token}`
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(query): Query<PageQuery>,
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
        saved: query.done == "saved",
        incomplete: !sheet.missing.is_empty(),
        sheet: SheetView::of(&sheet, &heading, &handoff.ticks, true, l),
    };
    Ok(hidden(view::page(&page)))
}

/// `POST /handoff/{token}`: saves the ticks. `was` lists the steps that the page showed as ticked, so that an old page does not
/// remove the ticks of others.
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

/// The hand-off of a valid token, with its channel.
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
    hidden((StatusCode::GONE, view::page(&GonePage { l })).into_response())
}

/// Keeps search engines away. The frame already sets the headers against caching and referrers.
fn hidden(mut response: Response) -> Response {
    let (name, value) =
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response.headers_mut().insert(name, value);
    response
}
