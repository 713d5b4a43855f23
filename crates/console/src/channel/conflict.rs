//! Two people edited the same section: shows both versions and overwrites nothing.

use std::borrow::Cow;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use warta_core::channel::SecretKind;
use warta_http::problem::Problem;
use warta_store::{Channel, Snapshot};

use crate::channel::context::ChannelContext;
use crate::channel::head::{Head, Page};
use crate::chrome::Chrome;
use crate::form::Typed;
use crate::texts::Lang;
use crate::view::{self, Instant};

#[derive(Template)]
#[template(path = "channel/conflict.html")]
struct Conflict {
    l: Lang,
    chrome: Chrome,
    head: Head,
    who: String,
    at: Instant,
    action: &'static str,
    revision: i64,
    versions: Vec<Version>,
    /// The hidden fields that save one's own version anyway. Secrets must be typed again.
    again: Vec<(String, String)>,
}

/// A field in both versions.
pub(super) struct Version {
    pub(super) label: Cow<'static, str>,
    pub(super) theirs: String,
    pub(super) yours: String,
}

/// The revision that a form was rendered from.
pub(super) fn expected(typed: &Typed, channel: &Channel) -> i64 {
    typed.text("revision").parse().unwrap_or(channel.revision)
}

/// The channel's snapshot when the form was rendered, if the channel has changed since.
pub(super) async fn basis(
    context: &ChannelContext,
    typed: &Typed,
    channel: &Channel,
) -> Result<Option<Snapshot>, Problem> {
    let expected = expected(typed, channel);
    if expected == channel.revision {
        return Ok(None);
    }
    let revision = context.app.store.revision(context.scope(), channel.id, expected).await?;
    // A revision that never was: a form made by hand. It saw nothing that could be overwritten.
    Ok(revision.map(|revision| revision.snapshot))
}

/// The newest secret of a kind in a snapshot, by its row.
pub(super) fn newest(snapshot: &Snapshot, kind: SecretKind) -> Option<uuid::Uuid> {
    snapshot.secrets.iter().filter(|mark| mark.kind == kind).map(|mark| mark.row).max()
}

/// The conflict page with both versions (409).
pub(super) async fn page(
    context: &ChannelContext,
    channel: &Channel,
    action: &'static str,
    (versions, again): (Vec<Version>, Vec<(String, String)>),
) -> Result<Response, Problem> {
    let last = context.app.store.revision(context.scope(), channel.id, channel.revision).await?;
    let (who, at) = last.map_or_else(|| (String::new(), context.app.now()), |last| (last.actor, last.at));
    let page = Conflict {
        l: context.l,
        chrome: Chrome::of(&context.visitor, context.l),
        head: context.head(Page::Connection).await?,
        who,
        at: Instant::of(at, context.l),
        action,
        revision: channel.revision,
        versions,
        again,
    };
    Ok((StatusCode::CONFLICT, view::page(&page)).into_response())
}
