//! The twin's server: one listener for all of it.

use std::{io, net::IpAddr, path::Path, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    agent,
    bsp::{Bsp, Provider},
    clock::Clock,
    coster,
    meta::{self, Meta},
    phone, qontak,
};

/// Largest request body: Meta's largest file and its multipart frame.
const BODY_BYTES: usize = 110 * 1024 * 1024;

/// How long open connections may go on after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// All twins of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Twin {
    meta: Meta,
    coster: Bsp,
    qontak: Bsp,
    agents: Arc<agent::Registry>,
}

/// Why a twin does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The control interface asks for no password, so it is only for this machine.
    #[error("the twin has no password and listens on a loopback address only, not on {0}")]
    NotLoopback(IpAddr),
    /// The listener failed.
    #[error("the twin's listener failed")]
    Io(#[from] io::Error),
}

impl Twin {
    /// Opens the twins' files under `data/twin`, making them where there are none, and goes on where they
    /// ended.
    ///
    /// # Errors
    /// When the folder cannot be written, another process uses it, or a file in it is damaged other than by
    /// a cut at its end.
    pub fn open(data: &Path) -> io::Result<Self> {
        let dir = data.join("twin");
        let meta = Meta::open(&dir)?;
        let bsp = |provider| Bsp::open(provider, &dir, meta.closing().clone());
        let (coster, qontak) = (bsp(Provider::Coster)?, bsp(Provider::Qontak)?);
        // Agents are called by the gateway, whose clock is the machine's.
        let clock = Clock::default();
        let now = move || Timestamp::from_millisecond(clock.now_ms()).unwrap_or(Timestamp::MAX);
        let agents = Arc::new(agent::Registry::open(&dir, now).map_err(io::Error::other)?);
        Ok(Self { meta, coster, qontak, agents })
    }

    /// All routes: `/meta`, `/coster`, `/qontak`, `/phone`, `/new-account` and `/agent`. Without [`serve`] nothing is delivered.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(phone::routes(self.clone()))
            .merge(agent::router(Arc::clone(&self.agents)))
            .merge(meta::routes(self.meta.clone()))
            .merge(coster::routes(self.coster.clone()))
            .merge(qontak::routes(self.qontak.clone()))
            .layer(DefaultBodyLimit::max(BODY_BYTES))
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
    pub(crate) fn agents(&self) -> &agent::Registry {
        &self.agents
    }

    /// Ends when the server was told to stop: long answers (event streams) end with it.
    pub(crate) fn closing(&self) -> &CancellationToken {
        self.meta.closing()
    }
}

/// Serves the twins until `shutdown`, then lets running work end, for five seconds at most. What is still
/// owed stays in the data folder, and what was done is on disk there.
///
/// # Errors
/// [`ServeError::NotLoopback`] when the listener is open to other machines, [`ServeError::Io`] when it fails.
pub async fn serve(listener: TcpListener, twin: Twin, shutdown: CancellationToken) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address.ip()));
    }
    twin.meta.set_base_url(format!("http://{address}"));
    for bsp in twin.bsps() {
        bsp.set_base_url(format!("http://{address}"));
    }
    let closing = twin.closing().clone();
    let tasks = TaskTracker::new();
    tasks.spawn(twin.meta.clone().deliver(tasks.clone()));
    for bsp in twin.bsps() {
        tasks.spawn(bsp.clone().deliver(tasks.clone()));
    }
    let server =
        axum::serve(listener, twin.router()).with_graceful_shutdown(closing.clone().cancelled_owned());
    let drained = async {
        shutdown.cancelled().await;
        closing.cancel();
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended?,
        () = drained => {}
    }
    closing.cancel();
    tasks.close();
    // Whoever does not answer in time is called again after the next start.
    drop(tokio::time::timeout(DRAIN, tasks.wait()).await);
    twin.meta.settle().await?;
    for bsp in twin.bsps() {
        bsp.settle().await?;
    }
    Ok(())
}
