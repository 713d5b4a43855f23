//! The loop-back test: an event of our own, signed as the provider would sign it, goes through the public address, is stored,
//! goes to the agent, and what the agent answers is recorded and goes nowhere.
//!
//! It is from nobody ([`warta_core::identity::Identity::is_nobody`]), which every stage can see: the agent is told
//! (`"synthetic": true`) and asked once only, the sender keeps what nobody is to get.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::{Deserialize, Serialize};
use warta_core::channel::State;
use warta_core::checkup::{LOOPBACK, Silence};
use warta_core::ids::MessageId;
use warta_core::json;
use warta_core::message::Direction;
use warta_core::time::Timestamp;
use warta_protocol::loopback::SyntheticMessage;
use warta_store::{Channel, MessageFilter, MessageRow, Scope};

use crate::app::App;
use crate::webhook_address;

/// Who is made to write.
const NOBODY: &str = "ZZ.WARTALOOPBACK";
/// The name they show in the history.
const NAME: &str = "Warta loop-back";
/// How long the way to the public address and back may take.
const CALL: Duration = Duration::from_secs(10);
/// How long the body of a test is at the most.
const LONGEST: usize = 2_048;
/// How many answers of the agent are followed.
const REPLIES: u32 = 20;

/// A test that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The provider's id that its message carries.
    pub provider_id: String,
    /// When it was sent.
    pub at: Timestamp,
    /// Where.
    pub url: String,
    /// What was answered.
    pub posted: Posted,
}

/// What was answered at the public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posted {
    /// With a status.
    Answered {
        /// The HTTP status.
        status: u16,
        /// How long it took.
        took_ms: i64,
    },
    /// Not at all.
    Silent {
        /// Why.
        why: Silence,
    },
}

/// Why a test could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum NotRun {
    /// A channel that is not live gives its agent nothing.
    #[error("the channel is not live")]
    NotLive,
    /// Ids are missing, or the secret that proves webhooks.
    #[error("ids or the secret that proves webhooks are missing")]
    Incomplete,
    /// The store.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
}

/// How far a test has come.
#[derive(Debug)]
pub struct Trail {
    /// The message, once it is stored.
    pub message: Option<MessageRow>,
    /// When the agent was done with it, and how long it took.
    pub asked: Option<(Timestamp, i64)>,
    /// What the agent answered, each as it would have gone out.
    pub replies: Vec<MessageRow>,
    /// Whether an event with a wrong signature came about then.
    pub refused: bool,
}

/// Whether a body is a test of ours. It must be verified.
#[must_use]
pub fn is_ours(body: &[u8]) -> bool {
    body.len() <= LONGEST && body.windows(LOOPBACK.len()).any(|part| part == LOOPBACK.as_bytes())
}

/// The id that a message to nobody gets in place of the provider's.
#[must_use]
pub fn provider_id(message: MessageId) -> String {
    format!("{LOOPBACK}{message}")
}

/// Sends a test through the public address and keeps it. `text` is what is said.
///
/// # Errors
///
/// When it cannot be sent. That it did not arrive is no error but the finding.
pub async fn run(app: &App, channel: &Channel, text: &str) -> Result<Run, NotRun> {
    if channel.state != State::Live {
        return Err(NotRun::NotLive);
    }
    let now = app.now();
    let provider =
        warta_protocol::read(channel.protocol, &channel.settings).map_err(|_| NotRun::Incomplete)?;
    let secret =
        channel.secrets(webhook_address::proof(channel.protocol), now).next().ok_or(NotRun::Incomplete)?;
    let address = webhook_address::address(app, channel).ok_or(NotRun::Incomplete)?;
    let from = NOBODY.parse().map_err(|_| NotRun::Incomplete)?;
    let id = format!("{LOOPBACK}{}", app.minter.uuid(now).simple());
    let message = SyntheticMessage { id: &id, from: &from, name: NAME, at: now, text };
    let body = provider.loopback(message);
    let signature = provider.sign(&body, secret);
    let posted = post(app, &address, signature, body).await;
    let run = Run { provider_id: id, at: now, url: webhook_address::shown(app, channel), posted };
    let kept = json::value(&run);
    app.store.put_loopback(Scope::new(channel.organization), channel.id, &kept).await?;
    Ok(run)
}

async fn post(app: &App, url: &str, signature: Option<(&'static str, String)>, body: Vec<u8>) -> Posted {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some((name, signature)) = signature
        && let Ok(signature) = HeaderValue::from_str(&signature)
    {
        headers.insert(name, signature);
    }
    let started = app.now();
    match app.egress.call(Method::POST, url, headers, Bytes::from(body), CALL).await {
        Ok(answer) => {
            let took_ms = i64::try_from(app.now().since(started).as_millis()).unwrap_or(i64::MAX);
            Posted::Answered { status: answer.status, took_ms }
        }
        Err(error) => Posted::Silent { why: error.into() },
    }
}

/// The last test of a channel, where there was one that can be read.
///
/// # Errors
///
/// When the store fails.
pub async fn last(app: &App, channel: &Channel) -> Result<Option<Run>, warta_store::Error> {
    let look = app.store.look(Scope::new(channel.organization), channel.id).await?;
    Ok(look.loopback.and_then(|run| serde_json::from_value(run).ok()))
}

/// How far a test has come.
///
/// # Errors
///
/// When the store fails.
pub async fn follow(app: &App, channel: &Channel, run: &Run) -> Result<Trail, warta_store::Error> {
    let scope = Scope::new(channel.organization);
    let look = app.store.look(scope, channel.id).await?;
    // It is noted every ten seconds at the most, so one from just before stands for ours too.
    let refused = look.signature_refused_at.is_some_and(|at| run.at.since(at).max(at.since(run.at)) <= CALL);
    let mut trail = Trail { message: None, asked: None, replies: Vec::new(), refused };
    let Some(id) = app.store.message_of_provider(scope, channel.id, &run.provider_id).await? else {
        return Ok(trail);
    };
    let Some(message) = app.store.message(scope, id).await? else { return Ok(trail) };
    let timeline = app.store.timeline(scope, id).await?;
    trail.asked = timeline.iter().rev().find(|event| event.kind == "agent").map(|event| {
        (event.at, event.detail.get("duration_ms").and_then(serde_json::Value::as_i64).unwrap_or_default())
    });
    let filter = MessageFilter {
        conversation: Some(message.conversation),
        direction: Some(Direction::Outbound),
        limit: REPLIES,
        ..MessageFilter::default()
    };
    let mut replies = app.store.messages(scope, &filter).await?.messages;
    replies.retain(|reply| reply.id.uuid() > id.uuid());
    replies.reverse();
    trail.replies = replies;
    trail.message = Some(message);
    Ok(trail)
}
