//! How often one may try to sign in: a few tries are free, then each asks for a wait that doubles up to a minute. Nobody is
//! ever locked out. Counted for each e-mail and for each network, in memory, and forgotten after a while.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use warta_core::time::Timestamp;

use crate::login_token;

/// Attempts per e-mail or network without a wait.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(1);
/// After this long without a try nothing is known any more.
const MEMORY: Duration = Duration::from_mins(15);
/// The most e-mails and networks that are counted at the same time.
const MOST: usize = 10_000;

/// Of what tries are counted: a hash, so that each takes the same room.
type Key = [u8; 32];

/// The tries of one e-mail, or out of one network.
#[derive(Debug, Clone, Copy)]
struct Tries {
    count: u32,
    last: Timestamp,
}

impl Tries {
    /// Until when the next try must wait.
    fn until(self) -> Timestamp {
        match self.count.checked_sub(FREE) {
            None => self.last,
            Some(over) => {
                let seconds = 1_u64.checked_shl(over).unwrap_or(u64::MAX).min(LONGEST.as_secs());
                self.last.after(Duration::from_secs(seconds))
            }
        }
    }
}

/// The tries of everybody.
#[derive(Debug, Default)]
struct Book(HashMap<Key, Tries>);

impl Book {
    /// Notes a try before it is made, so that many at once are not free; or says how long to wait, and then it does not count.
    fn enter(&mut self, keys: &[Key], now: Timestamp) -> Result<(), Duration> {
        self.0.retain(|_, tries| now.since(tries.last) < MEMORY);
        let wait = keys.iter().filter_map(|key| self.0.get(key)).map(|tries| tries.until().since(now)).max();
        match wait {
            Some(wait) if !wait.is_zero() => return Err(wait),
            _ => {}
        }
        for key in keys {
            self.make_room(key);
            let tries = self.0.entry(*key).or_insert(Tries { count: 0, last: now });
            *tries = Tries { count: tries.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// Evicts the entry with the fewest attempts, so that trying many e-mails does not evict the one under attack.
    fn make_room(&mut self, key: &Key) {
        if self.0.len() < MOST || self.0.contains_key(key) {
            return;
        }
        let least = self.0.iter().min_by_key(|(_, tries)| (tries.count, tries.last)).map(|(key, _)| *key);
        if let Some(least) = least {
            self.0.remove(&least);
        }
    }

    /// The try was good: the e-mail's are forgotten, and the network's is taken back, for others may try out of it.
    fn clear(&mut self, email: &Key, network: Option<&Key>) {
        self.0.remove(email);
        if let Some(tries) = network.and_then(|network| self.0.get_mut(network)) {
            tries.count = tries.count.saturating_sub(1);
        }
    }
}

/// The tries of everybody, for all requests.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Book>);

/// A try that may be made.
#[derive(Debug)]
pub(crate) struct Try<'a> {
    throttle: &'a Throttle,
    email: Key,
    network: Option<Key>,
}

impl Throttle {
    /// Asks for a try for an e-mail, from an address (empty where none is known). It counts unless [`Try::succeeded`].
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub(crate) fn enter(&self, email: &str, address: &str, now: Timestamp) -> Result<Try<'_>, Duration> {
        let email = login_token::hash(&format!("e-mail {}", email.trim().to_lowercase()));
        let network = network(address).map(|network| login_token::hash(&format!("network {network}")));
        let keys: Vec<Key> = [Some(email), network].into_iter().flatten().collect();
        self.book(|book| book.enter(&keys, now))?;
        Ok(Try { throttle: self, email, network })
    }

    fn book<T>(&self, work: impl FnOnce(&mut Book) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Try<'_> {
    /// It was the right password.
    pub(crate) fn succeeded(self) {
        self.throttle.book(|book| book.clear(&self.email, self.network.as_ref()));
    }
}

/// What one party usually holds: an IPv4 address, or 2⁶⁴ of IPv6.
fn network(address: &str) -> Option<IpAddr> {
    match address.parse().ok()? {
        IpAddr::V6(whole) => {
            let prefix = whole.to_bits() & !u128::from(u64::MAX);
            Some(whole.to_ipv4_mapped().map_or_else(|| IpAddr::V6(prefix.into()), IpAddr::V4))
        }
        whole @ IpAddr::V4(_) => Some(whole),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_342_811_000);
    const EMAIL: &str = "budi@example.com";

    fn wait(throttle: &Throttle, email: &str, address: &str, now: Timestamp) -> u64 {
        throttle.enter(email, address, now).map_or_else(|wait| wait.as_secs(), |_| 0)
    }

    #[test]
    fn five_tries_are_free_then_waits_double_up_to_a_minute() {
        let (throttle, mut now) = (Throttle::default(), START);
        for _ in 0..5 {
            assert_eq!(wait(&throttle, EMAIL, "", now), 0);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(wait(&throttle, " Budi@Example.com", "", now), seconds);
            assert_eq!(wait(&throttle, EMAIL, "", now), seconds, "a refused try does not count");
            assert_eq!(wait(&throttle, "siti@example.com", "", START), 0, "another e-mail waits for nothing");
            throttle.enter("siti@example.com", "", START).unwrap().succeeded();
            now = now.after(Duration::from_secs(seconds));
            assert_eq!(wait(&throttle, EMAIL, "", now), 0);
        }
        assert_eq!(wait(&throttle, EMAIL, "", now.after(MEMORY)), 0, "forgotten");
        assert_eq!(wait(&throttle, EMAIL, "", now.after(MEMORY)), 0, "and free again");
    }

    #[test]
    fn a_network_is_counted_over_all_its_e_mails() {
        for (first, second, other) in
            [("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")]
        {
            let throttle = Throttle::default();
            for who in 0..5 {
                assert_eq!(wait(&throttle, &format!("{who}@example.com"), first, START), 0);
            }
            assert_eq!(wait(&throttle, EMAIL, second, START), 1, "{first}");
            assert_eq!(wait(&throttle, EMAIL, other, START), 0, "{other}");
        }
    }

    #[test]
    fn who_signs_in_starts_anew() {
        let throttle = Throttle::default();
        for _ in 0..50 {
            throttle.enter(EMAIL, "192.0.2.1", START).unwrap().succeeded();
        }
        assert_eq!(wait(&throttle, EMAIL, "192.0.2.1", START), 0);
    }

    #[test]
    fn room_is_bounded_and_the_one_under_attack_is_kept() {
        let mut book = Book::default();
        for _ in 0..6 {
            book.0
                .entry([1; 32])
                .and_modify(|tries| tries.count += 1)
                .or_insert(Tries { count: 1, last: START });
        }
        for number in 0..MOST + 50 {
            book.enter(&[login_token::hash(&number.to_string())], START).unwrap();
        }
        assert_eq!(book.0.len(), MOST);
        assert!(book.enter(&[[1; 32]], START).is_err());
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_a_minute(gaps in proptest::collection::vec(0_u64..200_000, 1..80)) {
            let (throttle, mut now, mut made) = (Throttle::default(), START, 0_u64);
            for gap in gaps {
                now = now.after(Duration::from_millis(gap));
                match throttle.enter(EMAIL, "192.0.2.1", now) {
                    Ok(_) => made += 1,
                    Err(wait) => {
                        prop_assert!(wait <= LONGEST && !wait.is_zero());
                        prop_assert!(throttle.enter(EMAIL, "192.0.2.1", now.after(wait)).is_ok());
                        now = now.after(wait);
                        made += 1;
                    }
                }
            }
            prop_assert!(made > 0);
        }
    }
}
