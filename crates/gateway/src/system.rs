//! The real clock and the real randomness: the one place that asks the operating system for either.

use std::time::{SystemTime, UNIX_EPOCH};

use rand::rngs::SysRng;
use rand::{Rng as _, TryRng as _};
use uuid::Uuid;
use warta_core::clock::{Clock, Minter, Sequence, uuid_v7};
use warta_core::time::Timestamp;

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the lawful home of the real clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Ids and secrets from the operating system's randomness.
#[derive(Debug, Default)]
pub struct SystemMinter {
    sequence: Sequence,
}

impl Minter for SystemMinter {
    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness cannot make secrets: stop rather than go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        SysRng.try_fill_bytes(bytes).expect("the operating system gives randomness");
    }

    #[expect(clippy::disallowed_methods, reason = "the lawful home of randomness")]
    fn uuid(&self, now: Timestamp) -> Uuid {
        let (now, counter) = self.sequence.next(now);
        // An id is no secret: what it needs is to differ. The thread's own generator, seeded by the operating system, saves
        // three calls to the kernel for each webhook.
        let mut random = [0; 8];
        rand::rng().fill_bytes(&mut random);
        uuid_v7(now, counter, random)
    }
}
