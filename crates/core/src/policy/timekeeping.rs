//! Rules for clock skew. A monotonic clock measures the time that passes. A reference clock (the database's or the machine's) gives the
//! time of day, and may jump. A small difference is corrected at once if the reference is ahead, or by running at half speed if it is
//! behind. A large step is accepted only if it persists (facts/promises.md R8).

use std::time::Duration;

use crate::time::Timestamp;

/// Largest difference that synchronized clocks may show. With a larger one, the reference clock was set.
pub const STEP: Duration = Duration::from_mins(1);
/// How long a step must persist before it is accepted.
pub const AGREEMENT: Duration = Duration::from_mins(2);
/// Tolerance between two readings of the same step, for example from network delay.
const TOLERANCE: Duration = Duration::from_secs(5);

/// Tells the time from a monotonic count, corrected by a reference clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timekeeper {
    /// The time at count `count`.
    time: Timestamp,
    count: Duration,
    /// How far the time was ahead of the reference at `count`. It is made up at half speed.
    ahead: Duration,
    pending: Option<PendingStep>,
}

/// A step of the reference that is not accepted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PendingStep {
    /// The time at count zero according to the reference.
    start: Timestamp,
    /// The count at which the step was first seen.
    since: Duration,
}

/// The result of reading the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The difference is small; it is corrected.
    Agrees,
    /// The reference stepped by this many milliseconds since the last reading. The step is not accepted yet.
    Stepped(i64),
    /// The step persists, but not long enough yet.
    Persists,
    /// A step of this many milliseconds persisted long enough. The time follows the reference now.
    Accepted(i64),
}

impl Timekeeper {
    /// A timekeeper that shows `time` at count `count`.
    #[must_use]
    pub const fn new(time: Timestamp, count: Duration) -> Self {
        Self { time, count, ahead: Duration::ZERO, pending: None }
    }

    /// The time at count `count`. It goes back only when a step back is accepted.
    #[must_use]
    pub fn now(&self, count: Duration) -> Timestamp {
        let passed = count.saturating_sub(self.count);
        // Run at half speed until the lead is made up, so that time neither goes back nor stops.
        let slow = passed.min(self.ahead.saturating_mul(2));
        self.time.after(passed.saturating_sub(slow / 2))
    }

