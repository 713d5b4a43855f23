//! Going live, and resting.

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::channel::State;
use warta_core::ids::ChannelId;
use warta_gateway::check::checkup;
use warta_http::problem::Problem;
use warta_store::{Channel, ChannelChange, Error};

use crate::channel::connection;
use crate::channel::desk::Desk;
use crate::channel::draft::Draft;
use crate::channel::readiness::todo;

/// `POST B/live`: puts the channel to work, or back to work.
pub(crate) async fn go_live(desk: Desk) -> Result<Response, Problem> {
    let channel = desk.channel()?;
    if channel.state == State::Live {
        return Ok(desk.done("live", "live"));
    }
    if !todo(&desk, channel).await?.is_empty() {
        return refuse(&desk, channel).await;
    }
    turn(&desk, State::Live, Action::ChannelWentLive).await
}

/// `POST B/pause`
pub(crate) async fn pause(desk: Desk) -> Result<Response, Problem> {
    if desk.channel()?.state != State::Live {
        return Ok(desk.done("unchanged", "live"));
    }
    turn(&desk, State::Paused, Action::ChannelPaused).await
}

async fn turn(desk: &Desk, state: State, action: Action) -> Result<Response, Problem> {
    let channel = desk.channel()?;
    let entry = desk.entry(action, state.as_str(), Vec::new());
    let change = ChannelChange { state: Some(state), ..ChannelChange::default() };
    let place = (channel.id, channel.revision);
    match desk.app.store.change_channel(desk.scope(), place, change, "state", &entry).await {
        Ok(_) if state == State::Live => {
            look(desk, channel.id).await?;
            Ok(desk.done("live", "live"))
        }
        Ok(_) => Ok(desk.done("paused", "live")),
        // Somebody changed it in the moment between: they see what it is now, and decide again.
        Err(Error::Conflict { .. }) => Ok(desk.done("", "live")),
        Err(Error::AccountTaken | Error::Incomplete) => refuse(desk, channel).await,
        Err(error) => Err(error.into()),
    }
}

/// Checks a channel as it is now, so that the page that follows says what is still in the way of a message.
pub(super) async fn look(desk: &Desk, id: ChannelId) -> Result<(), Problem> {
    if let Some(channel) = desk.app.store.channel(id).await? {
        Box::pin(checkup::run(&desk.app, &channel, &desk.l.sample_said())).await?;
    }
    Ok(())
}

async fn refuse(desk: &Desk, channel: &Channel) -> Result<Response, Problem> {
    connection::show(desk, channel, Draft { done: "not_ready".into(), ..Draft::default() }).await
}
