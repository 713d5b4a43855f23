//! The twin of one provider as one value, cheap to clone: state, journal, clock, faults and HTTP client.

use std::{
    io,
    ops::Deref,
    path::PathBuf,
    sync::{Arc, MutexGuard, OnceLock},
};

use tokio::sync::broadcast;
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
    parts: Arc<Parts<R>>,
}

/// The parts of a twin, reached through [`ProviderTwin`].
pub(crate) struct Parts<R: Rules> {
    pub(super) journal: Journal<R>,
    pub(super) media_dir: PathBuf,
    pub(super) clock: Clock,
    pub(crate) faults: Faults<R::Faults>,
    /// What only this provider's twin holds in memory.
    pub(crate) memory: R::Memory,
    pub(crate) egress: Egress,
    base_url: OnceLock<String>,
    /// Cancelled when the server is told to stop.
    pub(crate) closing: CancellationToken,
}

impl<R: Rules> Deref for ProviderTwin<R> {
    type Target = Parts<R>;

    fn deref(&self) -> &Parts<R> {
        &self.parts
    }
}

impl<R: Rules> Clone for ProviderTwin<R> {
    fn clone(&self) -> Self {
        Self { parts: Arc::clone(&self.parts) }
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
        let parts = Parts { journal, media_dir, clock, faults, memory, egress, base_url, closing };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The base URL of the twins, without a final slash. Known once they serve.
    pub(crate) fn base_url(&self) -> &str {
        self.base_url.get().map_or("", String::as_str)
    }

    /// Sets the base URL; only the first call has an effect.
    pub(crate) fn set_base_url(&self, base_url: String) {
        self.base_url.get_or_init(|| base_url);
    }

    /// The present state. The lock must not be held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State<R>> {
        self.journal.state()
    }

    /// Writes an event to disk and applies it.
    pub(crate) async fn commit(&self, event: R::Event) -> io::Result<()> {
        self.journal.commit(event).await
    }

    /// Adds an event that a crash may lose, because its cause would then be repeated.
    pub(crate) fn enqueue(&self, event: R::Event) {
        self.journal.enqueue(event);
    }

    /// Returns when all events added so far are on disk.
    pub(crate) async fn flush(&self) -> io::Result<()> {
        self.journal.flush().await
    }

    /// The twin's time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Receives every change of a chat from now on. A receiver that lags should read its chats again.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<ChatChange> {
        self.journal.applied.changes.subscribe()
    }

    /// Tells the phones that a chat changed.
    pub(crate) fn announce(&self, account: String, user: String) {
        // There may be no receiver.
        drop(self.journal.applied.changes.send(ChatChange { account, user }));
    }
}
