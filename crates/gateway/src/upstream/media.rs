//! Fetching a file that a user sent, from its provider. Nothing of it is kept here: it passes through.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};
use warta_core::delivery::Failure;
use warta_core::message::{InboundContent, InboundMedia};
use warta_core::secret::Secret;
use warta_protocol::media::{Fetch, MEDIA_GONE};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::egress::{Error, StreamedAnswer};
use crate::upstream::key;

/// The largest file that is passed on: WhatsApp takes no larger ones.
pub const LARGEST: u64 = 100 * 1024 * 1024;
/// How long the file may take, from the first byte of the call to the last of the answer.
const WHOLE: Duration = Duration::from_mins(5);
/// How long the provider may take to begin its answer: somebody waits.
const BEGIN: Duration = Duration::from_secs(12);
/// How many calls lead to one file: where it is, the file, and where it has moved to.
const CALLS: usize = 3;

/// A file on its way.
#[derive(Debug)]
pub struct Received {
    /// Its MIME type, as it goes into a header.
    pub mime_type: HeaderValue,
    /// Its bytes.
    pub file: StreamedAnswer,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The provider no longer has it.
    #[error("{0}")]
    Gone(String),
    /// The channel has no secret to ask with.
    #[error("{0}")]
    Keyless(String),
    /// It is larger than what is passed on.
    #[error("The file is larger than 100 MiB.")]
    TooLarge,
    /// The provider says no, in its words.
    #[error("{}", .0.detail)]
    Refused(Failure),
    /// The provider did not answer.
    #[error("The provider did not give the file: {0}.")]
    Silent(#[from] Error),
}

impl From<Failure> for MediaError {
    fn from(failure: Failure) -> Self {
        if failure.code == MEDIA_GONE { Self::Gone(failure.detail) } else { Self::Refused(failure) }
    }
}

impl key::Outcome for MediaError {
    fn missing(why: Failure) -> Self {
        Self::Keyless(why.detail)
    }

    fn refusal(&self) -> Option<&Failure> {
        match self {
            Self::Refused(failure) => Some(failure),
            Self::Keyless(_) | Self::Gone(_) | Self::TooLarge | Self::Silent(_) => None,
        }
    }
}

/// The file of a content, where it has one.
#[must_use]
pub fn file(content: &InboundContent) -> Option<&InboundMedia> {
    match content {
        InboundContent::Image(file)
        | InboundContent::Video(file)
        | InboundContent::Audio(file)
        | InboundContent::Document(file)
        | InboundContent::Sticker(file) => Some(file),
        InboundContent::Edit { content: Some(content), .. } => self::file(content),
        InboundContent::Edit { content: None, .. }
        | InboundContent::Text(_)
        | InboundContent::Location(_)
        | InboundContent::Contacts(_)
        | InboundContent::ButtonReply(_)
        | InboundContent::ListReply(_)
        | InboundContent::FlowReply(_)
        | InboundContent::Reaction(_)
        | InboundContent::Order(_)
        | InboundContent::Revoke { .. }
        | InboundContent::System(_)
        | InboundContent::Unsupported(_) => None,
    }
}

/// Fetches a file with the first token that the provider takes.
///
/// # Errors
///
/// When there is no file.
pub async fn fetch(
    app: &Arc<App>,
    runtime: &ChannelRuntime,
    file: &InboundMedia,
) -> Result<Received, MediaError> {
    key::try_each(app, runtime, |key| async move { fetch_with(app, runtime, &key, file).await }).await
}

async fn fetch_with(
    app: &App,
    runtime: &ChannelRuntime,
    key: &Secret,
    file: &InboundMedia,
) -> Result<Received, MediaError> {
    let media = runtime.provider.media();
    let mut next = media.file(key, file)?;
    for _ in 0..CALLS {
        let request = match next {
            Fetch::Locate(request) => {
                let answer = app.egress.execute(request, BEGIN).await?;
                next = Fetch::File(media.located(key, answer.response())?);
                continue;
            }
            Fetch::File(request) => request,
        };
        let streamed = app.egress.open(request.method, &request.url, request.headers, (BEGIN, WHOLE)).await?;
        match streamed.status {
            200 => return checked(streamed, file),
            300..=399 => {
                let answer = streamed.read().await?;
                next = Fetch::File(media.located(key, answer.response())?);
            }
            _ => return Err(media.no_file(streamed.read().await?.response()).into()),
        }
    }
    Err(MediaError::Silent(Error::Broken))
}

fn checked(streamed: StreamedAnswer, file: &InboundMedia) -> Result<Received, MediaError> {
    if streamed.length().is_some_and(|length| length > LARGEST) {
        return Err(MediaError::TooLarge);
    }
    let told = HeaderValue::try_from(&file.mime_type).ok().filter(|told| !told.is_empty());
    let mime_type = told.or_else(|| streamed.headers.get(header::CONTENT_TYPE).cloned());
    let mime_type = mime_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    Ok(Received { mime_type, file: streamed })
}
