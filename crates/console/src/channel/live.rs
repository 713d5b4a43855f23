//! Going live, and resting.

use std::borrow::Cow;

use axum::response::Response;
use warta_core::audit::Action;
use warta_core::channel::{SecretKind, State};
use warta_core::ids::ChannelId;
use warta_core::time::Timestamp;
use warta_gateway::check::checkup;
use warta_http::problem::Problem;
use warta_protocol::describe::{ACCOUNT, FieldSpec};
use warta_store::{Channel, ChannelChange, Error};

use crate::channel::account;
use crate::channel::connection::{self, Draft};
use crate::channel::desk::Desk;

/// Something that a channel lacks to go live.
pub(crate) struct Todo {
    /// What.
    pub(crate) label: Cow<'static, str>,
    /// Where it is entered.
    pub(crate) path: String,
}

/// The fields that a channel lacks to go live: missing or wrong.
pub(crate) fn missing(channel: &Channel, now: Timestamp) -> Vec<&'static FieldSpec> {
    let description = warta_protocol::entry(channel.protocol).description;
    let mut missing: Vec<&'static FieldSpec> = Vec::new();
    missing.extend(channel.account.is_none().then_some(&ACCOUNT));
    let faults = warta_protocol::faults(channel.protocol, &channel.settings);
    missing.extend(faults.iter().filter_map(|fault| description.field(fault.field)));
    let lacks = |kind: SecretKind| channel.secrets(kind, now).next().is_none();
    let provider = warta_protocol::read(channel.protocol, &channel.settings);
    let needed = |spec: &FieldSpec| provider.as_ref().map_or(spec.required, |provider| provider.needs(spec));
    missing.extend(
        description.secrets().filter(|(kind, spec)| needed(spec) && lacks(*kind)).map(|(_, spec)| spec),
    );
    missing
}

/// Everything that is in the way of going live, each with the place where it is put right.
pub(super) async fn todo(desk: &Desk, channel: &Channel) -> Result<Vec<Todo>, Problem> {
    let l = desk.l;
    let connection = format!("{}/connection", desk.base());
    let mut todo: Vec<_> = missing(channel, desk.app.now())
        .into_iter()
        .map(|spec| Todo { label: l.say(spec.label).into(), path: format!("{connection}#{}", spec.name) })
        .collect();
    if let Some(clash) = account::clash_of(desk, channel).await? {
        todo.push(Todo { label: clash, path: format!("{connection}#{}", ACCOUNT.name) });
    }
    if channel.secrets(SecretKind::WebhookSecret, desk.app.now()).next().is_none() {
        todo.push(Todo { label: l.channel_webhook_secret(), path: format!("{connection}#webhook") });
    }
    let agent = desk.seat.agent.id;
    if desk.app.store.deployment(desk.scope(), agent, desk.environment).await?.is_none() {
        todo.push(Todo { label: l.channel_agent_address(), path: format!("/agents/{agent}") });
    }
    Ok(todo)
}

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
