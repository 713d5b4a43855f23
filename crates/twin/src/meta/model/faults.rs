//! Faults on demand, set by the control interface. A restart resets them.

use serde::{Deserialize, Serialize};

use crate::engine::{Faults, StatusDelays};

/// All faults. A `POST` to `faults` sets those it names and leaves the others; unknown names are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a panel of independent switches")]
pub(crate) struct FaultSettings {
    /// Copies of each webhook, sent at the same time. Default 1. Stays.
    pub(crate) duplicate: u32,
    /// The statuses of a message come in a random order. Default false. Stays.
    pub(crate) reorder: bool,
    /// The answer to a send waits until all its statuses have been answered, 5 s at most. Default false. Stays.
    pub(crate) status_before_answer: bool,
    /// The next sends fail without being accepted. Counts down.
    pub(crate) fail_next: Option<FailNext>,
    /// As many sends are accepted and then never answered. Default 0. Counts down.
    pub(crate) accept_then_hang: u32,
    /// As many sends are accepted, then the connection is cut without an answer. Default 0. Counts down.
    pub(crate) accept_then_reset: u32,
    /// Every Graph answer waits this long. Default 0. Stays.
    pub(crate) slow_ms: u64,
    /// The next sends are refused with a rate limit. Counts down.
    pub(crate) throttle: Option<Throttle>,
    /// No statuses at all. Default false. Stays.
    pub(crate) drop_statuses: bool,
    /// No `delivered`. Default false. Stays.
    pub(crate) skip_delivered: bool,
    /// When users read. Default `always`. Stays.
    pub(crate) read: ReadMode,
    /// When statuses come, counted from the send. Default 100, 250 and 600 ms. Stays.
    pub(crate) status_delays_ms: StatusDelays,
    /// Webhooks escape what is not ASCII. Default true. Stays.
    pub(crate) escape_unicode: bool,
    /// Webhooks write `/` as `\/`. Default false. Stays.
    pub(crate) escape_slash: bool,
    /// A closed 24-hour window is refused at once (400) and not by a `failed` status. Default false. Stays.
    pub(crate) window_sync: bool,
    /// Every accepted send ends as `failed` with this code. Default none. Stays.
    pub(crate) failed_code: Option<u32>,
    /// Sends a number may make per second, 0 for no limit. Default 80 (§10.1). Stays.
    pub(crate) throughput_mps: u32,
    /// Sends to one user in a burst before one per 6 s is the rule, 0 for no limit. Default 45 (§10.2). Stays.
    pub(crate) pair_burst: u32,
}

/// See [`FaultSettings::fail_next`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FailNext {
    /// How many sends.
    pub(crate) count: u32,
    /// The answer's HTTP status.
    pub(crate) http_status: u16,
    /// Meta's error code; without it the body is a gateway's HTML page.
    #[serde(default)]
    pub(crate) code: Option<u32>,
}

/// See [`FaultSettings::throttle`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Throttle {
    /// How many sends.
    pub(crate) count: u32,
    /// Meta's error code, 130429 or 131056.
    pub(crate) code: u32,
}

/// When users read what the business sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReadMode {
    /// Everything, after the delay: for runs without a person at the phone.
    Always,
    /// When the chat is open on a phone.
    Open,
    /// Nothing: read receipts are off.
    Never,
}

impl Default for FaultSettings {
    fn default() -> Self {
        Self {
            duplicate: 1,
            reorder: false,
            status_before_answer: false,
            fail_next: None,
            accept_then_hang: 0,
            accept_then_reset: 0,
            slow_ms: 0,
            throttle: None,
            drop_statuses: false,
            skip_delivered: false,
            read: ReadMode::Always,
            status_delays_ms: StatusDelays::default(),
            escape_unicode: true,
            escape_slash: false,
            window_sync: false,
            failed_code: None,
            throughput_mps: 80,
            pair_burst: 45,
        }
    }
}

/// What happens to the answer after the send was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterAccept {
    Answer,
    Hang,
    Reset,
}

impl Faults<FaultSettings> {
    /// Takes one of the ordered failures.
    pub(crate) fn take_failure(&self) -> Option<FailNext> {
        let mut settings = self.lock();
        let fail = settings.fail_next.as_mut().filter(|fail| fail.count > 0)?;
        fail.count -= 1;
        Some(fail.clone())
    }

    /// Takes one of the ordered rate-limit refusals; gives its code.
    pub(crate) fn take_throttle(&self) -> Option<u32> {
        let mut settings = self.lock();
        let throttle = settings.throttle.as_mut().filter(|throttle| throttle.count > 0)?;
        throttle.count -= 1;
        Some(throttle.code)
    }

    /// Takes one of the ordered hangs or resets.
    pub(crate) fn take_after_accept(&self) -> AfterAccept {
        let mut settings = self.lock();
        if settings.accept_then_hang > 0 {
            settings.accept_then_hang -= 1;
            AfterAccept::Hang
        } else if settings.accept_then_reset > 0 {
            settings.accept_then_reset -= 1;
            AfterAccept::Reset
        } else {
            AfterAccept::Answer
        }
    }
}
