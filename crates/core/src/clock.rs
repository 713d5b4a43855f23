//! Sources of time, ids and randomness: two traits, so that tests can control them.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::time::Timestamp;

/// Tells the time. The real implementation is in the gateway; [`ManualClock`] is for tests.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// Makes ids and random bytes. The real implementation uses the operating system; [`CountingMinter`] is for tests.
pub trait Minter: fmt::Debug + Send + Sync {
    /// Fills `bytes` with random data that is suitable for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// A new time-ordered UUID. Each UUID of one minter is greater than its earlier ones, even for the same `now`.
    fn uuid(&self, now: Timestamp) -> Uuid;

    /// A random fraction from 0 (included) to 1 (excluded), for jitter.
    fn fraction(&self) -> f64 {
        let mut bytes = [0_u8; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// Builds a version 7 UUID from the time, a counter that orders ids within a millisecond, and random bytes.
#[must_use]
pub fn uuid_v7(now: Timestamp, counter: u16, random: [u8; 8]) -> Uuid {
    let millis = u64::try_from(now.as_millis()).unwrap_or_default();
    let [m0, m1, m2, m3, m4, m5] = match millis.to_be_bytes() {
        [_, _, rest @ ..] => rest,
    };
    let [c0, c1] = (counter & 0x0fff).to_be_bytes();
    let [r0, rest @ ..] = random;
    let [r1, r2, r3, r4, r5, r6, r7] = rest;
    Uuid::from_bytes([m0, m1, m2, m3, m4, m5, 0x70 | c0, c1, 0x80 | (r0 & 0x3f), r1, r2, r3, r4, r5, r6, r7])
}

/// Orders ids by millisecond and counter. The order never goes back.
#[derive(Debug, Default)]
pub struct Sequence(Mutex<(i64, u16)>);

impl Sequence {
    /// The next place in the order: at `now`, or just after the last place if the clock went back or the counter is full.
    pub fn next(&self, now: Timestamp) -> (Timestamp, u16) {
        let mut last = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (millis, counter) = *last;
        *last = if now.as_millis() > millis {
            (now.as_millis(), 0)
        } else if counter < 0x0fff {
            (millis, counter + 1)
        } else {
            (millis.saturating_add(1), 0)
        };
        (Timestamp::from_millis(last.0), last.1)
    }
}

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        let later = self.now().after(duration);
        self.0.store(later.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A deterministic minter: the same calls give the same ids and bytes. For tests only, because its bytes are not secret.
#[derive(Debug, Default)]
pub struct CountingMinter {
    sequence: Sequence,
    count: AtomicU64,
}

impl Minter for CountingMinter {
    fn fill(&self, bytes: &mut [u8]) {
        // SplitMix64: spreads a counter over all bits.
        for chunk in bytes.chunks_mut(8) {
            let mut value = self.count.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            for (byte, random) in chunk.iter_mut().zip((value ^ (value >> 31)).to_be_bytes()) {
                *byte = random;
            }
        }
    }

    fn uuid(&self, now: Timestamp) -> Uuid {
        let (now, counter) = self.sequence.next(now);
        let mut random = [0; 8];
        self.fill(&mut random);
        uuid_v7(now, counter, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_of_one_minter_increase(steps in proptest::collection::vec(-5_i64..5, 1..200)) {
            let minter = CountingMinter::default();
            let mut now = 1_794_052_811_000;
            let mut last = Uuid::nil();
            for step in steps {
                now += step;
                let id = minter.uuid(Timestamp::from_millis(now));
                prop_assert!(id > last);
                last = id;
            }
        }
    }

    #[test]
    fn a_uuid_has_version_seven_and_starts_with_its_time() {
        let id = uuid_v7(Timestamp::from_millis(0x0123_4567_89ab), 5, [0xff; 8]);
        assert_eq!(id.to_string(), "01234567-89ab-7005-bfff-ffffffffffff");
    }

    #[test]
    fn five_thousand_ids_in_one_millisecond_stay_ordered() {
        let (minter, now) = (CountingMinter::default(), Timestamp::from_millis(7));
        let ids: Vec<_> = (0..5_000).map(|_| minter.uuid(now)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
