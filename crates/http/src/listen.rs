//! Listening. Its own accept loop, because `axum::serve` never closes a connection that says nothing: a few thousand silent
//! clients would take the gateway down.
//!
//! HTTP/1.1 only: every proxy speaks it to what stands behind, and a protocol that is not spoken needs no limits.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How many connections are served at once; more wait in the system's queue.
const MOST_CONNECTIONS: usize = 10_000;
/// How long a request's head may take, from its first byte on.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may be silent between requests. Longer than proxies keep theirs, so that they close first.
const IDLE: Duration = Duration::from_secs(75);
/// How much a request's head may weigh.
const LARGEST_HEAD: usize = 64 * 1024;

/// Serves `router` until `shutdown`, then finishes what is under way for at most `grace`.
///
/// # Errors
///
/// When the listener is of no use from the start.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
    grace: Duration,
) -> io::Result<()> {
    listener.local_addr()?;
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: others end in a moment.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let peer = Peer(stream.peer_addr().map(|address| address.ip()).ok());
        let connection = graceful.watch(connection(stream, peer, router.clone()));
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests under way were cut off at shutdown");
    }
    connections.shutdown().await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

/// Who is at the other end of a connection: the caller, or the proxy in front of us.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub Option<IpAddr>);

fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    let turns = Arc::new(AtomicU64::new(0));
    let io = TokioIo::new(Patient::new(stream, Arc::clone(&turns)));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        turns.fetch_add(1, Ordering::Relaxed);
        let (turns, router) = (Arc::clone(&turns), router.clone());
        async move {
            let response = router.oneshot(request.map(Body::new)).await;
            turns.fetch_add(1, Ordering::Relaxed);
            response
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        // A client that has sent its request and shut its side still gets its answer.
        .half_close(true)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(io, service)
}

/// A stream that loses patience: with a head that does not end, and with silence between requests. While a request is being
/// answered it waits; how long that may take is the router's business.
struct Patient {
    stream: TcpStream,
    /// How many requests began and how many ended, added up: odd while one is being answered.
    turns: Arc<AtomicU64>,
    /// The count when we last looked: nobody reads or writes while a request is being answered.
    seen: u64,
    waiting: Waiting,
    deadline: Pin<Box<Sleep>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// For a request to begin.
    Silent,
    /// For its head to end.
    Head,
    /// For its answer.
    Answer,
}

impl Patient {
    fn new(stream: TcpStream, turns: Arc<AtomicU64>) -> Self {
        Self {
            stream,
            turns,
            seen: 0,
            waiting: Waiting::Silent,
            deadline: Box::pin(tokio::time::sleep(HEAD)),
        }
    }

    fn wait(&mut self, waiting: Waiting, at_most: Duration) {
        self.waiting = waiting;
        if let Some(deadline) = Instant::now().checked_add(at_most) {
            self.deadline.as_mut().reset(deadline);
        }
    }

    /// Notices that a request began or ended since we last looked.
    fn look(&mut self) {
        let turns = self.turns.load(Ordering::Relaxed);
        if turns != self.seen {
            self.seen = turns;
            if turns % 2 == 1 {
                self.waiting = Waiting::Answer;
            } else {
                self.wait(Waiting::Silent, IDLE);
            }
        }
    }

    /// An answer that is still flowing is no silence.
    fn flows(&mut self) {
        self.look();
        if self.waiting == Waiting::Silent {
            self.wait(Waiting::Silent, IDLE);
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.look();
        if self.waiting == Waiting::Answer {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf)?;
        if self.waiting == Waiting::Silent && buf.filled().len() > before {
            self.wait(Waiting::Head, HEAD);
        }
        // Also when bytes came: a head that drips in is no better than one that does not come.
        match self.deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => read.map(Ok),
        }
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.flows();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs))?;
        self.flows();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
