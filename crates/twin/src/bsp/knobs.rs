//! What goes otherwise than it should (§4, §8): one scenario at a time, for so many sends or until it is changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// How the twin behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Knobs {
    pub(crate) scenario: Scenario,
    /// Sends (or, for shapes and duplicates, user messages) it lasts for; absent: until it is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u32>,
    /// Milliseconds from the acceptance of a send to each of its statuses.
    pub(crate) status_delays_ms: Delays,
    /// Milliseconds before every answer to a send.
    pub(crate) slow_ms: u64,
    /// Template sends taken in 60 s by each account (Qontak's limit, §2.3).
    pub(crate) templates_per_minute: usize,
}

/// See [`Knobs::status_delays_ms`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Delays {
    pub(crate) sent: u32,
    pub(crate) delivered: u32,
    pub(crate) read: u32,
}

/// What happens to a send, and what webhooks look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scenario {
    /// Sent, delivered, read.
    #[default]
    Success,
    /// Accepted, then failed.
    Failed,
    /// Refused with HTTP 500; nothing is sent.
    Http500,
    /// Refused with a gateway's page, HTTP 502; nothing is sent.
    Gateway,
    /// Refused with HTTP 429; nothing is sent.
    Throttled,
    /// Accepted, and no answer ever.
    Hang,
    /// `delivered` comes before `sent`.
    DeliveredBeforeSent,
    /// `read` comes first of all.
    ReadFirst,
    /// The first status comes before the answer.
    StatusBeforeAnswer,
    /// Accepted, and no status ever.
    NoStatus,
    /// Every webhook comes twice.
    Duplicate,
    /// Webhooks in the shape of the older generation (Coster §7.2, Qontak's of 2021).
    OlderShape,
    /// Meta's envelope without Coster's around it (§6.5).
    BareShape,
}

impl Default for Delays {
    fn default() -> Self {
        Self { sent: 100, delivered: 250, read: 600 }
    }
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            scenario: Scenario::Success,
            times: None,
            status_delays_ms: Delays::default(),
            slow_ms: 0,
            templates_per_minute: 60,
        }
    }
}

/// The panel.
#[derive(Debug, Default)]
pub(crate) struct Panel {
    knobs: Mutex<Knobs>,
}

impl Panel {
    /// As it stands.
    pub(crate) fn knobs(&self) -> Knobs {
        self.lock().clone()
    }

    /// Sets all of it.
    pub(crate) fn set(&self, knobs: Knobs) {
        *self.lock() = knobs;
    }

    /// As it stands for one send or message, which counts.
    pub(crate) fn take(&self) -> Knobs {
        let mut knobs = self.lock();
        let taken = knobs.clone();
        match &mut knobs.times {
            None => {}
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => (knobs.scenario, knobs.times) = (Scenario::Success, None),
        }
        taken
    }

    fn lock(&self) -> MutexGuard<'_, Knobs> {
        self.knobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
