//! Whether another channel already uses an account.

use std::borrow::Cow;

use warta_core::channel::{Account, Protocol};
use warta_http::problem::Problem;
use warta_store::Channel;

use crate::channel::context::ChannelContext;
use crate::view::Life;

/// A message naming the other channel that uses this channel's account, if there is one.
pub(super) async fn clash_of(
    context: &ChannelContext,
    channel: &Channel,
) -> Result<Option<Cow<'static, str>>, Problem> {
    match &channel.account {
        Some(account) => clash(context, channel.protocol, account).await,
        None => Ok(None),
    }
}

/// A message about another channel with this account. It names the agent only within the same organization.
pub(super) async fn clash(
    context: &ChannelContext,
    protocol: Protocol,
    account: &Account,
) -> Result<Option<Cow<'static, str>>, Problem> {
    let l = context.l;
    let owner = context.app.store.channel_of_account(protocol, account).await?;
    let Some((organization, agent, environment)) = owner else { return Ok(None) };
    if (agent, environment) == (context.seat.agent.id, context.environment) {
        return Ok(None);
    }
    if organization != context.visitor.organization {
        return Ok(Some(l.channel_clash()));
    }
    let name = context.app.store.agent(context.scope(), agent).await?.map(|agent| agent.name);
    let name = name.unwrap_or_default();
    Ok(Some(l.channel_clash_with(&name, &Life::of(environment, l).word)))
}
