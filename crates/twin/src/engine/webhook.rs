//! Webhooks that the twin still has to deliver, and the attempts to deliver them.

use serde::{Deserialize, Serialize};

/// A webhook to be sent until the business accepts it.
pub(crate) trait Webhook: Clone + Send + 'static {
    /// Its id.
    fn id(&self) -> &str;
    /// The exact body.
    fn body(&self) -> &str;
    /// When it was made.
    fn at_ms(&self) -> i64;
    /// Ids of the messages it reports.
    fn about(&self) -> &[String];
}

/// A webhook that is not yet delivered.
pub(crate) struct Owed<W> {
    pub(crate) webhook: W,
    /// Attempts so far.
    pub(crate) attempts: u32,
    /// When the next attempt is due.
    pub(crate) due_ms: i64,
}

/// One attempt to deliver a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at_ms: i64,
    /// Id of the webhook.
    pub(crate) webhook: String,
    /// Counted from 1.
    pub(crate) number: u32,
    /// The address; absent when nobody is subscribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The answer's HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// When the next attempt is due; absent after the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_ms: Option<i64>,
}
