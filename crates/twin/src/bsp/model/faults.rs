//! Faults on demand (§4, §8): one scenario at a time, for a number of sends or until it is changed.

use serde::{Deserialize, Serialize};

use crate::engine::{Faults, StatusDelays};

/// How the twin behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FaultSettings {
    pub(crate) scenario: Scenario,
    /// Sends (or, for shapes and duplicates, user messages) that the scenario lasts for; absent: until it is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u32>,
    /// Milliseconds from the acceptance of a send to each of its statuses.
    pub(crate) status_delays_ms: StatusDelays,
    /// Milliseconds before every answer to a send.
    pub(crate) slow_ms: u64,
    /// Template sends accepted in 60 s from each account (Qontak's limit, §2.3).
    pub(crate) templates_per_minute: usize,
}

/// What happens to a send, and the format of webhooks.
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
    /// Every webhook is sent twice.
    Duplicate,
    /// Webhooks in the older format (Coster §7.2, Qontak's of 2021).
    OlderShape,
    /// Meta's envelope without Coster's around it (§6.5).
    BareShape,
}

impl Default for FaultSettings {
    fn default() -> Self {
        Self {
            scenario: Scenario::Success,
            times: None,
            status_delays_ms: StatusDelays::default(),
            slow_ms: 0,
            templates_per_minute: 60,
        }
    }
}

impl Faults<FaultSettings> {
    /// The settings for one send or message, which counts against `times`.
    pub(crate) fn take(&self) -> FaultSettings {
        let mut settings = self.lock();
        let taken = settings.clone();
        match &mut settings.times {
            None => {}
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => (settings.scenario, settings.times) = (Scenario::Success, None),
        }
        taken
    }
}
