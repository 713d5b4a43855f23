//! How fast each number has been sending, in memory: only the node that holds a number's lease sends for it, and one that
//! takes it over starts with a whole allowance.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use warta_core::ids::{ChannelId, ConversationId};
use warta_core::policy::pace::{Bucket, MinuteLimit, NumberPace, Rate, Slots};
use warta_core::time::Timestamp;

/// After so many failures in a row that concern the whole number, it rests.
const FAILURES_BEFORE_REST: u32 = 5;
/// Between two sessions that are overdue.
const OVERDUE_INTERVAL: Duration = Duration::from_millis(20);
const FIRST_REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_mins(5);
/// Users whose allowance may be incomplete; beyond it the whole ones are forgotten.
const PAIRS_KEPT: usize = 10_000;

/// The pace of every number this node sends for.
#[derive(Debug, Default)]
pub struct Paces(Mutex<HashMap<ChannelId, Pace>>);

#[derive(Debug)]
struct Pace {
    number: NumberPace,
    templates: MinuteLimit,
    overdue: Slots,
    pairs: HashMap<ConversationId, Bucket>,
    held_pairs: HashMap<ConversationId, Timestamp>,
    /// Nothing goes out before this instant.
    held_until: Timestamp,
    failures: u32,
}

impl Paces {
    /// Takes one message to `conversation` out of both allowances; one of which the provider takes only so many in a minute
    /// (`in_a_minute`: a template) out of that as well.
    ///
    /// # Errors
    ///
    /// When it may go at the earliest, and whether that holds for the whole number.
    pub fn take(
        &self,
        channel: ChannelId,
        conversation: ConversationId,
        (per_second, in_a_minute): (u32, Option<u32>),
        now: Timestamp,
    ) -> Result<(), Wait> {
        self.with(channel, per_second, |pace| {
            if pace.held_until > now {
                return Err(Wait { until: pace.held_until, whole_number: true });
            }
            if let Some(until) = pace.held_pairs.get(&conversation).copied() {
                if until > now {
                    return Err(Wait { until, whole_number: false });
                }
                pace.held_pairs.remove(&conversation);
            }
            let wait = in_a_minute.map_or(Duration::ZERO, |most| pace.templates.wait(most, now));
            if wait > Duration::ZERO {
                return Err(Wait { until: now.after(wait), whole_number: false });
            }
            let mut pair = pace.pairs.get(&conversation).copied().unwrap_or_default();
            pair.take(Rate::PAIR, now)
                .map_err(|wait| Wait { until: soon(now, wait), whole_number: false })?;
            pace.number.take(now).map_err(|wait| Wait { until: soon(now, wait), whole_number: true })?;
            if pace.pairs.len() >= PAIRS_KEPT {
                pace.pairs.retain(|_, bucket| !bucket.is_full(now));
            }
            pace.pairs.insert(conversation, pair);
            if in_a_minute.is_some() {
                pace.templates.note(now);
            }
            Ok(())
        })
    }

    /// When a session that should have been woken by now has its turn: 50 a second, so that what an outage left neither floods the
    /// agent nor keeps people waiting who write now (facts/promises.md R8).
    pub fn overdue_turn(&self, channel: ChannelId, per_second: u32, now: Timestamp) -> Timestamp {
        self.with(channel, per_second, |pace| pace.overdue.take(OVERDUE_INTERVAL, now))
    }

    /// The provider said that the number talks too fast, or cannot be reached: everything waits a little, and longer after
    /// each further failure in a row.
    pub fn number_failed(
        &self,
        channel: ChannelId,
        per_second: u32,
        asked: Option<Duration>,
        now: Timestamp,
    ) {
        self.with(channel, per_second, |pace| {
            pace.number.throttle(now);
            pace.failures = pace.failures.saturating_add(1);
            let beyond = pace.failures.saturating_sub(FAILURES_BEFORE_REST);
            let rest = if pace.failures < FAILURES_BEFORE_REST {
                Duration::ZERO
            } else {
                FIRST_REST.saturating_mul(1_u32.checked_shl(beyond).unwrap_or(u32::MAX)).min(LONGEST_REST)
            };
            pace.held_until = pace.held_until.max(now.after(rest.max(asked.unwrap_or_default())));
        });
    }

