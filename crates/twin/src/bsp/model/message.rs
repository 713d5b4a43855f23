//! Messages, files and webhooks, as the journal stores them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::{self, Status};

/// A message in a chat.
pub(crate) type Message = engine::Message<Head, Outbound>;

/// The ids and names of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Coster's is WhatsApp's, Qontak's a UUID.
    pub(crate) id: String,
    /// WhatsApp's id.
    pub(crate) wamid: String,
    pub(crate) account: String,
    /// Profile name of the user; empty if unknown.
    pub(crate) name: String,
    /// Qontak's room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<String>,
}

/// What the twin remembers of a send, to report its statuses.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outbound {
    /// The caller's own id: Coster's `xid`, Qontak's `local_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// Qontak's broadcast, of a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) broadcast: Option<String>,
    /// As the caller wrote it.
    #[serde(rename = "said")]
    pub(crate) request: Value,
    /// `service`, `utility`, `marketing` or `authentication`.
    pub(crate) category: String,
    /// Statuses not yet reported, and when each is due.
    pub(crate) plan: Vec<(Status, i64)>,
}

/// A webhook as a provider words it, without an id yet.
#[derive(Clone, Debug)]
pub(crate) struct NewWebhook {
    pub(crate) url: String,
    /// The exact body.
    pub(crate) body: String,
    /// `X-Request-Id`, if the provider sends one.
    pub(crate) request_id: Option<String>,
}

/// A webhook, sent until it is answered or given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) url: String,
    /// The exact body.
    pub(crate) body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    /// How many are sent at once.
    pub(crate) copies: u8,
    pub(crate) at_ms: i64,
    /// Id of the message it reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
}

impl Webhook {
    /// A webhook due from `at_ms` on.
    pub(crate) fn of(new: NewWebhook, id: String, copies: u8, at_ms: i64, about: Option<String>) -> Self {
        let NewWebhook { url, body, request_id } = new;
        Self { id, url, body, request_id, copies, at_ms, about }
    }
}

/// A stored file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Media {
    /// Digits with Coster, as Meta's; a UUID with Qontak.
    pub(crate) id: String,
    pub(crate) mime_type: String,
    pub(crate) filename: String,
    /// In hex.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

impl engine::Head for Head {
    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl engine::Outbound for Outbound {
    fn planned(&self) -> Vec<(Status, i64)> {
        self.plan.clone()
    }

    fn remove(&mut self, status: Status) {
        self.plan.retain(|(planned, _)| *planned != status);
    }
}

impl engine::Webhook for Webhook {
    fn id(&self) -> &str {
        &self.id
    }

    fn body(&self) -> &str {
        &self.body
    }

    fn at_ms(&self) -> i64 {
        self.at_ms
    }

    fn about(&self) -> &[String] {
        self.about.as_slice()
    }
}
