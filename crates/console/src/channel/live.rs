//! Going live and pausing.

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::channel::State;
use warta_core::ids::ChannelId;
use warta_gateway::check::checkup;
use warta_http::problem::Problem;
use warta_store::{Channel, ChannelChange, Error};

use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::draft::Draft;
use crate::channel::readiness::todo;

/// `POST B/live`: goes live, or resumes after a pause.
pub(crate) async fn go_live(context: ChannelContext) -> Result<Response, Problem> {
    let channel = context.channel()?;
    if channel.state == State::Live {
        return Ok(context.done("live", "live"));
    }
    if !todo(&context, channel).await?.is_empty() {
        return refuse(&context, channel).await;
    }
    change_state(&context, State::Live, Action::ChannelWentLive).await
}

/// `POST B/pause`
pub(crate) async fn pause(context: ChannelContext) -> Result<Response, Problem> {
    if context.channel()?.state != State::Live {
        return Ok(context.done("unchanged", "live"));
    }
    change_state(&context, State::Paused, Action::ChannelPaused).await
}

async fn change_state(context: &ChannelContext, state: State, action: Action) -> Result<Response, Problem> {
    let channel = context.channel()?;
    let entry = context.entry(action, state.as_str(), Vec::new());
    let change = ChannelChange { state: Some(state), ..ChannelChange::default() };
    let place = (channel.id, channel.revision);
    match context.app.store.change_channel(context.scope(), place, change, "state", &entry).await {
        Ok(_) if state == State::Live => {
            run_checkup(context, channel.id).await?;
            Ok(context.done("live", "live"))
        }
        Ok(_) => Ok(context.done("paused", "live")),
        // Somebody changed it in the moment between: they see what it is now, and decide again.
        Err(Error::Conflict { .. }) => Ok(context.done("", "live")),
        Err(Error::AccountTaken | Error::Incomplete) => refuse(context, channel).await,
        Err(error) => Err(error.into()),
    }
}

/// Runs a check-up of the current channel, so that the next page shows what still prevents messages.
pub(super) async fn run_checkup(context: &ChannelContext, id: ChannelId) -> Result<(), Problem> {
    if let Some(channel) = context.app.store.channel(id).await? {
        Box::pin(checkup::run(&context.app, &channel, &context.l.sample_said())).await?;
    }
    Ok(())
}

async fn refuse(context: &ChannelContext, channel: &Channel) -> Result<Response, Problem> {
    connection::show(context, channel, Draft { done: "not_ready".into(), ..Draft::default() }).await
}