    /// The provider said that this pair talks too fast.
    pub fn pair_failed(
        &self,
        channel: ChannelId,
        conversation: ConversationId,
        per_second: u32,
        until: Timestamp,
    ) {
        self.with(channel, per_second, |pace| pace.held_pairs.insert(conversation, until));
    }

    /// A message was taken: the number works.
    pub fn succeeded(&self, channel: ChannelId, per_second: u32) {
        self.with(channel, per_second, |pace| pace.failures = 0);
    }

    fn with<T>(&self, channel: ChannelId, per_second: u32, change: impl FnOnce(&mut Pace) -> T) -> T {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = paces.entry(channel).or_insert_with(|| Pace {
            number: NumberPace::per_second(per_second),
            templates: MinuteLimit::default(),
            overdue: Slots::default(),
            pairs: HashMap::new(),
            held_pairs: HashMap::new(),
            held_until: Timestamp::default(),
            failures: 0,
        });
        change(pace)
    }
}

/// Not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// When to ask again.
    pub until: Timestamp,
    /// Whether nothing else of this number may go before that either.
    pub whole_number: bool,
}

/// Rounded up to a millisecond, so that asking again at that instant succeeds.
fn soon(now: Timestamp, wait: Duration) -> Timestamp {
    now.after(wait + Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn one_talkative_user_does_not_hold_up_another() {
        let (paces, channel) = (Paces::default(), ChannelId::from_uuid(Uuid::from_u128(1)));
        let [one, other] = [1, 2].map(|n| ConversationId::from_uuid(Uuid::from_u128(n)));
        for _ in 0..45 {
            assert_eq!(paces.take(channel, one, (1_000, None), at(1_000)), Ok(()));
        }
        let wait = paces.take(channel, one, (1_000, None), at(1_000)).unwrap_err();
        assert_eq!(wait, Wait { until: at(7_001), whole_number: false });
        assert_eq!(paces.take(channel, other, (1_000, None), at(1_000)), Ok(()));
        assert_eq!(paces.take(channel, one, (1_000, None), wait.until), Ok(()));
    }

    #[test]
    fn templates_wait_for_their_minute_and_replies_do_not() {
        let (paces, channel) = (Paces::default(), ChannelId::from_uuid(Uuid::from_u128(1)));
        let user = |n: u128| ConversationId::from_uuid(Uuid::from_u128(n));
        for n in 0..60 {
            assert_eq!(paces.take(channel, user(n), (1_000, Some(60)), at(1_000)), Ok(()));
        }
        let wait = paces.take(channel, user(60), (1_000, Some(60)), at(1_000)).unwrap_err();
        assert_eq!(wait, Wait { until: at(61_000), whole_number: false });
        assert_eq!(paces.take(channel, user(60), (1_000, None), at(1_000)), Ok(()), "a reply");
        let other = ChannelId::from_uuid(Uuid::from_u128(2));
        assert_eq!(paces.take(other, user(60), (1_000, Some(60)), at(1_000)), Ok(()), "another channel");
        assert_eq!(paces.take(channel, user(60), (1_000, Some(60)), wait.until), Ok(()));
    }

    #[test]
    fn failures_in_a_row_let_the_number_rest_longer_each_time() {
        let (paces, channel) = (Paces::default(), ChannelId::from_uuid(Uuid::from_u128(1)));
        let user = ConversationId::from_uuid(Uuid::from_u128(1));
        for _ in 0..4 {
            paces.number_failed(channel, 80, None, at(0));
        }
        assert_eq!(paces.take(channel, user, (80, None), at(0)), Ok(()));
        paces.number_failed(channel, 80, None, at(0));
        assert_eq!(paces.take(channel, user, (80, None), at(0)).unwrap_err().until, at(10_000));
        paces.number_failed(channel, 80, None, at(10_000));
        assert_eq!(paces.take(channel, user, (80, None), at(10_000)).unwrap_err().until, at(30_000));
        paces.succeeded(channel, 80);
        paces.number_failed(channel, 80, None, at(40_000));
        assert_eq!(paces.take(channel, user, (80, None), at(40_000)), Ok(()));
    }
}
