//! `warta demo`: a gateway with everything around it that it needs to be tried, on this machine, through real HTTP and real
//! signatures.

mod providers;
mod report;
mod seed;
mod stand_ins;
mod state;

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use tokio_util::sync::CancellationToken;
use warta_core::secret::Secret;
use warta_gateway::app::Settings;

use self::stand_ins::StandIns;
use self::state::DemoFile;
use super::twin;
use crate::config::LogFormat;
use crate::{lifecycle, print, telemetry};

/// Try everything on this machine.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The port of console and gateway on 127.0.0.1; phones and sample agents take the next one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keep everything here and go on with it at the next start. Without it everything is gone at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep the gateway's data elsewhere: <postgres://…> or a path of an `SQLite` file
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Use the stand-ins of a `warta twin` that runs already, such as <http://127.0.0.1:8081>
    #[arg(long, value_name = "URL")]
    twin: Option<String>,
    /// Print one JSON line when ready
    #[arg(long)]
    json: bool,
    /// What is logged
    #[arg(long, default_value = "warn,sqlx=error", env = "WARTA_LOG")]
    log: String,
}

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// When a port is taken, or the folder or the store cannot be used.
pub(crate) async fn run(demo: Demo) -> Result<()> {
    telemetry::log(&demo.log, LogFormat::Text)?;
    let listener = twin::listen(demo.port).await?;
    let address = listener.local_addr()?;
    // Removed when this function ends.
    let temporary = match demo.data {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("no temporary folder can be made")?),
    };
    let data = match (&demo.data, &temporary) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => folder.path().to_path_buf(),
        (None, None) => anyhow::bail!("there is no folder for the data"),
    };
    // What users wrote and the test accounts' tokens are in it.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&data)
        .with_context(|| format!("{} cannot be made", data.display()))?;
    let file = DemoFile::open(&data)?;
    let shutdown = CancellationToken::new();
    let (twin_url, twin_running) = start_twin(&demo, address, &data, &shutdown).await?;
    let stand_ins = StandIns::new(&twin_url)?;
    let work = async {
        let key = Secret::new(&file.secret_key()?);
        let store_url = demo.store.clone().unwrap_or_else(|| data.join("warta.db").display().to_string());
        let store = lifecycle::open(&store_url, &key).await?;
        let settings = Settings {
            public_url: format!("http://{address}"),
            twin: Some(twin_url.clone()),
            ..Settings::default()
        };
        let gateway = lifecycle::assemble(
            store,
            settings,
            stand_ins::loopback()?,
            &key,
            Some(format!("demo of {}", data.display())),
        )
        .await?;
        let app = Arc::clone(&gateway.app);
        let seeded = seed::seed(&app, &stand_ins, file).await?;
        let gateway = Box::pin(gateway.run(listener, shutdown.clone()));
        let ready = async {
            seed::connect(&stand_ins, &seeded).await?;
            let console = seed::console(&app, seeded.organization).await?;
            let report = report::report(&app, &seeded, &console, &data, &twin_url);
            print::line(if demo.json { report.to_string() } else { report::for_people(&report) });
            anyhow::Ok(())
        };
        let gateway = async {
            tokio::pin!(gateway);
            tokio::select! {
                result = &mut gateway => return result,
                result = ready => result?,
            }
            gateway.await
        };
        lifecycle::until_stopped(Box::pin(gateway), shutdown.clone()).await
    };
    let result = Box::pin(work).await;
    shutdown.cancel();
    if let Some(running) = twin_running {
        running.await.context("the twin panicked")?.context("the twin failed")?;
    }
    result
}

/// Starts the stand-ins on the next port, unless they run elsewhere already.
async fn start_twin(
    demo: &Demo,
    gateway: SocketAddr,
    data: &std::path::Path,
    shutdown: &CancellationToken,
) -> Result<(String, Option<tokio::task::JoinHandle<Result<(), warta_twin::ServeError>>>)> {
    if let Some(url) = &demo.twin {
        return Ok((url.trim_end_matches('/').to_owned(), None));
    }
    let port = match demo.port {
        0 => 0,
        _ => gateway.port().checked_add(1).context("--port must leave the next port free")?,
    };
    let listener = twin::listen(port).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let serving = warta_twin::serve(listener, twin::open(data)?, shutdown.clone());
    #[expect(clippy::disallowed_methods, reason = "awaited by name at the end of the command")]
    let running = tokio::spawn(serving);
    Ok((url, Some(running)))
}
