//! What the process says about itself: log lines to standard error, metrics where asked for.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};
use warta_console::KEPT_OUT_OF_LOGS;
use warta_http::listen;

use crate::config::LogFormat;

/// How often recorded samples are folded together, so that they do not pile up when nobody reads them.
const UPKEEP: Duration = Duration::from_secs(5);
/// How long a reader may still take at shutdown.
const GRACE: Duration = Duration::from_secs(1);

/// Starts logging.
///
/// # Errors
///
/// When `filter` cannot be read.
pub(crate) fn log(filter: &str, format: LogFormat) -> Result<()> {
    let filter: Targets = filter.parse().with_context(|| format!("log cannot be {filter:?}"))?;
    let (target, level) = KEPT_OUT_OF_LOGS;
    let filter = filter.with_target(target, level);
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colour);
    match format {
        LogFormat::Text => registry().with(lines.with_filter(filter)).init(),
        LogFormat::Json => registry().with(lines.json().with_filter(filter)).init(),
    }
    Ok(())
}

/// Metrics that are collected, and the listener they are read from.
pub(crate) struct Metrics {
    listener: TcpListener,
    collected: PrometheusHandle,
}

/// Starts to collect metrics, and listens at `address` for whoever reads them.
///
/// # Errors
///
/// When the address is taken.
pub(crate) async fn metrics(address: SocketAddr) -> Result<Metrics> {
    let taken = || format!("cannot serve metrics on {address}");
    let listener = TcpListener::bind(address).await.with_context(taken)?;
    let collected = PrometheusBuilder::new().install_recorder().with_context(taken)?;
    Ok(Metrics { listener, collected })
}

impl Metrics {
    /// Answers every request with all metrics, until `shutdown`.
    ///
    /// # Errors
    ///
    /// When the listener fails from the start.
    pub(crate) async fn serve(self, shutdown: CancellationToken) -> Result<()> {
        let Self { listener, collected } = self;
        let read = collected.clone();
        let page = move || {
            let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            std::future::ready((kind, read.render()))
        };
        let serving = listen::serve(listener, Router::new().fallback(page), shutdown.clone(), GRACE);
        let upkeep = async {
            while !shutdown.is_cancelled() {
                collected.run_upkeep();
                tokio::select! {
                    () = tokio::time::sleep(UPKEEP) => {}
                    () = shutdown.cancelled() => {}
                }
            }
        };
        let (served, ()) = tokio::join!(serving, upkeep);
        served.context("metrics cannot be served")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn what_was_counted_is_read_over_http_until_shutdown() {
        let metrics = metrics("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = metrics.listener.local_addr().unwrap();
        metrics::counter!("warta_tests_total", "kind" => "metrics").increment(3);
        let shutdown = CancellationToken::new();
        let read = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            shutdown.cancel();
            answer
        };
        let (served, answer) = tokio::join!(metrics.serve(shutdown.clone()), read);
        served.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{answer}");
        assert!(answer.contains("\nwarta_tests_total{kind=\"metrics\"} 3\n"), "{answer}");
    }
}
