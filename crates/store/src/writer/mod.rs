//! All writes. On SQLite one task owns the one writing connection, takes whatever waits, and commits it together; on
//! PostgreSQL webhooks are batched alike on a few connections and other operations take a transaction each.

mod checkpoint;
mod postgres;
mod sqlite;

pub(crate) use postgres::PostgresWriter;
pub(crate) use sqlite::SqliteWriter;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::db::Tx;
use crate::error::Error;
use crate::ingest::{Ingest, IngestOutcome};

/// So much may wait before callers are told to come back.
const QUEUE: usize = 4_096;
/// So much is committed together at the most.
const BATCH: usize = 512;

/// What the writer is asked to do.
pub(crate) enum Command {
    /// Take in a webhook.
    Ingest(Box<Waiting>),
    /// Carry out an operation.
    Operation(Operation),
}

/// A webhook and who waits for it to be stored.
pub(crate) struct Waiting {
    pub(crate) ingest: Ingest,
    pub(crate) answer: oneshot::Sender<Result<IngestOutcome, Error>>,
}

impl Waiting {
    /// Tells whoever waits. One who went away does not mind.
    pub(crate) fn tell(self, result: Result<IngestOutcome, Error>) {
        drop(self.answer.send(result));
    }
}

/// An operation: runs in a transaction it shares with others, then is told what became of the commit.
pub(crate) type Operation = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Ran> + Send>;

/// An operation that has run.
pub(crate) struct Ran {
    /// Whether what it wrote is to stay.
    pub(crate) keep: bool,
    /// Tells whoever waits, after the commit; takes the error of a commit that failed.
    pub(crate) tell: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

/// Wraps a typed operation so that the writer can queue it.
pub(crate) fn operation<T, F>(run: F, answer: oneshot::Sender<Result<T, Error>>) -> Operation
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
{
    Box::new(move |tx| {
        Box::pin(async move {
            let result = run(tx).await;
            let keep = result.is_ok();
            let tell = Box::new(move |committed: Result<(), Error>| {
                drop(answer.send(result.and_then(|value| committed.map(|()| value))));
            });
            Ran { keep, tell }
        })
    })
}
