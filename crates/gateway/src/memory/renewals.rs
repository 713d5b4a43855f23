//! Renewals of access tokens on this node: who waits for one, and which failed a moment ago.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use warta_core::delivery::Failure;
use warta_core::ids::ChannelId;
use warta_core::policy::renewal::Failed;
use warta_core::time::Timestamp;
use warta_store::Channel;

/// Where those on this node queue who need a channel's token renewed: one asks, the others hear the result.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// Counts the renewals that ended.
    pub(crate) ended: AtomicU64,
    /// Why the last one failed, if it did. Held while one is under way.
    pub(crate) last: tokio::sync::Mutex<Option<Failure>>,
}

/// The renewals of all channels.
#[derive(Debug, Default)]
pub(crate) struct Renewals {
    queues: Mutex<HashMap<ChannelId, Arc<Queue>>>,
    failed: Mutex<HashMap<ChannelId, Failed>>,
}

impl Renewals {
    /// The queue of a channel.
    pub(crate) fn queue(&self, channel: ChannelId) -> Arc<Queue> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        Arc::clone(queues.entry(channel).or_default())
    }

    /// True if a renewal failed so recently that it is too early for another, as far as this node knows.
    pub(crate) fn is_resting(&self, channel: &Channel, now: Timestamp) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(&channel.id).is_some_and(|failed| failed.must_wait(channel.revision, now))
    }

    /// Remembers that a renewal failed, for as long as it rests.
    pub(crate) fn note_failed(&self, channel: ChannelId, failed: Failed, now: Timestamp) {
        let mut all = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, failed| failed.must_wait(failed.revision, now));
        all.insert(channel, failed);
    }
}
