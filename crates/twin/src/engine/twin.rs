//! The twin of one provider as one value, cheap to clone: state, journal, clock, faults and HTTP client.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, MutexGuard, OnceLock},
};

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::{
    clock::Clock,
    egress::Egress,
    faults::Faults,
    journal::Journal,
    state::{Rules, State},
};
use crate::chat::ChatChange;

/// The twin of provider `R`.
pub(crate) struct ProviderTwin<R: Rules> {
    inner: Arc<Inner<R>>,
}

struct Inner<R: Rules> {
    journal: Journal<R>,
    media_dir: PathBuf,
    clock: Clock,
    faults: Faults<R::Faults>,
    memory: R::Memory,
    egress: Egress,
    base_url: OnceLock<String>,
    closing: CancellationToken,
}

impl<R: Rules> Clone for ProviderTwin<R> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<R: Rules> ProviderTwin<R> {
    /// Opens the journal and the folder of files, creating them if missing. The twin closes with `closing`; its
    /// webhooks are sent as `user_agent`.
    pub(crate) fn open(
        journal: PathBuf,
        media_dir: PathBuf,
        user_agent: &'static str,
        memory: R::Memory,
        closing: CancellationToken,
    ) -> io::Result<Self> {
        std::fs::create_dir_all(&media_dir)?;
        let journal = Journal::<R>::open(journal)?;
        let clock = Clock::default();
        clock.set_offset_ms(journal.state().clock_offset_ms);
        let (faults, egress, base_url) = (Faults::default(), Egress::new(user_agent), OnceLock::new());
        let inner = Inner { journal, media_dir, clock, faults, memory, egress, base_url, closing };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The base URL of the twins, without a final slash. Known once they serve.
    pub(crate) fn base_url(&self) -> &str {
        self.inner.base_url.get().map_or("", String::as_str)
    }

    /// Sets the base URL; only the first call has an effect.
    pub(crate) fn set_base_url(&self, base_url: String) {
        self.inner.base_url.get_or_init(|| base_url);
    }

    /// The present state. The lock must not be held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State<R>> {
        self.inner.journal.state()
    }

    /// Writes an event to disk and applies it.
    pub(crate) async fn commit(&self, event: R::Event) -> io::Result<()> {
        self.inner.journal.commit(event).await
    }

    /// Adds an event that a crash may lose, because its cause would then be repeated.
    pub(crate) fn enqueue(&self, event: R::Event) {
        self.inner.journal.enqueue(event);
    }

    /// Returns when all events added so far are on disk.
    pub(crate) async fn flush(&self) -> io::Result<()> {
        self.inner.journal.flush().await
    }

    /// The twin's time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Cancelled when the server is told to stop.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.inner.closing
    }

    pub(crate) fn faults(&self) -> &Faults<R::Faults> {
        &self.inner.faults
    }

    /// What only this provider's twin holds in memory.
    pub(crate) fn memory(&self) -> &R::Memory {
        &self.inner.memory
    }

    pub(crate) fn egress(&self) -> &Egress {
        &self.inner.egress
    }

    /// Receives every change of a chat from now on. A receiver that lags should read its chats again.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<ChatChange> {
        self.inner.journal.changes().subscribe()
    }

    /// Tells the phones that a chat changed.
    pub(crate) fn announce(&self, account: String, user: String) {
        // There may be no receiver.
        drop(self.inner.journal.changes().send(ChatChange { account, user }));
    }

    /// Woken when something may be due for delivery.
    pub(super) fn work(&self) -> &Notify {
        self.inner.journal.work()
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(super) fn journal(&self) -> &Journal<R> {
        &self.inner.journal
    }

    pub(super) fn media_dir(&self) -> &Path {
        &self.inner.media_dir
    }
}
