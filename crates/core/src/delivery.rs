//! Delivery statuses of messages, and the outcome of a send attempt.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

words! {
    /// The delivery status of an outbound message.
    ///
    /// The gateway sets the statuses before `accepted` under the sender's lease. The provider reports the statuses from `accepted`
    /// on, in any order and repeatedly; [`merge`] keeps the highest.
    Status {
        /// Waits for its scheduled time.
        Scheduled = "scheduled",
        /// Waits in the queue.
        Queued = "queued",
        /// Canceled by the caller before it was sent.
        Canceled = "canceled",
        /// A call to the provider is in progress; committed before the first byte is sent.
        Dispatching = "dispatching",
        /// The request was sent and no answer came; the message may have been delivered.
        Uncertain = "uncertain",
        /// Not sent before its time to live ended.
        Expired = "expired",
        /// Accepted by the provider, which assigned an id.
        Accepted = "accepted",
        /// Sent by the provider.
        Sent = "sent",
        /// Refused by the provider, or failed at the provider.
        Failed = "failed",
        /// Delivered to the user's device.
        Delivered = "delivered",
        /// Read by the user.
        Read = "read",
        /// Played by the user; voice messages only.
        Played = "played",
    }
}

impl Status {
    /// The rank of the status; a message only moves to higher ranks. `failed` ranks below `delivered`, because a provider that reports both
    /// has delivered the message (facts/meta-cloud.md §3.2).
    #[must_use]
    pub const fn rank(self) -> i16 {
        match self {
            Self::Scheduled => 0,
            Self::Queued => 1,
            Self::Dispatching => 2,
            Self::Uncertain => 3,
            Self::Canceled => 4,
            Self::Expired => 5,
            Self::Accepted => 6,
            Self::Sent => 7,
            Self::Failed => 8,
            Self::Delivered => 9,
            Self::Read => 10,
            Self::Played => 11,
        }
    }
}

/// Merges a reported status into the current one: returns the one with the higher rank. Commutative, associative and idempotent, so the
/// order and repetition of reports do not matter.
#[must_use]
pub const fn merge(current: Status, report: Status) -> Status {
    if report.rank() > current.rank() { report } else { current }
}

words! {
    /// The delivery status of an inbound message.
    InboundStatus {
        /// Stored; waits for delivery to the agent.
        Received = "received",
        /// Accepted by the agent.
        Delivered = "delivered",
        /// Not delivered after the last attempt. Can be replayed.
        Dead = "dead",
    }
}

/// The reason of a failure: a stable code of ours, and the provider's explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Our code, such as `window_closed`.
    pub code: String,
    /// The provider's code, such as 131047.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_code: Option<i64>,
    /// A sentence for a person. It never contains message text or secrets.
    pub detail: String,
}

impl Failure {
    /// A failure without a provider code.
    #[must_use]
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), provider_code: None, detail: detail.into() }
    }
}

/// The messages that must wait after a temporary refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only this message.
    Message,
    /// All messages to this user.
    Pair,
    /// All messages from this number.
    Number,
}

/// The outcome of a send attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider accepted the message.
    Accepted {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// The provider refused the message permanently.
    Refused {
        /// The reason.
        failure: Failure,
        /// True if the channel cannot send anything until a person acts (revoked token, blocked account).
        stops_channel: bool,
    },
    /// The message was certainly not sent; retry.
    NotSent {
        /// The reason.
        failure: Failure,
        /// The messages that must wait.
        scope: Scope,
        /// The wait that the provider asked for, if any.
        retry_after: Option<Duration>,
    },
    /// The request was sent, but no answer shows whether the message was accepted. A retry might send it twice.
    Unknown {
        /// What went wrong.
        failure: Failure,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_status() -> impl Strategy<Value = Status> {
        proptest::sample::select(Status::ALL)
    }

    proptest! {
        #[test]
        fn merging_does_not_depend_on_order_or_repetition(a in any_status(), b in any_status(), c in any_status()) {
            prop_assert_eq!(merge(a, b), merge(b, a));
            prop_assert_eq!(merge(merge(a, b), c), merge(a, merge(b, c)));
            prop_assert_eq!(merge(merge(a, b), b), merge(a, b));
        }

        #[test]
        fn the_rank_of_a_status_never_falls(history in proptest::collection::vec(any_status(), 1..20)) {
            let mut current = Status::Queued;
            for report in history {
                let next = merge(current, report);
                prop_assert!(next.rank() >= current.rank());
                current = next;
            }
        }
    }

    #[test]
    fn ranks_are_distinct() {
        let mut ranks: Vec<_> = Status::ALL.iter().map(|status| status.rank()).collect();
        ranks.sort_unstable();
        ranks.dedup();
        assert_eq!(ranks.len(), Status::ALL.len());
    }

    #[test]
    fn a_delivery_report_overrides_a_failure() {
        assert_eq!(merge(Status::Failed, Status::Delivered), Status::Delivered);
        assert_eq!(merge(Status::Delivered, Status::Failed), Status::Delivered);
        assert_eq!(merge(Status::Read, Status::Sent), Status::Read);
    }
}
