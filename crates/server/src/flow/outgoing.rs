//! What delivering and sending share: new ids, and a protocol's request put on the wire.

use std::time::Duration;

use bytes::Bytes;
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::time::Timestamp;
use warta_protocol::http::{Body, Request, Response};
use warta_store::Priority;

use crate::app::App;
use crate::egress::{Answer, Error};

/// A new id for a message with this content: a template makes it a notification.
#[must_use]
pub fn id(app: &App, content: &OutboundContent, now: Timestamp) -> MessageId {
    let uuid = app.minter.uuid(now);
    if matches!(content, OutboundContent::Template(_)) {
        MessageId::notification(uuid)
    } else {
        MessageId::message(uuid)
    }
}

/// Which of what waits goes first: templates may be many at once, and nobody has just asked for one.
#[must_use]
pub const fn priority(content: &OutboundContent) -> Priority {
    if matches!(content, OutboundContent::Template(_)) { Priority::Bulk } else { Priority::Reply }
}

/// Makes the call a protocol asked for.
///
/// # Errors
///
/// As [`crate::egress::Egress::call`].
pub async fn call(app: &App, request: Request, timeout: Duration) -> Result<Answer, Error> {
    let Request { method, url, headers, body } = request;
    match body {
        Body::Empty => app.egress.call(method, &url, headers, Bytes::new(), timeout).await,
        Body::Json(json) => app.egress.call(method, &url, headers, Bytes::from(json), timeout).await,
        Body::Multipart(form) => {
            let file = reqwest::multipart::Part::bytes(form.file.bytes)
                .file_name(form.file.name)
                .mime_str(&form.file.mime_type)
                .map_err(|_| Error::Forbidden)?;
            let fields = form.fields.into_iter();
            let whole = fields
                .fold(reqwest::multipart::Form::new(), |whole, (name, value)| whole.text(name, value))
                .part("file", file);
            app.egress.post_form(&url, headers, whole, timeout).await
        }
    }
}

/// An answer as protocols read it.
#[must_use]
pub fn response(answer: &Answer) -> Response<'_> {
    Response { status: answer.status, headers: &answer.headers, body: &answer.body }
}
