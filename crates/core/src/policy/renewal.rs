//! When an access token is renewed: a little before it ends by itself, and not again at once where that came to nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::delivery::Failure;
use crate::time::Timestamp;

/// How long before its end a token is renewed: time enough for a person, should it fail.
const EARLY: Duration = Duration::from_hours(24);
/// How long a renewal rests that the provider has refused: a password that is wrong is not made right by asking, and an account
/// may be locked by it.
const REFUSED: Duration = Duration::from_mins(5);
/// How long one rests that the provider did not answer.
const SILENT: Duration = Duration::from_secs(30);

/// From when on a token is renewed that was given out at `given_at` and ends at `ends_at`: in the last tenth of its life, and not
/// before its last day.
#[must_use]
pub fn due(given_at: Timestamp, ends_at: Timestamp) -> Timestamp {
    ends_at.before(EARLY.min(ends_at.since(given_at) / 10))
}

/// A renewal that came to nothing, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// The channel's revision then: whatever a person changes since is worth another try.
    pub revision: i64,
    /// Whether the provider refused; else it did not answer.
    pub refused: bool,
    /// Why, in the provider's words.
    pub failure: Failure,
}

impl Failed {
    /// Whether it is too early to ask again, for a channel that is at `revision` now.
    #[must_use]
    pub fn rests(&self, revision: i64, now: Timestamp) -> bool {
        let rest = if self.refused { REFUSED } else { SILENT };
        self.revision == revision && now < self.at.after(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn a_token_of_a_year_is_renewed_on_its_last_day_and_one_of_an_hour_in_its_last_minutes() {
        let due = |life: Duration| due(GIVEN, GIVEN.after(life)).since(GIVEN);
        assert_eq!(due(Duration::from_hours(345 * 24)), Duration::from_hours(344 * 24));
        assert_eq!(due(Duration::from_hours(1)), Duration::from_mins(54));
        assert_eq!(due(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn what_ended_before_it_was_given_out_is_due_at_once() {
        let ended = GIVEN.before(Duration::from_secs(9));
        assert_eq!(due(GIVEN, ended), ended);
    }

    #[test]
    fn what_came_to_nothing_rests_until_something_is_changed() {
        let failure = Failure::new("grant_refused", "no");
        let failed = |refused| Failed { at: GIVEN, revision: 7, refused, failure: failure.clone() };
        let later = |seconds| GIVEN.after(Duration::from_secs(seconds));
        assert!(failed(true).rests(7, later(299)) && !failed(true).rests(7, later(300)));
        assert!(failed(false).rests(7, later(29)) && !failed(false).rests(7, later(30)));
        assert!(!failed(true).rests(8, later(1)), "somebody has entered another password");
    }
}
