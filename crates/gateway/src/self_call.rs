//! Calls to our own public address, made as an outsider would make them: they show whether providers can reach us.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use warta_core::checkup::Probe;
use warta_core::time::Timestamp;
use warta_store::{Channel, SecretKind};

use crate::app::App;
use crate::egress;
use crate::webhook_address;

/// How long a call may take.
const CALL: Duration = Duration::from_secs(6);
/// How the challenges of our own handshakes begin.
pub(crate) const CHALLENGE: &str = "wartacheckup";
/// What our `/livez` answers.
const ALIVE: &[u8] = b"alive";

/// Calls our own address as anybody outside would.
pub(crate) async fn reach(app: &App) -> Probe {
    let url = format!("{}/livez", app.settings.public_url);
    probe(app, &url, |answer| answer.body.trim_ascii() == ALIVE).await
}

/// Makes the handshake with ourselves, through the public address and with the real verify token.
pub(crate) async fn shake_hands(app: &App, channel: &Channel) -> Probe {
    let now = app.now();
    let (Some(address), Some(token)) =
        (webhook_address::address(app, channel), channel.secrets(SecretKind::WebhookSecret, now).next())
    else {
        return Probe::NotAsked;
    };
    let protocol = warta_protocol::entry(channel.protocol);
    let challenge = format!("{CHALLENGE}{}", app.minter.uuid(now).simple());
    let query = (protocol.handshake_query)(&challenge, token);
    let Ok(right) = (protocol.handshake)(&query, Some(token.expose()), token) else { return Probe::NotAsked };
    // Where the query needs no challenge, it still tells that the call is our own.
    let query = if query.contains(CHALLENGE) { query } else { format!("{query}{challenge}") };
    probe(app, &format!("{address}?{query}"), |answer| answer.body.trim_ascii() == right.as_bytes()).await
}

async fn probe(app: &App, url: &str, is_ours: impl Fn(&egress::Answer) -> bool) -> Probe {
    let started = app.now();
    match app.egress.call(Method::GET, url, HeaderMap::new(), Bytes::new(), CALL).await {
        Ok(answer) if answer.status == 200 && is_ours(&answer) => {
            Probe::Answered { took_ms: millis(app, started) }
        }
        Ok(answer) => Probe::Strange(format!("HTTP {}", answer.status)),
        Err(error) => Probe::Silent(error.into()),
    }
}

fn millis(app: &App, since: Timestamp) -> i64 {
    i64::try_from(app.now().since(since).as_millis()).unwrap_or(i64::MAX)
}
