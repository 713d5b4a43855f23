//! How fast a number may send, in all and to one user.
//!
//! Both limits are one rule, the generic cell rate algorithm: a bucket holds the instant at which it would be empty
//! again; a message moves that instant on and may go when it is not too far ahead of now. A bucket lets more than its share go
//! in the minute after a pause, so what a provider counts by the minute has a rule of its own.

use std::collections::VecDeque;
use std::time::Duration;

use crate::time::Timestamp;

/// How fast: one message each `interval`, with up to `burst` at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The pause between messages in the long run.
    pub interval: Duration,
    /// How many may go at once. At least 1.
    pub burst: u32,
}

impl Rate {
    /// One user: a message each 6 seconds, 45 at once (facts/meta-cloud.md §10.2).
    pub const PAIR: Self = Self { interval: Duration::from_secs(6), burst: 45 };

    /// So many messages in each second, a tenth of them at once.
    #[must_use]
    pub fn per_second(messages: u32) -> Self {
        let messages = messages.max(1);
        Self { interval: Duration::from_secs(1) / messages, burst: (messages / 10).max(1) }
    }

    /// The same with `percent` of the speed.
    #[must_use]
    pub fn slowed(self, percent: u32) -> Self {
        let percent = percent.clamp(1, 100);
        Self { interval: self.interval * 100 / percent, burst: (self.burst * percent / 100).max(1) }
    }
}

/// What has been sent so far, as the time in microseconds at which the allowance is whole again. Starts whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    whole_at_us: i64,
}

impl Bucket {
    /// Takes one message out at `now`.
    ///
    /// # Errors
    ///
    /// How long to wait, when the allowance is used up; the bucket is then unchanged.
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        let now_us = now.as_millis().saturating_mul(1_000);
        let interval = micros(rate.interval);
        let allowance = interval.saturating_mul(i64::from(rate.burst.max(1)));
        let next = self.whole_at_us.max(now_us).saturating_add(interval);
        let ahead = next.saturating_sub(now_us).saturating_sub(allowance);
        if ahead > 0 {
            return Err(Duration::from_micros(u64::try_from(ahead).unwrap_or_default()));
        }
        self.whole_at_us = next;
        Ok(())
    }

    /// Whether the allowance is whole at `now`, so that the bucket need not be kept.
    #[must_use]
    pub fn is_whole(self, now: Timestamp) -> bool {
        self.whole_at_us <= now.as_millis().saturating_mul(1_000)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The pace of one number: halves when the provider says "too fast", and recovers a tenth of full speed each second.
#[derive(Debug, Clone, Copy)]
pub struct NumberPace {
    full: Rate,
    bucket: Bucket,
    /// The last "too fast" and the percentage of full speed left at that instant.
    throttled: Option<(Timestamp, u32)>,
}

impl NumberPace {
    /// A number that may send so many messages each second.
    #[must_use]
    pub fn per_second(messages: u32) -> Self {
        Self { full: Rate::per_second(messages), bucket: Bucket::default(), throttled: None }
    }

    /// Takes one message out at `now`.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        let rate = self.full.slowed(self.percent(now));
        self.bucket.take(rate, now)
    }

    /// The provider said "too fast" at `now`.
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

/// What went out in the last minute, where so many may go in any minute and no more.
#[derive(Debug, Clone, Default)]
pub struct Minute {
    /// When each went, the oldest first.
    sent: VecDeque<Timestamp>,
}

impl Minute {
    const LENGTH: Duration = Duration::from_mins(1);

    /// How long the next has to wait at `now`, where `most` may go in a minute; zero when it may go.
    #[must_use]
    pub fn wait(&self, most: u32, now: Timestamp) -> Duration {
        let most = usize::try_from(most.max(1)).unwrap_or(usize::MAX);
        // The one whose minute must be over before another may go.
        let before = self.sent.len().checked_sub(most).and_then(|at| self.sent.get(at));
        before.map_or(Duration::ZERO, |sent| sent.after(Self::LENGTH).since(now))
    }

    /// One goes out at `now`.
    pub fn note(&mut self, now: Timestamp) {
        // A clock that was set back must not bring them out of their order.
        let now = self.sent.back().map_or(now, |last| now.max(*last));
        while self.sent.front().is_some_and(|sent| sent.after(Self::LENGTH) <= now) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}

/// Turns, one after the other: whoever comes is told when theirs is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turns {
    free_at_us: i64,
}

impl Turns {
    /// The next turn, at `now` at the earliest and an `interval` after the one before it.
    pub fn take(&mut self, interval: Duration, now: Timestamp) -> Timestamp {
        let turn = self.free_at_us.max(now.as_millis().saturating_mul(1_000));
        self.free_at_us = turn.saturating_add(micros(interval));
        Timestamp::from_millis(turn / 1_000)
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
        fn no_stretch_holds_more_than_its_share_and_a_burst(
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
        fn who_waits_as_told_may_send(taken in 0_u32..100, burst in 1_u32..50) {
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
        fn turns_come_in_order_and_no_second_holds_more_than_its_share(
            pauses in proptest::collection::vec(0_i64..100, 1..400),
        ) {
            let (mut turns, mut now, mut taken) = (Turns::default(), at(0), Vec::new());
            for pause in pauses {
                now = now.after(Duration::from_millis(pause.unsigned_abs()));
                let turn = turns.take(Duration::from_millis(20), now);
                prop_assert!(turn >= now);
                taken.push(turn.as_millis());
            }
            for pair in taken.windows(2) {
                prop_assert!(pair[0] + 20 <= pair[1]);
            }
        }
    }

    proptest! {
        #[test]
        fn no_minute_holds_more_than_may_go_and_who_waits_as_told_may_go(
            most in 1_u32..70,
            pauses in proptest::collection::vec(0_i64..3_000, 1..400),
        ) {
            let (mut minute, mut now, mut sent) = (Minute::default(), at(0), Vec::new());
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
    fn a_whole_minutes_worth_may_go_at_once_and_then_none_until_it_is_over() {
        let mut minute = Minute::default();
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
        assert!(!bucket.is_whole(at(270_000)) && bucket.is_whole(at(276_000)));
    }

    #[test]
    fn too_fast_halves_the_pace_and_it_recovers() {
        let mut pace = NumberPace::per_second(80);
        pace.throttle(at(0));
        assert_eq!(pace.percent(at(0)), 50);
        pace.throttle(at(0));
        assert_eq!(pace.percent(at(0)), 25);
        assert_eq!(pace.percent(at(3_000)), 55);
        assert_eq!(pace.percent(at(60_000)), 100);
    }
}
