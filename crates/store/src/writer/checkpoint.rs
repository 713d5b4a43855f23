//! Keeping SQLite's write-ahead log short without holding up commits (facts/performance.md §3.2).
//!
//! A second connection moves the log's pages into the file while the writer goes on; that alone never lets the log begin anew
//! under constant writing, so the writer then runs one more, short, checkpoint between two commits.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use sqlx::{SqliteConnection, SqlitePool};

const LIMIT_BYTES: u64 = 16 * 1024 * 1024;
/// How many commits pass between two looks at the log's size.
const LOOK_EVERY: u32 = 64;

const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const WRITERS_TURN: u8 = 2;

pub(crate) struct Checkpointer {
    log: PathBuf,
    pool: SqlitePool,
    commits: u32,
    state: Arc<AtomicU8>,
}

impl Checkpointer {
    pub(crate) fn new(file: PathBuf, pool: SqlitePool) -> Self {
        let mut log = file.into_os_string();
        log.push("-wal");
        Self { log: log.into(), pool, commits: 0, state: Arc::new(AtomicU8::new(IDLE)) }
    }

    /// Looks after the log between two commits.
    pub(crate) async fn after_commit(&mut self, writer: &mut SqliteConnection) {
        if self.state.load(Ordering::Acquire) == WRITERS_TURN {
            if let Err(error) = checkpoint(writer).await {
                tracing::warn!(%error, "the writer's checkpoint failed");
            }
            self.state.store(IDLE, Ordering::Release);
            return;
        }
        self.commits += 1;
        if self.commits < LOOK_EVERY || self.state.load(Ordering::Acquire) != IDLE {
            return;
        }
        self.commits = 0;
        let bytes = std::fs::metadata(&self.log).map_or(0, |log| log.len());
        if bytes < LIMIT_BYTES {
            return;
        }
        self.state.store(RUNNING, Ordering::Release);
        let (pool, state) = (self.pool.clone(), Arc::clone(&self.state));
        #[expect(
            clippy::disallowed_methods,
            reason = "ends by itself; a checkpoint cut short by the end of the process is harmless"
        )]
        tokio::spawn(async move {
            let done = async { checkpoint(&mut *pool.acquire().await?).await };
            if let Err(error) = done.await {
                tracing::warn!(%error, "a checkpoint failed");
            }
            state.store(WRITERS_TURN, Ordering::Release);
        });
    }
}

async fn checkpoint(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(connection).await.map(drop)
}
