//! All twins of one data folder.

use std::{io, path::Path, sync::Arc};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{agent, bsp::Bsp, coster, engine::Clock, meta::Meta, qontak};

/// All twins of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Twin {
    meta: Meta,
    coster: Bsp,
    qontak: Bsp,
    agents: Arc<agent::Registry>,
}

impl Twin {
    /// Opens the twins' files under `data/twin`, creating them if missing, and continues from their
    /// state.
    ///
    /// # Errors
    /// When the folder cannot be written, another process uses it, or a file in it is damaged other than by a
    /// cut at its end.
    pub fn open(data: &Path) -> io::Result<Self> {
        let dir = data.join("twin");
        let closing = CancellationToken::new();
        let meta = Meta::open_in(&dir, closing.clone())?;
        let (coster, qontak) = (coster::open(&dir, closing.clone())?, qontak::open(&dir, closing)?);
        // Agents are called by the gateway, whose clock is the machine's.
        let clock = Clock::default();
        let now = move || Timestamp::from_millisecond(clock.now_ms()).unwrap_or(Timestamp::MAX);
        let agents = Arc::new(agent::Registry::open(&dir, now)?);
        Ok(Self { meta, coster, qontak, agents })
    }

    /// The Meta twin.
    pub(crate) const fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The twins of Coster and Qontak.
    pub(crate) const fn bsps(&self) -> [&Bsp; 2] {
        [&self.coster, &self.qontak]
    }

    /// The sample agents.
    pub(crate) const fn agents(&self) -> &Arc<agent::Registry> {
        &self.agents
    }

    /// Cancelled when the server is told to stop; event streams end with it.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.meta.closing
    }
}
