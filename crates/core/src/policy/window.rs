//! WhatsApp's customer service window: free-form messages are allowed only within 24 hours of the user's last message, counted from the
//! time that the provider reports for it (facts/meta-cloud.md §10.5).

use std::time::Duration;

use crate::time::Timestamp;

/// How long the window stays open after a user's message.
pub const LENGTH: Duration = Duration::from_hours(24);

/// When the window closes for a user who last wrote at `last_user_at`.
#[must_use]
pub fn closes_at(last_user_at: Timestamp) -> Timestamp {
    last_user_at.after(LENGTH)
}

/// True if a free-form message may be sent at `now`. Always false for a user who has never written.
#[must_use]
pub fn is_open(last_user_at: Option<Timestamp>, now: Timestamp) -> bool {
    last_user_at.is_some_and(|last| now < closes_at(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_open_for_exactly_a_day() {
        let wrote = Timestamp::from_millis(1_000);
        for (now, open) in [(1_000, true), (86_400_999, true), (86_401_000, false)] {
            assert_eq!(is_open(Some(wrote), Timestamp::from_millis(now)), open, "{now}");
        }
        assert!(!is_open(None, wrote));
    }
}
