//! The writer of PostgreSQL: webhooks are batched on a few tasks, every other operation is a transaction of its own.

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use super::{BATCH, Command, Operation, QUEUE, Waiting};
use crate::db::{Connection, Due, Tx};
use crate::error::Error;
use crate::ingest;
use crate::wake::Wake;

/// How many batches are under way at once (facts/performance.md §3.1).
const TASKS: usize = 2;

/// The way to the tasks.
#[derive(Debug)]
pub(crate) struct PostgresWriter {
    webhooks: mpsc::Sender<Waiting>,
    tasks: Vec<JoinHandle<()>>,
    pool: PgPool,
    wake: Arc<Wake>,
}

impl PostgresWriter {
    pub(crate) fn start(pool: PgPool, wake: Arc<Wake>) -> Self {
        let (webhooks, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let tasks = (0..TASKS).map(|_| {
            let run = run(Arc::clone(&queue), pool.clone(), Arc::clone(&wake));
            #[expect(clippy::disallowed_methods, reason = "the store awaits its writer by name in close()")]
            tokio::spawn(run)
        });
        Self { webhooks, tasks: tasks.collect(), pool, wake }
    }

    pub(crate) async fn send(&self, command: Command) -> Result<(), Error> {
        match command {
            Command::Ingest(waiting) => self.webhooks.try_send(*waiting).map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Error::Busy,
                mpsc::error::TrySendError::Closed(_) => Error::Closed,
            }),
            Command::Operation(operation) => self.carry_out(operation).await,
        }
    }

    async fn carry_out(&self, operation: Operation) -> Result<(), Error> {
        #[expect(clippy::disallowed_methods, reason = "this is the writer")]
        let transaction = self.pool.begin().await?;
        let mut tx = Tx { connection: Connection::Postgres(transaction), due: Due::default() };
        let ran = operation(&mut tx).await;
        let Tx { connection: Connection::Postgres(transaction), due } = tx else { return Err(Error::Closed) };
        if !ran.keep {
            drop(transaction.rollback().await);
            (ran.tell)(Ok(()));
            return Ok(());
        }
        let committed = transaction.commit().await.map_err(Error::from);
        if committed.is_ok() {
            self.wake.wake(due);
        }
        (ran.tell)(committed);
        Ok(())
    }

    /// Lets the tasks finish what waits and end.
    pub(crate) async fn close(self) {
        drop(self.webhooks);
        for task in self.tasks {
            if task.await.is_err() {
                tracing::error!("a writer of the store panicked");
            }
        }
        self.pool.close().await;
    }
}

async fn run(queue: Arc<Mutex<mpsc::Receiver<Waiting>>>, pool: PgPool, wake: Arc<Wake>) {
    loop {
        let mut batch = Vec::new();
        {
            let mut queue = queue.lock().await;
            if queue.recv_many(&mut batch, BATCH).await == 0 {
                return;
            }
        }
        match ingest::postgres::store(&pool, batch.iter().map(|waiting| &waiting.ingest)).await {
            Ok(outcomes) => {
                wake.wake(ingest::due(&outcomes));
                for (waiting, outcome) in batch.into_iter().zip(outcomes) {
                    waiting.tell(Ok(outcome));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a batch of webhooks failed; each is stored by itself");
                for waiting in batch {
                    let one = std::iter::once(&waiting.ingest);
                    let result = ingest::postgres::store(&pool, one).await;
                    let result = result.map(|mut outcomes| outcomes.pop().unwrap_or_default());
                    if let Ok(outcome) = &result {
                        wake.wake(ingest::due(std::slice::from_ref(outcome)));
                    }
                    waiting.tell(result);
                }
            }
        }
    }
}
