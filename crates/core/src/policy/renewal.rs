//! When to renew an access token: shortly before it expires, and after a failed renewal only after a pause.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::delivery::Failure;
use crate::time::Timestamp;

/// How long before its expiry a token is renewed. A day leaves a person time to act if the renewal fails.
const BEFORE_EXPIRY: Duration = Duration::from_hours(24);
/// The pause after a refused renewal. A wrong password stays wrong, and repeated attempts may lock the account.
const REFUSED_PAUSE: Duration = Duration::from_mins(5);
/// The pause after a renewal that the provider did not answer.
const SILENT_PAUSE: Duration = Duration::from_secs(30);

/// The time from which a token issued at `issued_at` that expires at `expires_at` is renewed: in the last tenth of its lifetime, but
/// not before its last day.
#[must_use]
pub fn due(issued_at: Timestamp, expires_at: Timestamp) -> Timestamp {
    expires_at.before(BEFORE_EXPIRY.min(expires_at.since(issued_at) / 10))
}

/// A failed renewal, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When it failed.
    pub at: Timestamp,
    /// The channel's revision at that time. Any later change of the channel allows another attempt at once.
    pub revision: i64,
    /// True if the provider refused; false if it did not answer.
    pub refused: bool,
    /// The reason, in the provider's words.
    pub failure: Failure,
}

impl Failed {
    /// True if the pause is not over at `now`, for a channel at `revision`.
    #[must_use]
    pub fn must_wait(&self, revision: i64, now: Timestamp) -> bool {
        let pause = if self.refused { REFUSED_PAUSE } else { SILENT_PAUSE };
        self.revision == revision && now < self.at.after(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUED: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn a_token_of_a_year_is_renewed_on_its_last_day_and_one_of_an_hour_in_its_last_minutes() {
        let due = |lifetime: Duration| due(ISSUED, ISSUED.after(lifetime)).since(ISSUED);
        assert_eq!(due(Duration::from_hours(345 * 24)), Duration::from_hours(344 * 24));
        assert_eq!(due(Duration::from_hours(1)), Duration::from_mins(54));
        assert_eq!(due(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn a_token_that_expired_before_it_was_issued_is_due_at_once() {
        let expired = ISSUED.before(Duration::from_secs(9));
        assert_eq!(due(ISSUED, expired), expired);
    }

    #[test]
    fn a_failed_renewal_pauses_until_the_time_is_over_or_the_channel_changes() {
        let failure = Failure::new("grant_refused", "no");
        let failed = |refused| Failed { at: ISSUED, revision: 7, refused, failure: failure.clone() };
        let later = |seconds| ISSUED.after(Duration::from_secs(seconds));
        assert!(failed(true).must_wait(7, later(299)) && !failed(true).must_wait(7, later(300)));
        assert!(failed(false).must_wait(7, later(29)) && !failed(false).must_wait(7, later(30)));
        assert!(!failed(true).must_wait(8, later(1)), "the channel has changed");
    }
}
