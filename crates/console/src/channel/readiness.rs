//! What a channel still lacks to go live.

use std::borrow::Cow;

use warta_core::channel::SecretKind;
use warta_core::time::Timestamp;
use warta_http::problem::Problem;
use warta_protocol::describe::{ACCOUNT, FieldSpec};
use warta_store::Channel;

use crate::channel::account_owner::clash_of;
use crate::channel::context::ChannelContext;

/// Something that is missing before a channel can go live.
pub(crate) struct Todo {
    /// What.
    pub(crate) label: Cow<'static, str>,
    /// The address of the place where it is entered.
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

/// Everything that prevents going live, each with a link to where it is fixed.
pub(super) async fn todo(context: &ChannelContext, channel: &Channel) -> Result<Vec<Todo>, Problem> {
    let l = context.l;
    let connection = format!("{}/connection", context.base());
    let mut todo: Vec<_> = missing(channel, context.app.now())
        .into_iter()
        .map(|spec| Todo { label: l.say(spec.label).into(), path: format!("{connection}#{}", spec.name) })
        .collect();
    if let Some(clash) = clash_of(context, channel).await? {
        todo.push(Todo { label: clash, path: format!("{connection}#{}", ACCOUNT.name) });
    }
    if channel.secrets(SecretKind::WebhookSecret, context.app.now()).next().is_none() {
        todo.push(Todo { label: l.channel_webhook_secret(), path: format!("{connection}#webhook") });
    }
    let agent = context.seat.agent.id;
    if context.app.store.deployment(context.scope(), agent, context.environment).await?.is_none() {
        todo.push(Todo { label: l.channel_agent_address(), path: format!("/agents/{agent}") });
    }
    Ok(todo)
}
