//! Delays before the next attempt after a failure.
//!
//! `jitter` is a random fraction from 0 to 1, drawn by the caller. It spreads each delay by ±20 %, so that calls that failed together
//! are not retried together.

use std::time::Duration;

use crate::time::Timestamp;

/// Delays between attempts to reach an agent while a user waits: about 22 minutes in total (facts/promises.md R5).
pub const AGENT: &[Duration] = &[
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
];

/// How long an uncertain send waits for a status that carries our message id (DESIGN §4.2).
pub const UNCERTAIN_WAIT: Duration = Duration::from_secs(30);

const SEND_FIRST: Duration = Duration::from_secs(1);
const SEND_LONGEST: Duration = Duration::from_mins(5);

/// The delay before the next attempt to reach an agent, after `attempts` failed ones; `None` means to give up.
#[must_use]
pub fn agent(attempts: u32, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let step = *AGENT.get(index)?;
    // An agent may ask for more time, but at most twice the step, because a user is waiting.
    Some(asked.map_or_else(|| spread(step, jitter), |asked| asked.clamp(step, step * 2)))
}

/// The delay before the next attempt to send, after `attempts` that certainly did not go out. It doubles from one second to five
/// minutes. There is no maximum number of attempts; the message's time to live ends them.
#[must_use]
pub fn send(attempts: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    let doubling = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let step = SEND_FIRST.saturating_mul(doubling).min(SEND_LONGEST);
    let spread = spread(step, jitter);
    asked.map_or(spread, |asked| spread.max(asked))
}

/// The delay after the provider reported too many messages between a pair of numbers: 4, 16, 64 … seconds, up to an hour
/// (facts/meta-cloud.md §10.2).
#[must_use]
pub fn pair(attempts: u32) -> Duration {
    let seconds = 4_u64.saturating_pow(attempts.clamp(1, 6));
    Duration::from_secs(seconds.min(3_600))
}

/// The time until which a reply to a user may be sent: the end of the 24-hour window.
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
        fn a_delay_stays_within_a_fifth_of_its_step(attempts in 1_u32..7, jitter in 0.0_f64..1.0) {
            let pause = agent(attempts, None, jitter).unwrap();
            let step = AGENT[usize::try_from(attempts - 1).unwrap()];
            prop_assert!(pause >= step.mul_f64(0.79) && pause <= step.mul_f64(1.21));
        }

        #[test]
        fn a_send_never_retries_before_the_requested_time(attempts: u32, asked in 0_u64..10_000, jitter in 0.0_f64..1.0) {
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
