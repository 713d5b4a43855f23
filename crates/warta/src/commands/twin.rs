//! `warta twin`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{lifecycle, print};

/// Run the stand-ins on their own.
#[derive(Debug, Args)]
pub(crate) struct Twin {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 8081)]
    port: u16,
    /// Where to keep what was accepted, is owed and is shown
    #[arg(long, value_name = "DIR", default_value = "warta-twin")]
    data: PathBuf,
    /// Print one JSON line when ready
    #[arg(long)]
    json: bool,
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// When the folder cannot be used or the port is taken.
pub(crate) async fn run(twin: Twin) -> Result<()> {
    let listener = listen(twin.port).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let open = open(&twin.data)?;
    let ready = serde_json::json!({
        "url": url,
        "new_account": format!("{url}/new-account"),
        "data": twin.data,
        "twins": { "meta_cloud": { "url": format!("{url}/meta"), "control": format!("{url}/meta/control") } },
    });
    if twin.json {
        print::line(ready);
    } else {
        print::line(format!(
            "twin of WhatsApp:   {url}\nnew test account:   {url}/new-account\nCtrl-C ends it."
        ));
    }
    let shutdown = CancellationToken::new();
    let serving = warta_twin::serve(listener, open, shutdown.clone());
    lifecycle::until_stopped(serving, shutdown).await.context("the twin failed")
}

/// Opens the stand-ins' files.
///
/// # Errors
///
/// When the folder cannot be used.
pub(crate) fn open(data: &std::path::Path) -> Result<warta_twin::Twin> {
    warta_twin::Twin::open(data)
        .with_context(|| format!("the twin's files under {} cannot be used", data.display()))
}

/// Takes a port on this machine.
///
/// # Errors
///
/// In one line, when it is taken.
pub(crate) async fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port))
        .await
        .with_context(|| format!("port {port} on 127.0.0.1 cannot be used; choose another with --port"))
}
