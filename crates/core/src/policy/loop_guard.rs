//! Notices two programs that answer each other without end, by what the agent has said lately in one conversation.

use std::time::Duration;

use crate::time::Timestamp;
use crate::vocabulary::words;

/// So many answers within [`WITHIN`] are a loop. A person rarely asks that fast.
pub const ANSWERS: usize = 20;
/// So many equal answers in a row, within [`WITHIN`], are a loop.
pub const SAME: usize = 3;
/// The time in which answers are counted.
pub const WITHIN: Duration = Duration::from_mins(2);
/// How long the agent is paused in the conversation, if nobody lets it go on earlier.
pub const PAUSE: Duration = Duration::from_hours(1);

words! {
    /// What a loop was recognized by.
    Loop {
        /// Too many answers in a short time.
        TooMany = "too_many_replies",
        /// The same answer again and again.
        Same = "same_reply",
    }
}

/// Recognizes a loop in the agent's last messages, the newest first: when each was queued, and what it says. Messages of the same
/// time are one answer.
#[must_use]
pub fn detect(messages: &[(Timestamp, String)], now: Timestamp) -> Option<Loop> {
    let recent = messages.iter().take_while(|(at, _)| now.since(*at) < WITHIN);
    let mut answers: Vec<(Timestamp, Vec<&str>)> = Vec::new();
    for (at, said) in recent {
        match answers.last_mut() {
            Some((last, parts)) if last == at => parts.push(said),
            _ => answers.push((*at, vec![said])),
        }
    }
    let first = answers.first().map(|(_, parts)| parts);
    let same = answers.iter().take_while(|(_, parts)| Some(parts) == first).count();
    if same >= SAME { Some(Loop::Same) } else { (answers.len() >= ANSWERS).then_some(Loop::TooMany) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

    /// Answers so many seconds ago, the newest first.
    fn said(answers: &[(u64, &str)]) -> Vec<(Timestamp, String)> {
        let at = |ago| NOW.before(Duration::from_secs(ago));
        answers.iter().map(|(ago, text)| (at(*ago), (*text).to_owned())).collect()
    }

    #[test]
    fn the_same_answer_three_times_in_a_row_is_a_loop() {
        for (answers, expected) in [
            (&[(1, "a"), (2, "a"), (3, "a")][..], Some(Loop::Same)),
            (&[(1, "a"), (2, "a")], None),
            (&[(1, "a"), (2, "b"), (3, "a"), (4, "a")], None),
            (&[(1, "a"), (2, "a"), (200, "a")], None),
            // One answer of three equal messages.
            (&[(1, "a"), (1, "a"), (1, "a")], None),
        ] {
            assert_eq!(detect(&said(answers), NOW), expected, "{answers:?}");
        }
    }

    #[test]
    fn twenty_answers_in_two_minutes_are_a_loop() {
        let texts: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let answers = |count: usize, apart: u64| -> Vec<_> {
            (0..).zip(&texts).take(count).map(|(nth, text)| (nth * apart, text.as_str())).collect()
        };
        assert_eq!(detect(&said(&answers(20, 1)), NOW), Some(Loop::TooMany));
        assert_eq!(detect(&said(&answers(19, 1)), NOW), None);
        assert_eq!(detect(&said(&answers(40, 7)), NOW), None, "as fast as a person asks");
    }

    proptest! {
        #[test]
        fn different_answers_at_a_persons_pace_are_never_a_loop(gaps in prop::collection::vec(7_u64..300, 0..60)) {
            let mut ago = 0;
            let messages: Vec<_> = gaps.iter().enumerate().map(|(number, gap)| {
                ago += gap;
                (NOW.before(Duration::from_secs(ago)), number.to_string())
            }).collect();
            prop_assert_eq!(detect(&messages, NOW), None);
        }

        #[test]
        fn answers_before_the_time_that_counts_change_nothing(recent in 0_u64..119, old in prop::collection::vec(120_u64..9_000, 0..40)) {
            let mut ago = vec![recent];
            ago.extend(old);
            ago.sort_unstable();
            let messages: Vec<_> = ago.iter().map(|ago| (NOW.before(Duration::from_secs(*ago)), String::new())).collect();
            prop_assert_eq!(detect(&messages, NOW), None);
        }
    }
}
