//! Rate limits for sending: per number, and per pair of number and user.
//!
//! Both use the generic cell rate algorithm: a bucket stores the time at which its full allowance is restored. Each message moves that
//! time forward, and is allowed if the time is not too far ahead of now. After a pause a bucket allows a burst on top of its rate, so
//! limits that a provider counts per minute have a type of their own, [`MinuteLimit`].

use std::collections::VecDeque;
use std::time::Duration;

use crate::time::Timestamp;

/// A rate: one message per `interval`, and up to `burst` at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The average time between messages.
    pub interval: Duration,
    /// The number of messages that may go at once; at least 1.
    pub burst: u32,
}

impl Rate {
    /// WhatsApp's limit per user: one message every 6 seconds, 45 at once (facts/meta-cloud.md §10.2).
    pub const PAIR: Self = Self { interval: Duration::from_secs(6), burst: 45 };

    /// The given number of messages per second, a tenth of them at once.
    #[must_use]
    pub fn per_second(messages: u32) -> Self {
        let messages = messages.max(1);
        Self { interval: Duration::from_secs(1) / messages, burst: (messages / 10).max(1) }
    }

    /// This rate at `percent` of its speed.
    #[must_use]
    pub fn slowed(self, percent: u32) -> Self {
        let percent = percent.clamp(1, 100);
        Self { interval: self.interval * 100 / percent, burst: (self.burst * percent / 100).max(1) }
    }
}

/// The used allowance, stored as the time in microseconds at which the bucket is full again. A new bucket is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    full_at_us: i64,
}

impl Bucket {
    /// Takes one message from the allowance at `now`.
    ///
    /// # Errors
    ///
    /// The time to wait if the allowance is used up; the bucket is then unchanged.
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        let now_us = now.as_millis().saturating_mul(1_000);
        let interval = micros(rate.interval);
        let allowance = interval.saturating_mul(i64::from(rate.burst.max(1)));
        let next = self.full_at_us.max(now_us).saturating_add(interval);
        let ahead = next.saturating_sub(now_us).saturating_sub(allowance);
        if ahead > 0 {
            return Err(Duration::from_micros(u64::try_from(ahead).unwrap_or_default()));
        }
        self.full_at_us = next;
        Ok(())
    }

    /// True if the bucket is full at `now`. A full bucket need not be stored.
    #[must_use]
    pub fn is_full(self, now: Timestamp) -> bool {
        self.full_at_us <= now.as_millis().saturating_mul(1_000)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The pace of one number: halves when the provider reports "too fast", and recovers by a tenth of full speed per second.
#[derive(Debug, Clone, Copy)]
pub struct NumberPace {
    full: Rate,
    bucket: Bucket,
    /// The time of the last "too fast", and the percentage of full speed right after it.
    throttled: Option<(Timestamp, u32)>,
}

impl NumberPace {
    /// The pace of a number that may send the given number of messages per second.
    #[must_use]
    pub fn per_second(messages: u32) -> Self {
        Self { full: Rate::per_second(messages), bucket: Bucket::default(), throttled: None }
    }

    /// Takes one message from the allowance at `now`.
    ///
    /// # Errors
    ///
    /// The time to wait.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        let rate = self.full.slowed(self.percent(now));
        self.bucket.take(rate, now)
    }

    /// The provider reported "too fast" at `now`.
    pub fn throttle(&mut self, now: Timestamp) {
        self.throttled = Some((now, (self.percent(now) / 2).max(1)));
    }

    /// The percentage of full speed at `now`.
    #[must_use]
    pub fn percent(&self, now: Timestamp) -> u32 {
        self.throttled.map_or(100, |(at, percent)| {
            let seconds = u32::try_from(now.since(at).as_secs()).unwrap_or(u32::MAX);
            percent.saturating_add(seconds.saturating_mul(10)).min(100)
        })
    }
}

/// A strict limit per minute: the messages sent in the last minute.
#[derive(Debug, Clone, Default)]
pub struct MinuteLimit {
    /// Send times, oldest first.
    sent: VecDeque<Timestamp>,
}

impl MinuteLimit {
    const LENGTH: Duration = Duration::from_mins(1);

    /// The time that the next message must wait at `now`, with `most` messages allowed per minute; zero if it may go.
    #[must_use]
    pub fn wait(&self, most: u32, now: Timestamp) -> Duration {
        let most = usize::try_from(most.max(1)).unwrap_or(usize::MAX);
        // The oldest send that still counts against the limit.
        let before = self.sent.len().checked_sub(most).and_then(|at| self.sent.get(at));
        before.map_or(Duration::ZERO, |sent| sent.after(Self::LENGTH).since(now))
    }

    /// Records a message sent at `now`.
    pub fn note(&mut self, now: Timestamp) {
        // Keep the times in order even if the clock was set back.
        let now = self.sent.back().map_or(now, |last| now.max(*last));
        while self.sent.front().is_some_and(|sent| sent.after(Self::LENGTH) <= now) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}

/// Hands out time slots at a fixed distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slots {
    free_at_us: i64,
}