    /// Takes a reading: the reference showed `reference` at count `count`.
    pub fn read(&mut self, reference: Timestamp, count: Duration) -> Reading {
        let now = self.now(count);
        let (late, ahead) = (reference.since(now), now.since(reference));
        if late.max(ahead) <= STEP {
            *self = Self { time: now.max(reference), count, ahead, pending: None };
            return Reading::Agrees;
        }
        let by = reference.as_millis().saturating_sub(now.as_millis());
        let start = reference.before(count);
        let persists = |step: &PendingStep| step.start.since(start).max(start.since(step.start)) <= TOLERANCE;
        match self.pending.filter(persists) {
            None => {
                self.pending = Some(PendingStep { start, since: count });
                Reading::Stepped(by)
            }
            Some(pending) if count.saturating_sub(pending.since) < AGREEMENT => Reading::Persists,
            Some(_) => {
                *self = Self::new(reference, count);
                Reading::Accepted(by)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The reading of a reference that is `by` milliseconds off the true time.
    fn off(by: i64, count: Duration) -> Timestamp {
        Timestamp::from_millis(START.after(count).as_millis() + by)
    }

    #[test]
    fn a_reference_slightly_ahead_is_followed_at_once() {
        let mut keeper = Timekeeper::new(START, Duration::ZERO);
        assert_eq!(keeper.read(off(60_000, seconds(5)), seconds(5)), Reading::Agrees);
        assert_eq!(keeper.now(seconds(5)), off(60_000, seconds(5)));
    }

    #[test]
    fn a_lead_over_the_reference_is_made_up_at_half_speed() {
        let mut keeper = Timekeeper::new(START, Duration::ZERO);
        assert_eq!(keeper.read(off(-30_000, Duration::ZERO), Duration::ZERO), Reading::Agrees);
        assert_eq!(keeper.now(seconds(20)), START.after(seconds(10)));
        assert_eq!(keeper.now(seconds(60)), START.after(seconds(30)));
        assert_eq!(keeper.now(seconds(90)), START.after(seconds(60)), "it has caught up");
    }

    #[test]
    fn a_step_in_either_direction_is_accepted_after_two_minutes_and_not_before() {
        for by in [3_600_000, -3_600_000, 60_001, -60_001] {
            let mut keeper = Timekeeper::new(START, Duration::ZERO);
            assert_eq!(keeper.read(off(by, seconds(10)), seconds(10)), Reading::Stepped(by));
            for count in (15..130).step_by(5).map(seconds) {
                assert_eq!(keeper.read(off(by, count), count), Reading::Persists);
                assert_eq!(keeper.now(count), START.after(count));
            }
            assert_eq!(keeper.read(off(by, seconds(130)), seconds(130)), Reading::Accepted(by));
            assert_eq!(keeper.now(seconds(131)), off(by, seconds(131)));
        }
    }

    #[test]
    fn a_step_that_does_not_persist_is_dropped() {
        let mut keeper = Timekeeper::new(START, Duration::ZERO);
        assert_eq!(keeper.read(off(100_000, seconds(1)), seconds(1)), Reading::Stepped(100_000));
        assert_eq!(keeper.read(off(0, seconds(60)), seconds(60)), Reading::Agrees);
        assert_eq!(
            keeper.read(off(100_000, seconds(125)), seconds(125)),
            Reading::Stepped(100_000),
            "the two minutes start again"
        );
        assert_eq!(
            keeper.read(off(110_000, seconds(130)), seconds(130)),
            Reading::Stepped(110_000),
            "another step"
        );
    }

    proptest! {
        /// A reference that drifts and jumps at random.
        #[test]
        fn time_goes_back_only_when_a_step_back_is_accepted(
            readings in proptest::collection::vec((0_u64..40_000, prop_oneof![
                -200_i64..200, -70_000_i64..70_000, Just(7_200_000), Just(-7_200_000),
            ]), 1..200),
        ) {
            let mut keeper = Timekeeper::new(START, Duration::ZERO);
            let mut count = Duration::ZERO;
            for (passed, by) in readings {
                let before = keeper.now(count);
                let half = keeper.now(count + Duration::from_millis(passed / 2));
                count += Duration::from_millis(passed);
                prop_assert!(before <= half && half <= keeper.now(count));
                prop_assert!(keeper.now(count).since(before) <= Duration::from_millis(passed), "no faster than time");
                let (then, reference) = (keeper.now(count), off(by, count));
                match keeper.read(reference, count) {
                    Reading::Agrees => {
                        prop_assert!(then <= keeper.now(count));
                        prop_assert!(keeper.now(count) <= then.max(reference));
                    }
                    Reading::Stepped(_) | Reading::Persists => prop_assert_eq!(keeper.now(count), then),
                    Reading::Accepted(_) => prop_assert_eq!(keeper.now(count), reference),
                }
            }
        }

        /// Nodes that read the same reference agree, whatever time each started with.
        #[test]
        fn two_timekeepers_of_one_reference_converge(
            ahead in -7_200_000_i64..7_200_000, wide in 0_u64..200,
        ) {
            let mut keeper = Timekeeper::new(off(ahead, Duration::ZERO), Duration::ZERO);
            for count in (0..300).step_by(5).map(seconds) {
                let reading = off(i64::try_from(wide).unwrap_or_default(), count);
                let _ = keeper.read(reading, count);
            }
            let (ours, theirs) = (keeper.now(seconds(300)), off(i64::try_from(wide).unwrap_or_default(), seconds(300)));
            prop_assert!(ours.since(theirs).max(theirs.since(ours)) <= Duration::from_millis(1), "{ours} {theirs}");
        }
    }
}
