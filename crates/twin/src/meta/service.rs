//! The twin as one value: state, journal, clock, faults and limits, cheap to clone.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, MutexGuard, OnceLock},
};

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::{event::Event, faults::Faults, limits::Limits, state::State};
use crate::{chat::ChatChange, clock::Clock, egress::Egress, journal::Journal};

/// The Meta twin.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    journal: Journal<State>,
    media_dir: PathBuf,
    clock: Clock,
    faults: Faults,
    limits: Limits,
    egress: Egress,
    base_url: OnceLock<String>,
    closing: CancellationToken,
}

impl Meta {
    /// Opens the twin's files in this folder, making them where there are none.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let media_dir = dir.join("media");
        std::fs::create_dir_all(&media_dir)?;
        let journal: Journal<State> = Journal::open(dir.join("meta.jsonl"))?;
        let clock = Clock::default();
        clock.set_offset_ms(journal.state().clock_offset_ms);
        Ok(Self {
            inner: Arc::new(Inner {
                journal,
                media_dir,
                clock,
                faults: Faults::default(),
                limits: Limits::default(),
                egress: Egress::called("facebookexternalua"),
                base_url: OnceLock::new(),
                closing: CancellationToken::new(),
            }),
        })
    }

    /// Where the twin is reached, without a final slash. Known once it serves.
    pub(crate) fn base_url(&self) -> &str {
        self.inner.base_url.get().map_or("", String::as_str)
    }

    /// Tells the twin where it is reached; the first call counts.
    pub(crate) fn set_base_url(&self, base_url: String) {
        self.inner.base_url.get_or_init(|| base_url);
    }

    /// The present state. Not to be held while waiting.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.journal.state()
    }

    /// Makes an event durable and part of the state.
    pub(crate) async fn commit(&self, event: Event) -> io::Result<()> {
        self.inner.journal.commit(event).await
    }

    /// Adds an event that may be lost in a crash, because it is then done again.
    pub(crate) fn note(&self, event: Event) {
        self.inner.journal.note(event);
    }

    /// Returns when all that was added is on disk.
    pub(crate) async fn settle(&self) -> io::Result<()> {
        self.inner.journal.settle().await
    }

    /// The twin's time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Ends when the server was told to stop.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.inner.closing
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    pub(crate) fn egress(&self) -> &Egress {
        &self.inner.egress
    }

    pub(crate) fn journal(&self) -> &Journal<State> {
        &self.inner.journal
    }

    pub(crate) fn media_dir(&self) -> &Path {
        &self.inner.media_dir
    }

    pub(crate) fn changes(&self) -> &broadcast::Sender<ChatChange> {
        self.inner.journal.changes()
    }

    /// Woken when there may be something to deliver.
    pub(crate) fn work(&self) -> &Notify {
        self.inner.journal.work()
    }
}
