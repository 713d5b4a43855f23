//! The server: one listener for all twins.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{agent, coster, meta, phone, qontak, twin::Twin};

/// Largest request body: Meta's largest file and its multipart frame.
const BODY_BYTES: usize = 110 * 1024 * 1024;

/// How long open connections may continue after the server is told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Why the twins cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The control interface has no password, so it must not be reachable from other machines.
    #[error("the twin has no password and listens on a loopback address only, not on {0}")]
    NotLoopback(IpAddr),
    /// The listener failed.
    #[error("the twin's listener failed")]
    Io(#[from] io::Error),
}

impl Twin {
    /// All routes: `/meta`, `/coster`, `/qontak`, `/phone`, `/new-account` and `/agent`. Webhooks are delivered by
    /// [`serve`] only.
    pub fn router(&self) -> Router {
        let [coster, qontak] = self.bsps();
        Router::new()
            .merge(phone::routes(self.clone()))
            .merge(agent::router(Arc::clone(self.agents())))
            .merge(meta::routes(self.meta().clone()))
            .merge(coster::routes(coster.clone()))
            .merge(qontak::routes(qontak.clone()))
            .layer(DefaultBodyLimit::max(BODY_BYTES))
    }
}

/// Serves the twins until `shutdown`, then lets running work end, for five seconds at most. Webhooks that are not
/// yet delivered stay in the data folder.
///
/// # Errors
/// [`ServeError::NotLoopback`] when the listener is open to other machines, [`ServeError::Io`] when it fails.
pub async fn serve(listener: TcpListener, twin: Twin, shutdown: CancellationToken) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address.ip()));
    }
    twin.meta().set_base_url(format!("http://{address}"));
    for bsp in twin.bsps() {
        bsp.set_base_url(format!("http://{address}"));
    }
    let closing = twin.closing().clone();
    let tasks = TaskTracker::new();
    tasks.spawn(twin.meta().clone().deliver(tasks.clone()));
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
    // Webhooks that are not answered in time are sent again after the next start.
    drop(tokio::time::timeout(DRAIN, tasks.wait()).await);
    twin.meta().flush().await?;
    for bsp in twin.bsps() {
        bsp.flush().await?;
    }
    Ok(())
}
