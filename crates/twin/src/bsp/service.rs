//! The twin as one value: state, journal, clock and knobs, cheap to clone.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, MutexGuard, OnceLock},
};

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::{Event, Provider, State, knobs::Panel};
use crate::{chat::ChatChange, clock::Clock, egress::Egress, journal::Journal};

/// The twin of one provider.
#[derive(Clone, Debug)]
pub(crate) struct Bsp {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    provider: Provider,
    journal: Journal<State>,
    media_dir: PathBuf,
    clock: Clock,
    panel: Panel,
    egress: Egress,
    base_url: OnceLock<String>,
    closing: CancellationToken,
}

impl Bsp {
    /// Opens the twin's files in this folder, making them where there are none. It closes with `closing`.
    pub(crate) fn open(provider: Provider, dir: &Path, closing: CancellationToken) -> io::Result<Self> {
        let media_dir = dir.join(format!("{}-media", provider.word()));
        std::fs::create_dir_all(&media_dir)?;
        let journal: Journal<State> = Journal::open(dir.join(format!("{}.jsonl", provider.word())))?;
        let clock = Clock::default();
        clock.set_offset_ms(journal.state().clock_offset_ms);
        let inner = Inner {
            provider,
            journal,
            media_dir,
            clock,
            panel: Panel::default(),
            egress: Egress::called(provider.name()),
            base_url: OnceLock::new(),
            closing,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whose twin it is.
    pub(crate) fn provider(&self) -> Provider {
        self.inner.provider
    }

    /// Where the twins are reached, without a final slash. Known once they serve.
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

    pub(super) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(super) fn journal(&self) -> &Journal<State> {
        &self.inner.journal
    }

    pub(crate) fn panel(&self) -> &Panel {
        &self.inner.panel
    }

    pub(crate) fn egress(&self) -> &Egress {
        &self.inner.egress
    }

    pub(super) fn media_dir(&self) -> &Path {
        &self.inner.media_dir
    }

    pub(super) fn closing(&self) -> &CancellationToken {
        &self.inner.closing
    }

    /// Tells of every change of a chat from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<ChatChange> {
        self.inner.journal.changes().subscribe()
    }

    /// Woken when there may be something to deliver.
    pub(super) fn work(&self) -> &Notify {
        self.inner.journal.work()
    }
}
