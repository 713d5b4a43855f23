//! From settings to a running gateway and back: open, serve, drain, close.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warta_core::clock::{Clock, Minter};
use warta_core::secret::Secret;
use warta_gateway::app::{App, Settings};
use warta_gateway::directory::Directory;
use warta_gateway::egress::Egress;
use warta_gateway::memory::Memory;
use warta_gateway::system::{SystemClock, SystemMinter};
use warta_gateway::timekeeping::GuardedClock;
use warta_gateway::workers;
use warta_http::listen;
use warta_store::{OpenOptions, SealingKey, Store};

/// How long requests under way may still take at shutdown.
const GRACE: Duration = Duration::from_secs(20);

/// Opens the store and brings its tables up to date.
///
/// # Errors
///
/// When it cannot be opened: wrong path, wrong key, no server.
pub(crate) async fn open(url: &str, key: &Secret) -> Result<Store> {
    let store = open_as_it_is(url, key).await?;
    store.migrate().await.context("the store's tables could not be brought up to date")?;
    Ok(store)
}

/// Opens the store without touching its tables.
///
/// # Errors
///
/// As [`open`].
pub(crate) async fn open_as_it_is(url: &str, key: &Secret) -> Result<Store> {
    let key = SealingKey::parse(key.expose()).context("secret_key")?;
    let options = OpenOptions::new(url, key);
    Store::open(options)
        .await
        .with_context(|| format!("the store {} could not be opened", without_password(url)))
}

/// A gateway, put together.
pub(crate) struct Gateway {
    /// What it shares.
    pub(crate) app: Arc<App>,
    clock: Arc<GuardedClock>,
}

/// Puts a gateway together. `owner` names this process in its claims; the same name after a crash takes up at once what it
/// held.
///
/// # Errors
///
/// When outgoing calls cannot be set up.
pub(crate) async fn assemble(
    store: Store,
    settings: Settings,
    egress_allow: Vec<ipnet::IpNet>,
    key: &Secret,
    owner: Option<String>,
) -> Result<Gateway> {
    let minter: Arc<dyn Minter> = Arc::new(SystemMinter::default());
    let clock = Arc::new(GuardedClock::new(Arc::new(SystemClock)));
    clock.set(&store).await;
    let owner = owner.unwrap_or_else(|| minter.uuid(clock.now()).to_string());
    let app = Arc::new(App {
        store,
        clock: clock.clone(),
        minter,
        egress: Egress::new(egress_allow).context("outgoing calls could not be set up")?,
        directory: Directory::default(),
        memory: Memory::default(),
        settings,
        key_pepper: key.clone(),
        owner,
        tasks: TaskTracker::new(),
    });
    Ok(Gateway { app, clock })
}

impl Gateway {
    /// Serves and works until `shutdown`, then drains and closes the store.
    ///
    /// # Errors
    ///
    /// When listening fails.
    pub(crate) async fn run(self, listener: TcpListener, shutdown: CancellationToken) -> Result<()> {
        let Self { app, clock } = self;
        let serving = listen::serve(listener, warta_console::router(&app), shutdown.clone(), GRACE);
        // It is kept in step until the last work is drained.
        let drained = CancellationToken::new();
        let working = async {
            workers::run(Arc::clone(&app), shutdown).await;
            drained.cancel();
        };
        let (served, (), ()) = tokio::join!(serving, working, clock.keep(&app.store, &drained));
        app.store.close().await;
        served.context("listening failed")
    }
}

/// Runs `work` until it ends by itself or the process is asked to stop, and then lets it drain.
///
/// # Errors
///
/// Those of `work`.
pub(crate) async fn until_stopped<E>(
    work: impl Future<Output = Result<(), E>>,
    shutdown: CancellationToken,
) -> Result<(), E> {
    tokio::pin!(work);
    tokio::select! {
        result = &mut work => return result,
        () = asked_to_stop() => {
            tracing::info!("asked to stop: finishing what is under way");
            shutdown.cancel();
        }
    }
    work.await
}

/// Resolves when the process is asked to stop: Ctrl-C or SIGTERM.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        };
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

/// An address of a database without what may be a password in it, for messages: neither what stands before the host nor what stands
/// after a question mark. Where the two cannot be told apart, nothing but the kind of database is left.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    match address.rsplit_once('@') {
        _ if query.contains('@') => format!("{scheme}://•••"),
        Some((_, host)) => format!("{scheme}://•••@{host}"),
        None => format!("{scheme}://{address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_database_is_told_without_its_password() {
        for (url, told) in [
            ("postgres://warta:s3cret@db.example:5432/warta", "postgres://•••@db.example:5432/warta"),
            ("postgres://db.example/warta?user=warta&password=s3cret", "postgres://db.example/warta"),
            ("postgres://warta:s3@cret@db.example/warta?password=s3cret", "postgres://•••@db.example/warta"),
            ("postgres://warta:s3?cret@db.example/warta", "postgres://•••"),
            ("postgres://db.example/warta?user=a@b&password=s3cret", "postgres://•••"),
            ("/var/lib/warta/warta.db", "/var/lib/warta/warta.db"),
        ] {
            assert_eq!(without_password(url), told);
        }
    }
}
