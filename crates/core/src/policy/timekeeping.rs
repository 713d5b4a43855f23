//! Which time is believed. A steady count since the start says how time passes; a reference (the database's clock, or the
//! machine's) says what time it is, and now and then jumps. Small differences are made good at once or by walking slowly; a
//! large step is believed only when it stands (facts/promises.md R8).

use std::time::Duration;

use crate::time::Timestamp;

/// A difference up to this is what clocks that are kept in step have now and then. Beyond it somebody, or something, has set the
/// clock.
pub const STEP: Duration = Duration::from_mins(1);
/// How long a reference must stand by a step before it is believed.
pub const AGREEMENT: Duration = Duration::from_mins(2);
/// How far two readings of the same step may lie apart: a busy network between two clocks, and no second step.
const SAME: Duration = Duration::from_secs(5);

/// Tells the time by a steady count, corrected by a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timekeeper {
    /// What time it was when the count stood at `count`.
    time: Timestamp,
    count: Duration,
    /// How much of it has to be walked off since: time is ahead of the reference by it.
    ahead: Duration,
    doubted: Option<Doubted>,
}

/// A step of the reference that is not believed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Doubted {
    /// What time the reference makes it of.
    start: Timestamp,
    since: Duration,
}

/// What came of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The two agree, or do so presently.
    Agrees,
    /// The reference has stepped by so many milliseconds since it was last heard. Time goes on as before.
    Steps(i64),
    /// It stands by its step, not long enough yet.
    Stands,
    /// It stood by a step of so many milliseconds long enough. Time is what it says.
    Believed(i64),
}

impl Timekeeper {
    /// It is `time` when the count stands at `count`.
    #[must_use]
    pub const fn new(time: Timestamp, count: Duration) -> Self {
        Self { time, count, ahead: Duration::ZERO, doubted: None }
    }

    /// What time it is when the count stands at `count`. It never goes back, but where a step back is believed.
    #[must_use]
    pub fn now(&self, count: Duration) -> Timestamp {
        let passed = count.saturating_sub(self.count);
        // Half as fast until what it is ahead by is walked off: so it neither goes back nor stands still.
        let slow = passed.min(self.ahead.saturating_mul(2));
        self.time.after(passed.saturating_sub(slow / 2))
    }

    /// Takes a reading: the reference said `reference` when the count stood at `count`.
    pub fn hear(&mut self, reference: Timestamp, count: Duration) -> Heard {
        let now = self.now(count);
        let (late, ahead) = (reference.since(now), now.since(reference));
        if late.max(ahead) <= STEP {
            *self = Self { time: now.max(reference), count, ahead, doubted: None };
            return Heard::Agrees;
        }
        let by = reference.as_millis().saturating_sub(now.as_millis());
        let start = reference.before(count);
        let stands = |doubted: &Doubted| doubted.start.since(start).max(start.since(doubted.start)) <= SAME;
        match self.doubted.filter(stands) {
            None => {
                self.doubted = Some(Doubted { start, since: count });
                Heard::Steps(by)
            }
            Some(doubted) if count.saturating_sub(doubted.since) < AGREEMENT => Heard::Stands,
            Some(_) => {
                *self = Self::new(reference, count);
                Heard::Believed(by)
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

    /// What a reference says that is `by` milliseconds from the truth.
    fn off(by: i64, count: Duration) -> Timestamp {
        Timestamp::from_millis(START.after(count).as_millis() + by)
    }

    #[test]
    fn a_reference_a_little_later_is_followed_at_once() {
        let mut keeper = Timekeeper::new(START, Duration::ZERO);
        assert_eq!(keeper.hear(off(60_000, seconds(5)), seconds(5)), Heard::Agrees);
        assert_eq!(keeper.now(seconds(5)), off(60_000, seconds(5)));
    }

    #[test]
    fn what_it_is_ahead_by_is_walked_off_at_half_the_pace() {
        let mut keeper = Timekeeper::new(START, Duration::ZERO);
        assert_eq!(keeper.hear(off(-30_000, Duration::ZERO), Duration::ZERO), Heard::Agrees);
        assert_eq!(keeper.now(seconds(20)), START.after(seconds(10)));
        assert_eq!(keeper.now(seconds(60)), START.after(seconds(30)));
        assert_eq!(keeper.now(seconds(90)), START.after(seconds(60)), "it has caught up");
    }

    #[test]
    fn a_step_either_way_is_believed_after_two_minutes_and_not_before() {
        for by in [3_600_000, -3_600_000, 60_001, -60_001] {
            let mut keeper = Timekeeper::new(START, Duration::ZERO);
            assert_eq!(keeper.hear(off(by, seconds(10)), seconds(10)), Heard::Steps(by));
            for count in (15..130).step_by(5).map(seconds) {
                assert_eq!(keeper.hear(off(by, count), count), Heard::Stands);
                assert_eq!(keeper.now(count), START.after(count));
            }
            assert_eq!(keeper.hear(off(by, seconds(130)), seconds(130)), Heard::Believed(by));
            assert_eq!(keeper.now(seconds(131)), off(by, seconds(131)));
        }
    }

    #[test]
    fn a_step_that_does_not_stand_is_forgotten() {
        let mut keeper = Timekeeper::new(START, Duration::ZERO);
        assert_eq!(keeper.hear(off(100_000, seconds(1)), seconds(1)), Heard::Steps(100_000));
        assert_eq!(keeper.hear(off(0, seconds(60)), seconds(60)), Heard::Agrees);
        assert_eq!(
            keeper.hear(off(100_000, seconds(125)), seconds(125)),
            Heard::Steps(100_000),
            "two minutes anew"
        );
        assert_eq!(
            keeper.hear(off(110_000, seconds(130)), seconds(130)),
            Heard::Steps(110_000),
            "another step"
        );
    }

    proptest! {
        /// A reference that wanders and jumps as it likes.
        #[test]
        fn time_never_goes_back_but_where_a_step_back_is_believed(
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
                match keeper.hear(reference, count) {
                    Heard::Agrees => {
                        prop_assert!(then <= keeper.now(count));
                        prop_assert!(keeper.now(count) <= then.max(reference));
                    }
                    Heard::Steps(_) | Heard::Stands => prop_assert_eq!(keeper.now(count), then),
                    Heard::Believed(_) => prop_assert_eq!(keeper.now(count), reference),
                }
            }
        }

        /// Nodes that hear the same reference agree, wherever each of them began.
        #[test]
        fn two_keepers_of_one_reference_come_to_tell_the_same_time(
            ahead in -7_200_000_i64..7_200_000, wide in 0_u64..200,
        ) {
            let mut keeper = Timekeeper::new(off(ahead, Duration::ZERO), Duration::ZERO);
            for count in (0..300).step_by(5).map(seconds) {
                let reading = off(i64::try_from(wide).unwrap_or_default(), count);
                let _ = keeper.hear(reading, count);
            }
            let (ours, theirs) = (keeper.now(seconds(300)), off(i64::try_from(wide).unwrap_or_default(), seconds(300)));
            prop_assert!(ours.since(theirs).max(theirs.since(ours)) <= Duration::from_millis(1), "{ours} {theirs}");
        }
    }
}
