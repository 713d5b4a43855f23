//! The section *Webhook*: where the provider calls, and the secret by which it proves that the address is meant.

use std::borrow::Cow;
use std::time::Duration;

use askama::Template;
use axum::response::Response;
use warta_core::audit::Action;
use warta_core::channel::SecretKind;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_gateway::webhook_address;
use warta_http::problem::Problem;
use warta_store::{Change, Channel, NewSecret, Others};

use crate::channel::desk::Desk;
use crate::channel::head::{Head, Page};
use crate::chrome::Chrome;
use crate::door;
use crate::form::{Field, Kind, Typed};
use crate::texts::Lang;
use crate::view;

/// How many hours an old secret stays valid beside a new one; 0 for not at all.
const OVERLAPS: [u64; 4] = [24, 1, 168, 0];

#[derive(Template)]
#[template(path = "channel/regenerate.html")]
struct Regenerate {
    l: Lang,
    chrome: Chrome,
    head: Head,
    secret_in_address: bool,
    overlap: Field,
}

/// A new webhook secret: 256 bits.
pub(crate) fn webhook_secret(app: &App) -> Secret {
    Secret::new(&door::token(&*app.minter))
}

/// Where the provider calls; with the secret in it only for those who may see it.
pub(super) fn callback(desk: &Desk, channel: &Channel) -> String {
    let whole = desk.may_change().then(|| webhook_address::address(&desk.app, channel)).flatten();
    whole.unwrap_or_else(|| webhook_address::shown(&desk.app, channel))
}

/// The choice of how long an old secret stays valid.
pub(super) fn overlap(l: Lang) -> Field {
    let choice = |hours: u64| -> (String, Cow<'static, str>) {
        let word = match hours {
            1 => l.channel_overlap_1(),
            24 => l.channel_overlap_24(),
            168 => l.channel_overlap_168(),
            _ => l.channel_overlap_none(),
        };
        (hours.to_string(), word)
    };
    Field::new(l, "overlap", Kind::Choice(OVERLAPS.map(choice).into()), l.channel_overlap_label())
        .help(l.channel_overlap_help())
}

/// What was chosen; a day where nothing was.
pub(super) fn chosen(typed: &Typed, now: Timestamp) -> Others {
    let hours = typed.text("overlap").parse().ok().filter(|hours| OVERLAPS.contains(hours)).unwrap_or(24);
    match hours {
        0 => Others::Retire,
        hours => Others::StayUntil(now.after(Duration::from_hours(hours))),
    }
}

/// `GET B/connection/webhook`: what a new secret means.
pub(crate) async fn ask_regenerate(desk: Desk) -> Result<Response, Problem> {
    let channel = desk.channel()?;
    let page = Regenerate {
        l: desk.l,
        chrome: Chrome::of(&desk.visitor, desk.l),
        head: desk.head(Page::Connection).await?,
        secret_in_address: webhook_address::proof(channel.protocol) == SecretKind::WebhookSecret,
        overlap: overlap(desk.l),
    };
    Ok(view::page(&page))
}

/// `POST B/connection/webhook`: makes one.
pub(crate) async fn regenerate(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let (channel, now) = (desk.channel()?, desk.app.now());
    let kind = SecretKind::WebhookSecret;
    let new = NewSecret { row: desk.app.minter.uuid(now), kind, secret: webhook_secret(&desk.app) };
    let change = Change {
        field: kind.as_str().to_owned(),
        before: channel.secrets(kind, now).next().map(Secret::last_four),
        after: Some(new.secret.last_four()),
    };
    let entry = desk.entry(Action::WebhookSecretRegenerated, kind.as_str(), vec![change]);
    desk.app.store.add_secret(desk.scope(), channel.id, new, chosen(&typed, now), &entry).await?;
    Ok(desk.done("regenerated", "webhook"))
}
