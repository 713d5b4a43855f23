//! Two people at the same section: both versions, and nothing overwritten.

use std::borrow::Cow;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use warta_core::channel::SecretKind;
use warta_http::problem::Problem;
use warta_store::{Channel, Snapshot};

use crate::channel::desk::Desk;
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
    /// What is posted to save one's own version after all. Secrets are typed anew.
    again: Vec<(String, String)>,
}

/// A field in both versions.
pub(super) struct Version {
    pub(super) label: Cow<'static, str>,
    pub(super) theirs: String,
    pub(super) yours: String,
}

/// The revision that a form was drawn from.
pub(super) fn expected(typed: &Typed, channel: &Channel) -> i64 {
    typed.text("revision").parse().unwrap_or(channel.revision)
}

/// How the channel was when the form was drawn, if it was changed since.
pub(super) async fn basis(
    desk: &Desk,
    typed: &Typed,
    channel: &Channel,
) -> Result<Option<Snapshot>, Problem> {
    let expected = expected(typed, channel);
    if expected == channel.revision {
        return Ok(None);
    }
    let revision = desk.app.store.revision(desk.scope(), channel.id, expected).await?;
    // A revision that never was: a form made by hand. It saw nothing that could be overwritten.
    Ok(revision.map(|revision| revision.snapshot))
}

/// The newest secret of a kind in a snapshot, by its row.
pub(super) fn newest(snapshot: &Snapshot, kind: SecretKind) -> Option<uuid::Uuid> {
    snapshot.secrets.iter().filter(|mark| mark.kind == kind).map(|mark| mark.row).max()
}

/// The page with both versions, 409.
pub(super) async fn page(
    desk: &Desk,
    channel: &Channel,
    action: &'static str,
    (versions, again): (Vec<Version>, Vec<(String, String)>),
) -> Result<Response, Problem> {
    let last = desk.app.store.revision(desk.scope(), channel.id, channel.revision).await?;
    let (who, at) = last.map_or_else(|| (String::new(), desk.app.now()), |last| (last.actor, last.at));
    let page = Conflict {
        l: desk.l,
        chrome: Chrome::of(&desk.visitor, desk.l),
        head: desk.head(Page::Connection).await?,
        who,
        at: Instant::of(at, desk.l),
        action,
        revision: channel.revision,
        versions,
        again,
    };
    Ok((StatusCode::CONFLICT, view::page(&page)).into_response())
}
