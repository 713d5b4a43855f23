//! Rate limits and typing indicators, which a restart may forget (facts §10.1, §10.2, §5.5).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::faults::FaultSettings;

/// One message to the same user per this time, on average.
const PAIR_REFILL_MS: i64 = 6_000;
/// How long "is typing" shows without a message.
const TYPING_MS: i64 = 25_000;

/// Token buckets of numbers and of pairs, and who is typing.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    numbers: HashMap<String, Bucket>,
    pairs: HashMap<(String, String), Bucket>,
    /// Until when, by number and user.
    typing: HashMap<(String, String), i64>,
    /// Graph calls since the start.
    calls: u32,
}

/// Holds `level` thousandths of a token, as of `at_ms`.
#[derive(Debug)]
struct Bucket {
    level: i64,
    at_ms: i64,
}

impl Limits {
    /// Counts a send against both rate limits, or gives the error code of the limit that is exhausted.
    pub(crate) fn take(
        &self,
        number: &str,
        user: &str,
        faults: &FaultSettings,
        now_ms: i64,
    ) -> Result<(), u32> {
        let mut inner = self.lock();
        let mps = i64::from(faults.throughput_mps);
        let bucket =
            inner.numbers.entry(number.to_owned()).or_insert(Bucket { level: mps * 1000, at_ms: now_ms });
        bucket.refill(mps, mps, now_ms);
        if mps > 0 && bucket.level < 1000 {
            return Err(130_429);
        }
        bucket.level -= 1000;
        let burst = i64::from(faults.pair_burst);
        let pair = (number.to_owned(), user.to_owned());
        let bucket = inner.pairs.entry(pair).or_insert(Bucket { level: burst * 1000, at_ms: now_ms });
        let waited = (now_ms - bucket.at_ms).max(0);
        bucket.level = (bucket.level + waited * 1000 / PAIR_REFILL_MS).min(burst * 1000);
        bucket.at_ms = now_ms;
        if burst > 0 && bucket.level < 1000 {
            return Err(131_056);
        }
        bucket.level -= 1000;
        Ok(())
    }

    /// Counts a Graph call; gives the used share of the app's call limit in percent, at most 99.
    pub(crate) fn count_call(&self) -> u32 {
        let mut inner = self.lock();
        inner.calls = inner.calls.saturating_add(1);
        (inner.calls / 100).min(99)
    }

    /// Counts a user's message against the number's throughput; it is never refused.
    pub(crate) fn received(&self, number: &str, throughput_mps: u32, now_ms: i64) {
        let mut inner = self.lock();
        let mps = i64::from(throughput_mps);
        let bucket =
            inner.numbers.entry(number.to_owned()).or_insert(Bucket { level: mps * 1000, at_ms: now_ms });
        bucket.refill(mps, mps, now_ms);
        bucket.level = (bucket.level - 1000).max(0);
    }

    /// The business starts to show that it is typing.
    pub(crate) fn start_typing(&self, number: &str, user: &str, now_ms: i64) {
        self.lock().typing.insert((number.to_owned(), user.to_owned()), now_ms + TYPING_MS);
    }

    /// Ends the typing indicator: the message of the business arrived.
    pub(crate) fn stop_typing(&self, number: &str, user: &str) {
        self.lock().typing.remove(&(number.to_owned(), user.to_owned()));
    }

    /// True while the business shows that it is typing.
    pub(crate) fn typing(&self, number: &str, user: &str, now_ms: i64) -> bool {
        self.lock().typing.get(&(number.to_owned(), user.to_owned())).is_some_and(|until| *until > now_ms)
    }

    /// Chats whose typing indicator has expired since the last call, and when the next one expires.
    pub(crate) fn typing_ended(&self, now_ms: i64) -> (Vec<(String, String)>, Option<i64>) {
        let mut inner = self.lock();
        let ended = inner.typing.extract_if(|_, until| *until <= now_ms).map(|(chat, _)| chat).collect();
        (ended, inner.typing.values().min().copied())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    /// Adds `per_second` tokens for each second since `at_ms`, up to `most`.
    fn refill(&mut self, per_second: i64, most: i64, now_ms: i64) {
        self.level = (self.level + (now_ms - self.at_ms).max(0) * per_second).min(most * 1000);
        self.at_ms = now_ms;
    }
}
