//! Saving the section, and validation and preview while typing.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use warta_core::audit::Action;
use warta_http::problem::{Code, Problem};
use warta_store::{Channel, ChannelChange, Error};

use super::form::{Form, label};
use super::section::previews;
use super::timeline::Timeline;
use crate::channel::conflict::{self, Version};
use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::draft::Draft;
use crate::form::Typed;

/// Attempts to save when another section is saved at the same time.
const TRIES: u32 = 5;

/// `POST B/connection/session/check`: validates unsaved input, by field.
pub(crate) async fn check(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let form = Form::typed(&typed);
    let faults = form.faults(&form.settings().1, context.l);
    Ok(Json(faults.into_iter().collect::<HashMap<_, _>>()).into_response())
}

/// `POST B/connection/session/preview`: the timeline and the phone previews for unsaved input.
pub(crate) async fn preview(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let form = Form::typed(&typed);
    let (settings, problems) = form.settings();
    let mut html = String::new();
    let unwritten = |_| Problem::new(Code::Internal, "The preview could not be written.");
    // Where a delay cannot be, the line stays as it was.
    if !problems.iter().any(|problem| problem.field.ends_with("_minutes")) {
        Timeline::of(&settings, context.l).render_into(&mut html).map_err(unwritten)?;
    }
    for (_, phone) in previews(&form, &context.seat.agent.name) {
        phone.render_into(&mut html).map_err(unwritten)?;
    }
    Ok(Html(html).into_response())
}

/// `POST B/connection/session`
pub(crate) async fn save(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let l = context.l;
    let mut channel = context.channel()?.clone();
    let form = Form::typed(&typed);
    let (settings, problems) = form.settings();
    if !problems.is_empty() {
        let faults = form.faults(&problems, l);
        let draft = Draft { typed: Some(&typed), faults, ..Draft::default() };
        return connection::show(&context, &channel, draft).await;
    }
    for _ in 0..TRIES {
        if let Some(answer) = overtaken(&context, &channel, &typed, &form).await? {
            return Ok(answer);
        }
        let changes = form.changes(&Form::of(&channel.session));
        if changes.is_empty() {
            return Ok(context.done("unchanged", "session"));
        }
        let change = ChannelChange { session: Some(settings.clone()), ..ChannelChange::default() };
        let entry = context.entry(Action::ChannelChanged, "session", changes);
        let place = (channel.id, channel.revision);
        match context.app.store.change_channel(context.scope(), place, change, "session", &entry).await {
            Ok(_) => {
                context.app.directory.forget();
                return Ok(context.done("session_saved", "session"));
            }
            Err(Error::Conflict { .. }) => channel = context.again().await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy.into())
}

/// The conflict page, if somebody else saved this section after the form was rendered.
async fn overtaken(
    context: &ChannelContext,
    channel: &Channel,
    typed: &Typed,
    form: &Form,
) -> Result<Option<Response>, Problem> {
    let Some(basis) = conflict::basis(context, typed, channel).await? else { return Ok(None) };
    let (was, theirs) = (Form::of(&basis.session), Form::of(&channel.session));
    let differing =
        theirs.fields().filter(|(name, theirs)| was.value(name) != *theirs && form.value(name) != *theirs);
    let versions: Vec<_> = differing
        .map(|(name, theirs)| Version {
            label: label(name, context.l),
            theirs: theirs.to_owned(),
            yours: form.value(name).to_owned(),
        })
        .collect();
    if versions.is_empty() {
        return Ok(None);
    }
    let again = form.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    conflict::page(context, channel, "session", (versions, again)).await.map(Some)
}
