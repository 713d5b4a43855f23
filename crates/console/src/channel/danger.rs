//! The section *Danger zone*: deleting a channel, and bringing it back.

use std::borrow::Cow;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use warta_core::audit::Action;
use warta_core::channel::State;
use warta_http::problem::Problem;
use warta_store::Error;

use crate::channel::context::ChannelContext;
use crate::channel::head::{Head, Page};
use crate::chrome::Chrome;
use crate::form::{Field, Kind, Typed, focus_fault};
use crate::texts::Lang;
use crate::view;

#[derive(Template)]
#[template(path = "channel/delete.html")]
struct Delete {
    l: Lang,
    chrome: Chrome,
    head: Head,
    at_fault: bool,
    in_use: bool,
    word: String,
    typed: Field,
}

/// `GET B/connection/delete`: asks for confirmation and shows the consequences.
pub(crate) async fn ask_delete(context: ChannelContext) -> Result<Response, Problem> {
    ask(&context, "", None).await
}

/// The text to type as confirmation: the account, or the agent's name if there is no account.
fn word(context: &ChannelContext) -> Result<String, Problem> {
    let account = context.channel()?.account.as_ref().map(ToString::to_string);
    Ok(account.unwrap_or_else(|| context.seat.agent.name.clone()))
}

async fn ask(
    context: &ChannelContext,
    typed: &str,
    fault: Option<Cow<'static, str>>,
) -> Result<Response, Problem> {
    let (l, word) = (context.l, word(context)?);
    let field = Field::new(l, "word", Kind::Code, l.channel_delete_type(&word));
    let mut field = field.value(typed).fault(fault);
    let at_fault = focus_fault([&mut field]);
    let page = Delete {
        l,
        chrome: Chrome::of(&context.visitor, l),
        head: context.head(Page::Connection).await?,
        at_fault,
        in_use: context.channel()?.state != State::Saved,
        word,
        typed: field,
    };
    let status = if at_fault { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, view::page(&page)).into_response())
}

/// `POST B/connection/delete`
pub(crate) async fn delete(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let word = word(&context)?;
    if typed.text("word") != word {
        return ask(&context, typed.text("word"), Some(context.l.channel_delete_other(&word))).await;
    }
    let entry = context.entry(Action::ChannelDeleted, &word, Vec::new());
    context.app.store.delete_channel(context.scope(), context.channel()?.id, &entry).await?;
    Ok(context.done("deleted", ""))
}

/// `POST B/connection/restore`: brings a deleted channel back, not live.
pub(crate) async fn restore(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (store, agent) = (&context.app.store, context.seat.agent.id);
    let deleted = store.deleted_channels(context.scope(), agent, context.app.now()).await?;
    let mut here = deleted.into_iter().filter(|channel| channel.environment == context.environment);
    let channel = here.find(|channel| channel.id.to_string() == typed.text("channel"));
    let channel = channel.ok_or_else(Problem::not_found)?;
    let subject = channel.account.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut entry = context.entry(Action::ChannelRestored, &subject, Vec::new());
    entry.channel = Some(channel.id);
    match store.restore_channel(context.scope(), channel.id, &entry).await {
        Ok(()) | Err(Error::EnvironmentTaken) => Ok(context.done("restored", "")),
        Err(error) => Err(error.into()),
    }
}
