//! `/agents/{agent}/deployments/draft/remove`: removing the draft deployment, and keeping or deleting the Draft channel.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::channel::Environment;
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::{Channel, DraftChannel};

use crate::agents::audit::{change, entry};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::pill::Pill;
use crate::texts::Lang;
use crate::view::{self, Life};
use crate::visitor::{Seat, Visitor};

#[derive(Template)]
#[template(path = "agents/remove.html")]
struct RemovePage {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    url: String,
    channel: Option<ChannelLine>,
    fault: Option<Cow<'static, str>>,
}

struct ChannelLine {
    life: Life,
    pill: Pill,
    account: String,
}

/// `GET`
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = read(&app, &visitor, &seat, visitor.lang(&headers)).await?;
    Ok(view::page(&page))
}

async fn read(app: &App, visitor: &Visitor, seat: &Seat, l: Lang) -> Result<RemovePage, Problem> {
    let (scope, agent) = (visitor.scope(), &seat.agent);
    let saved = app.store.deployment(scope, agent.id, Environment::Draft).await?;
    let channel = app.store.channel_of(scope, agent.id, Environment::Draft).await?;
    let line = |channel: &Channel| ChannelLine {
        life: Life::of(Environment::Draft, l),
        pill: Pill::of(Some(channel), app.now(), l),
        account: channel.account.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    Ok(RemovePage {
        l,
        chrome: Chrome::of(visitor, l),
        agent: agent.id.to_string(),
        name: agent.name.clone(),
        url: saved.ok_or_else(Problem::not_found)?.url,
        channel: channel.as_ref().map(line),
        fault: None,
    })
}

/// `POST`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let l = visitor.lang(&headers);
    let mut page = read(&app, &visitor, &seat, l).await?;
    let (choice, word) = match (typed.text("channel"), &page.channel) {
        ("delete", _) => (DraftChannel::Delete, Some("deleted")),
        ("pause", _) => (DraftChannel::Pause, Some("paused")),
        ("keep", _) => (DraftChannel::Keep, Some("kept")),
        (_, None) => (DraftChannel::Keep, None),
        (_, Some(_)) => {
            page.fault = Some(l.remove_choose());
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response());
        }
    };
    let changes = [
        change("draft_url", Some(page.url), None),
        word.filter(|_| page.channel.is_some())
            .and_then(|word| change("draft_channel", None, Some(word.to_owned()))),
    ];
    let agent = &seat.agent;
    let changes = changes.into_iter().flatten().collect();
    let entry = entry(&app, &visitor, (agent.id, &agent.name), Action::DeploymentRemoved, changes);
    app.store.remove_draft_deployment(visitor.scope(), agent.id, choice, &entry).await?;
    app.directory.forget();
    Ok(Redirect::to(&format!("/agents/{}?done=removed", agent.id)).into_response())
}
