//! The section *Webhook*: the address that the provider calls, and the secret that it proves to know.

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

use crate::channel::context::ChannelContext;
use crate::channel::head::{Head, Page};
use crate::chrome::Chrome;
use crate::form::{Field, Kind, Typed};
use crate::login_token;
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
    Secret::new(&login_token::token(&*app.minter))
}

/// The webhook address; contains the secret only for people who may see it.
pub(super) fn callback(context: &ChannelContext, channel: &Channel) -> String {
    let whole = context.may_change().then(|| webhook_address::address(&context.app, channel)).flatten();
    whole.unwrap_or_else(|| webhook_address::shown(&context.app, channel))
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

/// The chosen overlap; one day by default.
pub(super) fn chosen(typed: &Typed, now: Timestamp) -> Others {
    let hours = typed.text("overlap").parse().ok().filter(|hours| OVERLAPS.contains(hours)).unwrap_or(24);
    match hours {
        0 => Others::Retire,
        hours => Others::StayUntil(now.after(Duration::from_hours(hours))),
    }
}

/// `GET B/connection/webhook`: asks for confirmation and shows the consequences of a new secret.
pub(crate) async fn ask_regenerate(context: ChannelContext) -> Result<Response, Problem> {
    let channel = context.channel()?;
    let page = Regenerate {
        l: context.l,
        chrome: Chrome::of(&context.visitor, context.l),
        head: context.head(Page::Connection).await?,
        secret_in_address: webhook_address::proof(channel.protocol) == SecretKind::WebhookSecret,
        overlap: overlap(context.l),
    };
    Ok(view::page(&page))
}

/// `POST B/connection/webhook`: creates a new secret.
pub(crate) async fn regenerate(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let (channel, now) = (context.channel()?, context.app.now());
    let kind = SecretKind::WebhookSecret;
    let new = NewSecret { row: context.app.minter.uuid(now), kind, secret: webhook_secret(&context.app) };
    let change = Change {
        field: kind.as_str().to_owned(),
        before: channel.secrets(kind, now).next().map(Secret::last_four),
        after: Some(new.secret.last_four()),
    };
    let entry = context.entry(Action::WebhookSecretRegenerated, kind.as_str(), vec![change]);
    context.app.store.add_secret(context.scope(), channel.id, new, chosen(&typed, now), &entry).await?;
    Ok(context.done("regenerated", "webhook"))
}
