//! What was noted of calls to webhook addresses, so that a flood of them does not become a flood of writes.

use std::time::Duration;

use uuid::Uuid;
use warta_core::ids::ChannelId;
use warta_core::time::Timestamp;
use warta_store::RefusedCall;

use super::Expiring;

/// How long after a channel was read again in vain for an unknown secret it is not read again: a guesser cannot cause a read per
/// guess.
const FAILED_RELOAD: Duration = Duration::from_millis(100);
/// How often the use of a secret is noted.
const USE: Duration = Duration::from_mins(1);
/// How often a refused call is noted: anybody can cause one.
const REFUSAL: Duration = Duration::from_secs(10);
/// How many entries each map holds at most.
const MOST: usize = 10_000;

/// The notes.
#[derive(Debug)]
pub(crate) struct Webhooks {
    failed_reloads: Expiring<ChannelId, ()>,
    uses: Expiring<Uuid, ()>,
    refusals: Expiring<(ChannelId, RefusedCall), ()>,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            failed_reloads: Expiring::new(FAILED_RELOAD, MOST),
            uses: Expiring::new(USE, MOST),
            refusals: Expiring::new(REFUSAL, MOST),
        }
    }
}

impl Webhooks {
    /// True shortly after a channel was read again without learning the secret that was shown.
    pub(crate) fn was_just_reloaded(&self, channel: ChannelId, now: Timestamp) -> bool {
        self.failed_reloads.get(&channel, now).is_some()
    }

    /// Notes that a channel was read again, and the secret is still unknown.
    pub(crate) fn note_failed_reload(&self, channel: ChannelId, now: Timestamp) {
        self.failed_reloads.put(channel, (), now);
    }

    /// True if the use of the secret in this row is to be stored now: once a minute.
    pub(crate) fn note_use(&self, row: Uuid, now: Timestamp) -> bool {
        self.uses.put_new(row, now)
    }

    /// The next use of these secrets is stored whenever it comes: a call was refused in between.
    pub(crate) fn forget_uses(&self, rows: impl Iterator<Item = Uuid>) {
        for row in rows {
            self.uses.remove(&row);
        }
    }

    /// True if a refused call to a channel's webhook is to be stored now: once in ten seconds, however many come.
    pub(crate) fn note_refusal(&self, channel: ChannelId, call: RefusedCall, now: Timestamp) -> bool {
        self.refusals.put_new((channel, call), now)
    }
}
