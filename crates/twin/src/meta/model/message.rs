//! Users, messages and webhooks, as the journal stores them.

use serde::{Deserialize, Serialize};

use crate::engine::{self, Status};

/// A message in a chat.
pub(crate) type Message = engine::Message<Head, Outbound>;

/// The ids of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) wamid: String,
    pub(crate) phone_number_id: String,
}

/// A WhatsApp user as the twin knows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    /// The phone number in digits; the BSUID where the phone is hidden.
    pub(crate) key: String,
    /// Digits without `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    /// Business-scoped id, `ID.…`.
    pub(crate) bsuid: String,
    /// Profile name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// What the twin remembers of a send, to report its statuses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outbound {
    /// As the caller wrote it.
    pub(crate) to: String,
    /// Returned in every status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) biz_opaque_callback_data: Option<String>,
    /// `service`, `utility`, `marketing` or `authentication`.
    pub(crate) category: String,
    /// Statuses not yet reported.
    pub(crate) plan: Vec<Planned>,
    /// The earliest time at which opening the chat makes it read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) read_from_ms: Option<i64>,
}

/// A status not yet reported.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) status: Status,
    /// When the webhook is sent.
    pub(crate) due_ms: i64,
    /// The time in the webhook.
    pub(crate) stamp_ms: i64,
}

/// A webhook, sent until it is answered with 200.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) phone_number_id: String,
    pub(crate) field: String,
    /// The exact body.
    pub(crate) body: String,
    pub(crate) at_ms: i64,
    /// Ids of the messages it reports.
    pub(crate) about: Vec<String>,
}

impl engine::Head for Head {
    fn id(&self) -> &str {
        &self.wamid
    }

    fn account(&self) -> &str {
        &self.phone_number_id
    }
}

impl engine::Outbound for Outbound {
    fn planned(&self) -> Vec<(Status, i64)> {
        self.plan.iter().map(|planned| (planned.status, planned.due_ms)).collect()
    }

    fn remove(&mut self, status: Status) {
        self.plan.retain(|planned| planned.status != status);
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
        &self.about
    }
}
