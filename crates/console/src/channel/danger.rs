//! The section *Danger zone*: deleting a channel, and bringing it back.

use std::borrow::Cow;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use warta_core::audit::Action;
use warta_core::channel::State;
use warta_http::problem::Problem;
use warta_store::Error;

use crate::channel::desk::Desk;
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

/// `GET B/connection/delete`: what it means.
pub(crate) async fn ask_delete(desk: Desk) -> Result<Response, Problem> {
    ask(&desk, "", None).await
}

/// What is to be typed: the account, or the agent's name where there is none.
fn word(desk: &Desk) -> Result<String, Problem> {
    let account = desk.channel()?.account.as_ref().map(ToString::to_string);
    Ok(account.unwrap_or_else(|| desk.seat.agent.name.clone()))
}

async fn ask(desk: &Desk, typed: &str, fault: Option<Cow<'static, str>>) -> Result<Response, Problem> {
    let (l, word) = (desk.l, word(desk)?);
    let field = Field::new(l, "word", Kind::Code, l.channel_delete_type(&word));
    let mut field = field.value(typed).fault(fault);
    let at_fault = focus_fault([&mut field]);
    let page = Delete {
        l,
        chrome: Chrome::of(&desk.visitor, l),
        head: desk.head(Page::Connection).await?,
        at_fault,
        in_use: desk.channel()?.state != State::Saved,
        word,
        typed: field,
    };
    let status = if at_fault { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, view::page(&page)).into_response())
}

/// `POST B/connection/delete`
pub(crate) async fn delete(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let word = word(&desk)?;
    if typed.text("word") != word {
        return ask(&desk, typed.text("word"), Some(desk.l.channel_delete_other(&word))).await;
    }
    let entry = desk.entry(Action::ChannelDeleted, &word, Vec::new());
    desk.app.store.delete_channel(desk.scope(), desk.channel()?.id, &entry).await?;
    Ok(desk.done("deleted", ""))
}

/// `POST B/connection/restore`: brings a deleted channel back, not live.
pub(crate) async fn restore(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let (store, agent) = (&desk.app.store, desk.seat.agent.id);
    let deleted = store.deleted_channels(desk.scope(), agent, desk.app.now()).await?;
    let mut here = deleted.into_iter().filter(|channel| channel.environment == desk.environment);
    let channel = here.find(|channel| channel.id.to_string() == typed.text("channel"));
    let channel = channel.ok_or_else(Problem::not_found)?;
    let subject = channel.account.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut entry = desk.entry(Action::ChannelRestored, &subject, Vec::new());
    entry.channel = Some(channel.id);
    match store.restore_channel(desk.scope(), channel.id, &entry).await {
        Ok(()) | Err(Error::EnvironmentTaken) => Ok(desk.done("restored", "")),
        Err(error) => Err(error.into()),
    }
}
