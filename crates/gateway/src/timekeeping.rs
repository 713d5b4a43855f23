//! The clock of a node. Time passes by a count that no one can set; what time it is, the database says, so that all nodes on it
//! agree; on SQLite the machine does (facts/promises.md R8). The rules are [`policy::timekeeping`](warta_core::policy::timekeeping).

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use warta_core::clock::Clock;
use warta_core::policy::timekeeping::{Reading, STEP, Timekeeper};
use warta_core::time::Timestamp;
use warta_store::Store;

/// How often the reference is asked.
const EVERY: Duration = Duration::from_secs(5);
/// A reading that took longer tells too little: it was made at any moment of that time.
const PROMPT: Duration = Duration::from_secs(1);

/// A clock that no step of the machine's, nor of the database's, moves at once.
#[derive(Debug)]
pub struct GuardedClock {
    machine: Arc<dyn Clock>,
    start: Instant,
    keeper: RwLock<Timekeeper>,
}

impl GuardedClock {
    /// A clock that shows what `machine` does now. [`set`](Self::set) it before others read it, and let it be
    /// [kept in step](Self::keep).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the lawful home of the count")]
    pub fn new(machine: Arc<dyn Clock>) -> Self {
        let keeper = RwLock::new(Timekeeper::new(machine.now(), Duration::ZERO));
        Self { machine, start: Instant::now(), keeper }
    }

    /// Sets it by the reference, whatever it showed: at the start nobody has counted by it yet. A database that cannot be asked,
    /// or does not answer promptly, leaves it as it is.
    pub async fn set(&self, store: &Store) {
        let Some((reference, count)) = self.reading(store).await else { return };
        let by = difference(reference, self.now());
        if by.unsigned_abs() > u64::try_from(STEP.as_millis()).unwrap_or(u64::MAX) {
            tracing::warn!(by_ms = by, "this machine's clock is far from the database's, which counts");
        }
        self.replace(|keeper| *keeper = Timekeeper::new(reference, count));
    }

    /// Keeps it in step with the reference until `shutdown`.
    pub async fn keep(&self, store: &Store, shutdown: &CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = shutdown.cancelled() => return,
            }
            let Some((reference, count)) = self.reading(store).await else { continue };
            match self.replace(|keeper| keeper.read(reference, count)) {
                Reading::Agrees | Reading::Persists => {}
                Reading::Stepped(by) => {
                    metrics::counter!("warta_clock_step_total").increment(1);
                    tracing::warn!(
                        by_ms = by,
                        "the clock was set; it is believed when it stands for two minutes"
                    );
                }
                Reading::Accepted(by) => tracing::warn!(by_ms = by, "the clock that was set is believed"),
            }
        }
    }

    /// What the reference says, and when by the count.
    async fn reading(&self, store: &Store) -> Option<(Timestamp, Duration)> {
        let asked = self.count();
        match store.time().await {
            Ok(Some(time)) => {
                let took = self.count().saturating_sub(asked);
                (took <= PROMPT).then(|| (time, asked + took / 2))
            }
            Ok(None) => Some((self.machine.now(), self.count())),
            Err(error) => {
                tracing::warn!(%error, "the database could not be asked for the time; this clock runs on");
                None
            }
        }
    }

    fn count(&self) -> Duration {
        self.start.elapsed()
    }

    fn replace<T>(&self, with: impl FnOnce(&mut Timekeeper) -> T) -> T {
        with(&mut self.keeper.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for GuardedClock {
    fn now(&self) -> Timestamp {
        let keeper = self.keeper.read().unwrap_or_else(PoisonError::into_inner);
        keeper.now(self.count())
    }
}

/// How many milliseconds `one` is ahead of `other`.
const fn difference(one: Timestamp, other: Timestamp) -> i64 {
    one.as_millis().saturating_sub(other.as_millis())
}
