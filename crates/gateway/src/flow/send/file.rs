//! A file that the provider wants handed over, fetched from where the message says it lies.

use std::time::Duration;

use http::{HeaderMap, Method, header};
use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::message::OutboundContent;
use warta_protocol::http::File;

use crate::app::App;
use crate::egress;

/// How long a file may take to come in. The claim is kept meanwhile.
const WHOLE: Duration = Duration::from_mins(2);
const MIB: usize = 1024 * 1024;

/// The largest file of a kind that WhatsApp takes (facts/meta-cloud.md §6), in bytes.
const fn largest(content: &OutboundContent) -> usize {
    match content {
        OutboundContent::Image(_) => 5 * MIB,
        OutboundContent::Audio(_) | OutboundContent::Video(_) => 16 * MIB,
        OutboundContent::Document(_)
        | OutboundContent::Sticker(_)
        | OutboundContent::Text(_)
        | OutboundContent::Location(_)
        | OutboundContent::Contacts(_)
        | OutboundContent::Buttons(_)
        | OutboundContent::List(_)
        | OutboundContent::CtaUrl(_)
        | OutboundContent::LocationRequest(_)
        | OutboundContent::Reaction(_)
        | OutboundContent::Template(_) => 100 * MIB,
    }
}

/// Fetches the file of a content from `link`. Nothing of the message has left yet.
///
/// # Errors
///
/// What becomes of the message without it.
pub(super) async fn fetch(app: &App, link: &str, content: &OutboundContent) -> Result<File, SendOutcome> {
    let refused = |code: &str, detail: String| SendOutcome::Refused {
        failure: Failure::new(code, detail),
        stops_channel: false,
    };
    let later = |detail: String| SendOutcome::NotSent {
        failure: Failure::new("media_unreachable", detail),
        scope: Scope::Message,
        retry_after: None,
    };
    let silent = |error| later(format!("the file could not be fetched: {error}"));
    let longest = largest(content);
    let too_large = || {
        let most = longest / MIB;
        refused(
            "media_too_large",
            format!("the file is larger than {most} MiB, the most that WhatsApp takes of its kind"),
        )
    };
    let times = (app.settings.send_timeout, WHOLE);
    let file = app.egress.open(Method::GET, link, HeaderMap::new(), times).await.map_err(silent)?;
    match file.status {
        200..=299 => {}
        408 | 429 | 500.. => return Err(later(format!("the file's address answered {}", file.status))),
        status => return Err(refused("media_unreachable", format!("the file's address answered {status}"))),
    }
    let answer = file.read_up_to(longest).await.map_err(|error| match error {
        egress::Error::TooLong => too_large(),
        egress::Error::Forbidden
        | egress::Error::NotConnected
        | egress::Error::TimedOut
        | egress::Error::Broken => silent(error),
    })?;
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let path = link.split(['?', '#']).next().unwrap_or_default();
    Ok(File {
        name: path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("file").to_owned(),
        mime_type: kind
            .and_then(|kind| kind.split(';').next())
            .unwrap_or("application/octet-stream")
            .to_owned(),
        bytes: answer.body.to_vec(),
    })
}
