//! Saving the section, and what is said and shown while one types.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use warta_core::audit::Action;
use warta_http::problem::{Code, Problem};
use warta_store::{Channel, ChannelChange, Error};

use super::form::{Form, label};
use super::line::Line;
use super::section::previews;
use crate::channel::conflict::{self, Version};
use crate::channel::connection;
use crate::channel::desk::Desk;
use crate::channel::draft::Draft;
use crate::form::Typed;

/// How often a save that was overtaken by another section's is tried again.
const TRIES: u32 = 5;

/// `POST B/connection/session/check`: what is wrong with what was typed so far, by field.
pub(crate) async fn check(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let form = Form::typed(&typed);
    let faults = form.faults(&form.settings().1, desk.l);
    Ok(Json(faults.into_iter().collect::<HashMap<_, _>>()).into_response())
}

/// `POST B/connection/session/preview`: the line and the phones as what was typed so far would have them.
pub(crate) async fn preview(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let form = Form::typed(&typed);
    let (settings, problems) = form.settings();
    let mut html = String::new();
    let unwritten = |_| Problem::new(Code::Internal, "The preview could not be written.");
    // Where a delay cannot be, the line stays as it was.
    if !problems.iter().any(|problem| problem.field.ends_with("_minutes")) {
        Line::of(&settings, desk.l).render_into(&mut html).map_err(unwritten)?;
    }
    for (_, phone) in previews(&form, &desk.seat.agent.name) {
        phone.render_into(&mut html).map_err(unwritten)?;
    }
    Ok(Html(html).into_response())
}

/// `POST B/connection/session`
pub(crate) async fn save(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let l = desk.l;
    let mut channel = desk.channel()?.clone();
    let form = Form::typed(&typed);
    let (settings, problems) = form.settings();
    if !problems.is_empty() {
        let faults = form.faults(&problems, l);
        let draft = Draft { typed: Some(&typed), faults, ..Draft::default() };
        return connection::show(&desk, &channel, draft).await;
    }
    for _ in 0..TRIES {
        if let Some(answer) = overtaken(&desk, &channel, &typed, &form).await? {
            return Ok(answer);
        }
        let changes = form.changes(&Form::of(&channel.session));
        if changes.is_empty() {
            return Ok(desk.done("unchanged", "session"));
        }
        let change = ChannelChange { session: Some(settings.clone()), ..ChannelChange::default() };
        let entry = desk.entry(Action::ChannelChanged, "session", changes);
        let place = (channel.id, channel.revision);
        match desk.app.store.change_channel(desk.scope(), place, change, "session", &entry).await {
            Ok(_) => {
                desk.app.directory.forget();
                return Ok(desk.done("session_saved", "session"));
            }
            Err(Error::Conflict { .. }) => channel = desk.again().await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy.into())
}

/// The page with both versions, where somebody else has saved this section since the form was drawn.
async fn overtaken(
    desk: &Desk,
    channel: &Channel,
    typed: &Typed,
    form: &Form,
) -> Result<Option<Response>, Problem> {
    let Some(basis) = conflict::basis(desk, typed, channel).await? else { return Ok(None) };
    let (was, theirs) = (Form::of(&basis.session), Form::of(&channel.session));
    let differing =
        theirs.fields().filter(|(name, theirs)| was.value(name) != *theirs && form.value(name) != *theirs);
    let versions: Vec<_> = differing
        .map(|(name, theirs)| Version {
            label: label(name, desk.l),
            theirs: theirs.to_owned(),
            yours: form.value(name).to_owned(),
        })
        .collect();
    if versions.is_empty() {
        return Ok(None);
    }
    let again = form.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    conflict::page(desk, channel, "session", (versions, again)).await.map(Some)
}