impl Slots {
    /// The next slot: not before `now`, and reserved for one `interval`.
    pub fn take(&mut self, interval: Duration, now: Timestamp) -> Timestamp {
        let slot = self.free_at_us.max(now.as_millis().saturating_mul(1_000));
        self.free_at_us = slot.saturating_add(micros(interval));
        Timestamp::from_millis(slot / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    proptest! {
        #[test]
        fn no_period_exceeds_the_rate_plus_one_burst(
            rate in 1_u32..200,
            pauses in proptest::collection::vec(0_i64..50, 1..500),
        ) {
            let rate = Rate::per_second(rate);
            let (mut bucket, mut now, mut sent) = (Bucket::default(), 0, 0_u32);
            for pause in pauses {
                now += pause;
                if bucket.take(rate, at(now)).is_ok() {
                    sent += 1;
                }
            }
            let share = u128::try_from(now).unwrap() * 1_000 / rate.interval.as_micros();
            prop_assert!(u128::from(sent) <= share + u128::from(rate.burst) + 1);
        }

        #[test]
        fn sending_is_allowed_after_the_returned_wait(taken in 0_u32..100, burst in 1_u32..50) {
            let rate = Rate { interval: Duration::from_secs(6), burst };
            let (mut bucket, mut now) = (Bucket::default(), at(0));
            for _ in 0..taken {
                if let Err(wait) = bucket.take(rate, now) {
                    now = now.after(wait + Duration::from_millis(1));
                    prop_assert_eq!(bucket.take(rate, now), Ok(()));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn slots_come_in_order_and_keep_their_distance(
            pauses in proptest::collection::vec(0_i64..100, 1..400),
        ) {
            let (mut slots, mut now, mut taken) = (Slots::default(), at(0), Vec::new());
            for pause in pauses {
                now = now.after(Duration::from_millis(pause.unsigned_abs()));
                let slot = slots.take(Duration::from_millis(20), now);
                prop_assert!(slot >= now);
                taken.push(slot.as_millis());
            }
            for pair in taken.windows(2) {
                prop_assert!(pair[0] + 20 <= pair[1]);
            }
        }
    }

    proptest! {
        #[test]
        fn no_minute_exceeds_the_limit_and_sending_is_allowed_after_the_returned_wait(
            most in 1_u32..70,
            pauses in proptest::collection::vec(0_i64..3_000, 1..400),
        ) {
            let (mut minute, mut now, mut sent) = (MinuteLimit::default(), at(0), Vec::new());
            for pause in pauses {
                now = now.after(Duration::from_millis(pause.unsigned_abs()));
                let wait = minute.wait(most, now);
                if wait > Duration::ZERO && pause % 2 == 0 {
                    now = now.after(wait);
                    prop_assert_eq!(minute.wait(most, now), Duration::ZERO);
                }
                if minute.wait(most, now) == Duration::ZERO {
                    minute.note(now);
                    sent.push(now.as_millis());
                }
            }
            for (at, first) in sent.iter().enumerate() {
                let within = sent[at..].iter().take_while(|other| **other < first + 60_000).count();
                prop_assert!(within <= usize::try_from(most).unwrap(), "{within} from {first}");
            }
            prop_assert!(minute.sent.len() <= usize::try_from(most).unwrap());
        }
    }

    #[test]
    fn a_full_minutes_limit_may_go_at_once_and_then_nothing_until_it_ends() {
        let mut minute = MinuteLimit::default();
        for _ in 0..60 {
            assert_eq!(minute.wait(60, at(0)), Duration::ZERO);
            minute.note(at(0));
        }
        assert_eq!(minute.wait(60, at(1_000)), Duration::from_secs(59));
        assert_eq!(minute.wait(60, at(60_000)), Duration::ZERO);
    }

    #[test]
    fn a_user_gets_45_at_once_and_then_one_each_6_seconds() {
        let mut bucket = Bucket::default();
        for _ in 0..45 {
            assert_eq!(bucket.take(Rate::PAIR, at(0)), Ok(()));
        }
        assert_eq!(bucket.take(Rate::PAIR, at(0)), Err(Duration::from_secs(6)));
        assert_eq!(bucket.take(Rate::PAIR, at(6_000)), Ok(()));
        assert!(bucket.take(Rate::PAIR, at(6_000)).is_err());
        assert!(!bucket.is_full(at(270_000)) && bucket.is_full(at(276_000)));
    }

    #[test]
    fn a_throttle_halves_the_pace_which_then_recovers() {
        let mut pace = NumberPace::per_second(80);
        pace.throttle(at(0));
        assert_eq!(pace.percent(at(0)), 50);
        pace.throttle(at(0));
        assert_eq!(pace.percent(at(0)), 25);
        assert_eq!(pace.percent(at(3_000)), 55);
        assert_eq!(pace.percent(at(60_000)), 100);
    }
}
