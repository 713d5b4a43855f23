//! `/agents/{agent}/delete`: deleting an agent that has no live channel.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::channel::{Environment, State as ChannelState};
use warta_gateway::app::App;
use warta_http::problem::Problem;
use warta_store::Error;

use crate::agents::audit::entry;
use crate::chrome::Chrome;
use crate::form::{Field, Kind, Typed, focus_fault};
use crate::texts::Lang;
use crate::view::{self, Life};
use crate::visitor::{Seat, Visitor};

#[derive(Template)]
#[template(path = "agents/delete.html")]
struct DeletePage {
    l: Lang,
    chrome: Chrome,
    agent: String,
    name: String,
    /// The channels that must be paused first.
    live: Vec<LiveChannel>,
    field: Field,
    at_fault: bool,
}

/// A live channel.
struct LiveChannel {
    life: Life,
    environment: Environment,
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

async fn read(app: &App, visitor: &Visitor, seat: &Seat, l: Lang) -> Result<DeletePage, Problem> {
    let mut live = Vec::new();
    for environment in Environment::ALL.iter().copied() {
        let channel = app.store.channel_of(visitor.scope(), seat.agent.id, environment).await?;
        if let Some(channel) = channel.filter(|channel| channel.state == ChannelState::Live) {
            let account = channel.account.as_ref().map(ToString::to_string).unwrap_or_default();
            live.push(LiveChannel { life: Life::of(environment, l), environment, account });
        }
    }
    Ok(DeletePage {
        l,
        chrome: Chrome::of(visitor, l),
        agent: seat.agent.id.to_string(),
        name: seat.agent.name.clone(),
        live,
        field: Field::new(l, "name", Kind::Text, l.delete_type_name(&seat.agent.name)),
        at_fault: false,
    })
}

/// `POST`
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (l, agent) = (visitor.lang(&headers), &seat.agent);
    if typed.text("name") != agent.name.trim() {
        return refused(&app, (&visitor, &seat, l), typed.text("name"), Some(l.delete_name_differs())).await;
    }
    let entry = entry(&app, &visitor, (agent.id, &agent.name), Action::AgentDeleted, Vec::new());
    match app.store.delete_agent(visitor.scope(), agent.id, &entry).await {
        Ok(()) => {
            app.directory.forget();
            Ok(Redirect::to("/?done=agent-deleted").into_response())
        }
        // The page says which.
        Err(Error::ChannelLive) => refused(&app, (&visitor, &seat, l), typed.text("name"), None).await,
        Err(error) => Err(error.into()),
    }
}

async fn refused(
    app: &App,
    (visitor, seat, l): (&Visitor, &Seat, Lang),
    typed: &str,
    fault: Option<Cow<'static, str>>,
) -> Result<Response, Problem> {
    let mut page = read(app, visitor, seat, l).await?;
    page.field = page.field.value(typed).fault(fault);
    focus_fault([&mut page.field]);
    page.at_fault = true;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, view::page(&page)).into_response())
}
