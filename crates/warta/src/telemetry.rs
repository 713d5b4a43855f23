//! What the process says about itself: log lines to standard error, metrics where asked for.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use metrics_exporter_prometheus::PrometheusBuilder;
use tracing_subscriber::EnvFilter;
use warta_console::KEPT_OUT_OF_LOGS;

use crate::config::LogFormat;

/// Starts logging.
///
/// # Errors
///
/// When `filter` cannot be read.
pub(crate) fn log(filter: &str, format: LogFormat) -> Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| format!("log cannot be {filter:?}"))?;
    let filter = filter.add_directive(KEPT_OUT_OF_LOGS.parse()?);
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour);
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

/// Serves metrics at `address`.
///
/// # Errors
///
/// When the address is taken.
pub(crate) fn metrics(address: SocketAddr) -> Result<()> {
    PrometheusBuilder::new()
        .with_http_listener(address)
        .install()
        .with_context(|| format!("cannot serve metrics on {address}"))
}
