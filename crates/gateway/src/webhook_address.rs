//! The address that a channel's provider calls. Where nothing is signed, the webhook secret stands in it.

use warta_core::channel::{Protocol, SecretKind};
use warta_store::Channel;

use crate::app::App;

/// The secret that proves webhooks of this protocol: the webhook secret stands in the address, any other signs.
#[must_use]
pub fn proof(protocol: Protocol) -> SecretKind {
    warta_protocol::entry(protocol).proof
}

/// The address without its secret, for pages and logs.
#[must_use]
pub fn shown(app: &App, channel: &Channel) -> String {
    let open = format!("{}/hooks/{}", app.settings.public_url, channel.id);
    if proof(channel.protocol) == SecretKind::WebhookSecret { format!("{open}/…") } else { open }
}

/// The address as the provider is to call it; `None` while the secret is missing that stands in it.
#[must_use]
pub fn address(app: &App, channel: &Channel) -> Option<String> {
    let open = format!("{}/hooks/{}", app.settings.public_url, channel.id);
    if proof(channel.protocol) != SecretKind::WebhookSecret {
        return Some(open);
    }
    let secret = channel.secrets(SecretKind::WebhookSecret, app.now()).next()?;
    Some(format!("{open}/{}", secret.expose()))
}
