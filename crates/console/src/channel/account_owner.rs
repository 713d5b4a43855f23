//! Whether another channel already uses an account.

use std::borrow::Cow;

use warta_core::channel::{Account, Protocol};
use warta_http::problem::Problem;
use warta_store::Channel;

use crate::channel::desk::Desk;
use crate::view::Life;

/// Who else uses the account of a channel.
pub(super) async fn clash_of(desk: &Desk, channel: &Channel) -> Result<Option<Cow<'static, str>>, Problem> {
    match &channel.account {
        Some(account) => clash(desk, channel.protocol, account).await,
        None => Ok(None),
    }
}

/// Who else uses this account: by name to those of the same organization, else only that somebody does.
pub(super) async fn clash(
    desk: &Desk,
    protocol: Protocol,
    account: &Account,
) -> Result<Option<Cow<'static, str>>, Problem> {
    let l = desk.l;
    let owner = desk.app.store.channel_of_account(protocol, account).await?;
    let Some((organization, agent, environment)) = owner else { return Ok(None) };
    if (agent, environment) == (desk.seat.agent.id, desk.environment) {
        return Ok(None);
    }
    if organization != desk.visitor.organization {
        return Ok(Some(l.channel_clash()));
    }
    let name = desk.app.store.agent(desk.scope(), agent).await?.map(|agent| agent.name);
    let name = name.unwrap_or_default();
    Ok(Some(l.channel_clash_with(&name, &Life::of(environment, l).word)))
}
