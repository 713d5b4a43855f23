//! When to try again after something did not work.
//!
//! `jitter` is a fraction from 0 up to 1 drawn by the caller; it spreads each step by ±20 %, so that what failed together
//! does not come back together.

use std::time::Duration;

use crate::time::Timestamp;

/// The pauses between attempts to reach an agent while a person waits: about 22 minutes in all
/// (facts/promises.md R5).
pub const AGENT: &[Duration] = &[
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
];

/// How long an uncertain send waits for a status that bears our id (DESIGN §4.2).
pub const UNCERTAIN: Duration = Duration::from_secs(30);

const SEND_FIRST: Duration = Duration::from_secs(1);
const SEND_LONGEST: Duration = Duration::from_mins(5);

/// The pause before the next attempt to reach an agent, after `attempts` that failed; `None` when it is to be given up.
#[must_use]
pub fn agent(attempts: u32, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let step = *AGENT.get(index)?;
    // An agent may ask for more time, up to twice the step: a person is waiting.
    Some(asked.map_or_else(|| spread(step, jitter), |asked| asked.clamp(step, step * 2)))
}

/// The pause before the next attempt to send, after `attempts` that surely did not go out: doubling from a second to five
/// minutes. It has no end of its own: the message's time to live ends it.
#[must_use]
pub fn send(attempts: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    let doubling = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let step = SEND_FIRST.saturating_mul(doubling).min(SEND_LONGEST);
    let spread = spread(step, jitter);
    asked.map_or(spread, |asked| spread.max(asked))
}

/// The pause after the provider said that a pair of numbers talks too fast: 4, 16, 64 … seconds, up to an hour
/// (facts/meta-cloud.md §10.2).
#[must_use]
pub fn pair(attempts: u32) -> Duration {
    let seconds = 4_u64.saturating_pow(attempts.clamp(1, 6));
    Duration::from_secs(seconds.min(3_600))
}

/// Until when a reply to a user may still be sent: the end of the window.
#[must_use]
pub fn reply_expires_at(last_user_at: Timestamp) -> Timestamp {
    super::window::closes_at(last_user_at)
}

fn spread(step: Duration, jitter: f64) -> Duration {
    step.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_stays_within_a_fifth_of_its_step(attempts in 1_u32..7, jitter in 0.0_f64..1.0) {
            let pause = agent(attempts, None, jitter).unwrap();
            let step = AGENT[usize::try_from(attempts - 1).unwrap()];
            prop_assert!(pause >= step.mul_f64(0.79) && pause <= step.mul_f64(1.21));
        }

        #[test]
        fn sending_is_never_hurried(attempts: u32, asked in 0_u64..10_000, jitter in 0.0_f64..1.0) {
            let asked = Duration::from_secs(asked);
            prop_assert!(send(attempts, Some(asked), jitter) >= asked);
            prop_assert!(send(attempts, None, jitter) <= SEND_LONGEST.mul_f64(1.21));
        }
    }

    #[test]
    fn an_agent_is_given_up_after_the_last_step() {
        assert_eq!(agent(7, None, 0.5), None);
        assert_eq!(agent(0, None, 0.5), None);
        let total: Duration = AGENT.iter().sum();
        assert_eq!(total, Duration::from_secs(1_286));
    }

    #[test]
    fn an_agent_may_ask_for_up_to_twice_the_step() {
        let second = |n| Some(Duration::from_secs(n));
        assert_eq!(agent(2, second(7), 0.5), second(7));
        assert_eq!(agent(2, second(700), 0.5), second(10));
        assert_eq!(agent(2, second(1), 0.5), second(5));
    }

    #[test]
    fn a_pair_waits_four_times_longer_each_time() {
        assert_eq!([1, 2, 3].map(|n| pair(n).as_secs()), [4, 16, 64]);
        assert_eq!(pair(u32::MAX).as_secs(), 3_600);
    }
}
