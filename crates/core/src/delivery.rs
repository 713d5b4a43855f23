//! How far an outbound message has come, and what a provider's answer to a send means.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

words! {
    /// How far an outbound message has come.
    ///
    /// What we do ourselves (`scheduled` to `uncertain`) moves under the sender's lease. From `accepted` on the
    /// provider tells, in any order and more than once, and [`merge`] keeps the furthest.
    Status {
        /// Waits for its hour.
        Scheduled = "scheduled",
        /// Waits for its turn.
        Queued = "queued",
        /// Given up by the one who asked for it, before it left.
        Canceled = "canceled",
        /// On its way to the provider: committed before the first byte leaves.
        Dispatching = "dispatching",
        /// Bytes left, no answer came: it may or may not have arrived.
        Uncertain = "uncertain",
        /// Could no longer be sent in time.
        Expired = "expired",
        /// Taken by the provider, which gave it an id.
        Accepted = "accepted",
        /// Sent by the provider.
        Sent = "sent",
        /// Refused, or given up by the provider.
        Failed = "failed",
        /// On the user's device.
        Delivered = "delivered",
        /// Seen by the user.
        Read = "read",
        /// Listened to: voice messages only.
        Played = "played",
    }
}

impl Status {
    /// The place in the order in which a message can only move forward. `failed` stands below `delivered`: a
    /// provider that reports both has delivered (facts/meta-cloud.md §3.2).
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

/// The status after `news` about a message in `current`: the one that is further on. Commutative, associative and
/// idempotent, so order and repetition of news do not matter.
#[must_use]
pub const fn merge(current: Status, news: Status) -> Status {
    if news.rank() > current.rank() { news } else { current }
}

words! {
    /// How far an inbound message has come.
    InboundStatus {
        /// Stored; waits for the agent.
        Received = "received",
        /// Taken by the agent.
        Delivered = "delivered",
        /// Given up after the last attempt. Can be replayed.
        Dead = "dead",
    }
}

/// Why something did not work: a word of ours that stays the same, and the provider's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Our word for it, such as `window_closed`.
    pub code: String,
    /// The provider's code, such as 131047.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_code: Option<i64>,
    /// A sentence for a person, which never holds message text or secrets.
    pub detail: String,
}

impl Failure {
    /// A failure that no provider had a code for.
    #[must_use]
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), provider_code: None, detail: detail.into() }
    }
}

/// Whom a "not now" concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This message only.
    Message,
    /// Messages to this user.
    Pair,
    /// Everything this number sends.
    Number,
}

/// What became of an attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider took it, under this id.
    Accepted {
        /// The provider's id of the message.
        provider_id: String,
    },
    /// The provider will never take it.
    Refused {
        /// Why.
        failure: Failure,
        /// Whether nothing more can be sent until a person acts (revoked token, blocked account).
        stops_channel: bool,
    },
    /// It surely did not go out; try again.
    NotSent {
        /// Why.
        failure: Failure,
        /// Whom to make wait.
        scope: Scope,
        /// How long the provider asked us to wait, where it did.
        retry_after: Option<Duration>,
    },
    /// The bytes left and no answer told us more: sending again might double it.
    Unknown {
        /// What happened instead of an answer.
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
        fn a_status_never_goes_back(history in proptest::collection::vec(any_status(), 1..20)) {
            let mut current = Status::Queued;
            for news in history {
                let next = merge(current, news);
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
    fn a_delivery_report_overrules_a_failure() {
        assert_eq!(merge(Status::Failed, Status::Delivered), Status::Delivered);
        assert_eq!(merge(Status::Delivered, Status::Failed), Status::Delivered);
        assert_eq!(merge(Status::Read, Status::Sent), Status::Read);
    }
}
