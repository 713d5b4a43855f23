//! The section *Account*: what identifies a channel, and where its provider is reached.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use warta_core::audit::Action;
use warta_core::channel::{Account, State};
use warta_http::problem::Problem;
use warta_protocol::describe::ACCOUNT;
use warta_store::{Channel, ChannelChange, Error};

use crate::channel::account_form::{AccountInput, held, moves, same, saved, specs};
use crate::channel::account_owner::clash;
use crate::channel::conflict::{self, Version};
use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::credentials;
use crate::channel::draft::Draft;
use crate::channel::head::{Head, Page};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::texts::Lang;
use crate::view;

/// Attempts to save when another section is saved at the same time.
const TRIES: u32 = 5;

#[derive(Template)]
#[template(path = "channel/consequences.html")]
struct Consequences {
    l: Lang,
    chrome: Chrome,
    head: Head,
    before: String,
    after: String,
    again: Vec<(String, String)>,
}

/// `POST B/connection/check`: validates unsaved input; the same messages as when saving, by field.
pub(crate) async fn check(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (channel, description, l) = (context.channel()?, context.description()?, context.l);
    let mut wanted = AccountInput::read(channel, description, &typed, l);
    if let Some(account) = &wanted.account
        && let Some(clash) = clash(&context, channel.protocol, account).await?
    {
        wanted.faults.push((ACCOUNT.name, clash));
    }
    for (_, spec) in description.secrets() {
        let text = typed.text(spec.name);
        if !text.is_empty() && !spec.format.takes_secret(text) {
            wanted.faults.push((spec.name, l.say(spec.format.wrong()).into()));
        }
    }
    Ok(Json(wanted.faults.into_iter().collect::<HashMap<_, _>>()).into_response())
}

/// `POST B/connection/account`
pub(crate) async fn save(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (description, l) = (context.description()?, context.l);
    let mut channel = context.channel()?.clone();
    if let Some(answer) = overtaken(&context, &channel, &typed).await? {
        return Ok(answer);
    }
    for _ in 0..TRIES {
        let wanted = AccountInput::read(&channel, description, &typed, l);
        let changes = wanted.changes(&channel, description);
        if !wanted.faults.is_empty() {
            let draft = Draft { typed: Some(&typed), faults: wanted.faults, ..Draft::default() };
            return connection::show(&context, &channel, draft).await;
        }
        if changes.is_empty() {
            return Ok(context.done("unchanged", "account-section"));
        }
        if channel.state != State::Saved && moves(&changes) && typed.text("confirmed").is_empty() {
            return consequences(&context, &channel, &wanted, &typed).await;
        }
        let account = wanted.account.clone();
        let change = ChannelChange {
            account: Some(wanted.account),
            settings: Some(wanted.settings),
            ..ChannelChange::default()
        };
        let entry = context.entry(Action::ChannelChanged, "account", changes);
        let place = (channel.id, channel.revision);
        match context.app.store.change_channel(context.scope(), place, change, "account", &entry).await {
            Ok(_) => {
                context.app.directory.forget();
                let checked = credentials::check_untried(&context).await?;
                return Ok(context.done(checked.unwrap_or("saved"), "account-section"));
            }
            Err(Error::Conflict { .. }) => {
                channel = context.again().await?;
                if let Some(answer) = overtaken(&context, &channel, &typed).await? {
                    return Ok(answer);
                }
            }
            Err(Error::AccountTaken) => {
                let clash = match account {
                    Some(account) => clash(&context, channel.protocol, &account).await?,
                    None => None,
                };
                let fault = (ACCOUNT.name, clash.unwrap_or_else(|| l.channel_clash()));
                let draft = Draft { typed: Some(&typed), faults: vec![fault], ..Draft::default() };
                return connection::show(&context, &channel, draft).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy.into())
}

/// The conflict page, if somebody else saved this section after the form was rendered. Changes to other sections are no
/// conflict.
async fn overtaken(
    context: &ChannelContext,
    channel: &Channel,
    typed: &Typed,
) -> Result<Option<Response>, Problem> {
    let Some(basis) = conflict::basis(context, typed, channel).await? else { return Ok(None) };
    let mut versions = Vec::new();
    for spec in specs(context.description()?) {
        let (theirs, yours) = (saved(spec, channel), typed.text(spec.name));
        let was = held(spec, (basis.account.as_ref(), &basis.settings));
        let same = same(spec, &theirs, yours);
        if theirs != was && !same {
            let label = context.l.say(spec.label).into();
            versions.push(Version { label, theirs, yours: yours.to_owned() });
        }
    }
    if versions.is_empty() {
        return Ok(None);
    }
    conflict::page(context, channel, "account", (versions, again(typed))).await.map(Some)
}

/// The input as hidden fields, to be posted again.
fn again(typed: &Typed) -> Vec<(String, String)> {
    let pairs = typed.pairs().filter(|(name, _)| !matches!(*name, "revision" | "confirmed"));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn consequences(
    context: &ChannelContext,
    channel: &Channel,
    wanted: &AccountInput,
    typed: &Typed,
) -> Result<Response, Problem> {
    let who = |account: Option<&Account>, settings: &Value| {
        let account = account.map(ToString::to_string).unwrap_or_default();
        let id = settings.get("phone_number_id").and_then(Value::as_str).unwrap_or_default();
        format!("{account} · {id}")
    };
    let mut again = again(typed);
    again.push(("revision".to_owned(), channel.revision.to_string()));
    let page = Consequences {
        l: context.l,
        chrome: Chrome::of(&context.visitor, context.l),
        head: context.head(Page::Connection).await?,
        before: who(channel.account.as_ref(), &channel.settings),
        after: who(wanted.account.as_ref(), &wanted.settings),
        again,
    };
    Ok(view::page(&page))
}
