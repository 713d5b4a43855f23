//! The load generator: as many keep-alive connections as asked for, each sending its next request when it has its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::machine::{float, now, percentile};

/// What one slot of load came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// Answers with status 200.
    pub(crate) accepted: usize,
    /// Other answers.
    pub(crate) refused: usize,
    /// Answers in a second.
    pub(crate) per_second: f64,
    /// How long answers took, in milliseconds: 50 %, 90 % and 99 % took no longer.
    pub(crate) latency_ms: [f64; 3],
}

/// Sends `requests`, each once and in order, for `time`; begins anew when they are used up and `again` is set.
pub(crate) async fn closed(
    address: &str,
    requests: Arc<Vec<Vec<u8>>>,
    (connections, time, again): (usize, Duration, bool),
) -> Result<Outcome> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut streams = Vec::new();
    for _ in 0..connections {
        streams.push(connect(address).await?);
    }
    let start = now();
    let end = start + time;
    let mut work = JoinSet::new();
    for mut stream in streams {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        work.spawn(async move {
            let (mut refused, mut times, mut buffer) = (0, Vec::new(), Vec::new());
            while now() < end {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let index = if again { index % requests.len() } else { index };
                let Some(request) = requests.get(index) else { break };
                let at = now();
                if exchange(&mut stream, request, &mut buffer).await? != 200 {
                    refused += 1;
                }
                times.push(at.elapsed().as_secs_f64() * 1_000.0);
            }
            anyhow::Ok((refused, times))
        });
    }
    let (mut refused, mut times) = (0, Vec::new());
    while let Some(done) = work.join_next().await {
        let (some, more) = done.context("a connection of the generator panicked")??;
        refused += some;
        times.extend(more);
    }
    let per_second = float(times.len()) / seconds(start);
    let latency_ms = [50, 90, 99].map(|percent| percentile(&mut times, percent));
    Ok(Outcome { accepted: times.len() - refused, refused, per_second, latency_ms })
}

fn seconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64()
}

/// Connects to a server.
pub(crate) async fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends a request and reads its answer whole; gives the status.
pub(crate) async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Result<u16> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the server closed a connection");
        }
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("an answer without a length")?.parse()?;
        if buffer.len() >= end + 4 + length {
            return Ok(head.split(' ').nth(1).context("no status")?.parse()?);
        }
    }
}
