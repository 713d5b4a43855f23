//! A bounded map whose entries expire. A crate for this (moka) brings its own clock; ours is an argument.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use warta_core::time::Timestamp;

/// A map of at most `most` entries, each valid for `life` after it was put.
#[derive(Debug)]
pub(crate) struct Expiring<K, V> {
    life: Duration,
    most: usize,
    entries: Mutex<HashMap<K, (Timestamp, V)>>,
}

impl<K: Hash + Eq, V: Clone> Expiring<K, V> {
    /// An empty map.
    pub(crate) fn new(life: Duration, most: usize) -> Self {
        Self { life, most, entries: Mutex::default() }
    }

    /// The value of a key, unless it has expired.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entries = self.entries();
        let (at, value) = entries.get(key)?;
        (now.since(*at) < self.life).then(|| value.clone())
    }

    /// Puts a value. A full map drops what has expired, and everything if nothing has.
    pub(crate) fn put(&self, key: K, value: V, now: Timestamp) {
        let mut entries = self.entries();
        self.insert(&mut entries, key, value, now);
    }

    /// Removes a key.
    pub(crate) fn remove(&self, key: &K) {
        self.entries().remove(key);
    }

    fn insert(&self, entries: &mut HashMap<K, (Timestamp, V)>, key: K, value: V, now: Timestamp) {
        if entries.len() >= self.most {
            entries.retain(|_, (at, _)| now.since(*at) < self.life);
        }
        if entries.len() >= self.most {
            entries.clear();
        }
        entries.insert(key, (now, value));
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, (Timestamp, V)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Expiring<K, ()> {
    /// Puts a key; false if it is there and has not expired. So something is done once in a `life`.
    pub(crate) fn put_new(&self, key: K, now: Timestamp) -> bool {
        let mut entries = self.entries();
        if entries.get(&key).is_some_and(|(at, ())| now.since(*at) < self.life) {
            return false;
        }
        self.insert(&mut entries, key, (), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_millis(100);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn an_entry_expires() {
        let map = Expiring::new(LIFE, 10);
        map.put("a", 1, at(0));
        assert_eq!((map.get(&"a", at(99)), map.get(&"a", at(100))), (Some(1), None));
        map.put("a", 2, at(50));
        map.remove(&"a");
        assert_eq!(map.get(&"a", at(50)), None);
    }

    #[test]
    fn a_key_is_new_once_in_a_life() {
        let map = Expiring::new(LIFE, 10);
        assert_eq!([0, 99, 100, 150].map(|now| map.put_new("a", at(now))), [true, false, true, false]);
    }

    #[test]
    fn a_full_map_drops_what_has_expired_and_never_grows() {
        let map = Expiring::new(LIFE, 2);
        map.put(1, (), at(0));
        map.put(2, (), at(50));
        map.put(3, (), at(100));
        assert_eq!([1, 2, 3].map(|key| map.get(&key, at(100)).is_some()), [false, true, true]);
        map.put(4, (), at(100));
        assert_eq!([2, 3, 4].map(|key| map.get(&key, at(100)).is_some()), [false, false, true]);
    }
}
