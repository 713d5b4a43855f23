//! The writer of SQLite: one task, one connection, one commit for whatever waits.

use std::sync::Arc;

use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::checkpoint::Checkpointer;
use super::{BATCH, Command, Operation, QUEUE, Waiting};
use crate::db::{Connection, Due, Tx};
use crate::error::Error;
use crate::ingest::{self, Users};
use crate::wake::Wake;

/// The way to the writer's task.
#[derive(Debug)]
pub(crate) struct SqliteWriter {
    commands: mpsc::Sender<Command>,
    task: JoinHandle<()>,
}

impl SqliteWriter {
    /// Starts the task. `file` is where the write-ahead log lies beside, `pool` runs its checkpoints.
    pub(crate) fn start(
        connection: SqliteConnection,
        file: std::path::PathBuf,
        pool: SqlitePool,
        wake: Arc<Wake>,
    ) -> Self {
        let (commands, queue) = mpsc::channel(QUEUE);
        let tx = Tx { connection: Connection::Sqlite(connection), due: Due::default() };
        let writer = Writer { tx, users: Users::new(), wake, checkpointer: Checkpointer::new(file, pool) };
        #[expect(clippy::disallowed_methods, reason = "the store awaits its writer by name in close()")]
        let task = tokio::spawn(writer.run(queue));
        Self { commands, task }
    }

    pub(crate) fn send(&self, command: Command) -> Result<(), Error> {
        self.commands.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::Closed,
        })
    }

    /// Lets the task finish what waits and end.
    pub(crate) async fn close(self) {
        drop(self.commands);
        if self.task.await.is_err() {
            tracing::error!("the store's writer panicked");
        }
    }
}

struct Writer {
    tx: Tx,
    users: Users,
    wake: Arc<Wake>,
    checkpointer: Checkpointer,
}

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        // No lingering: whatever came in during the last commit is the next batch.
        while let Some(first) = queue.recv().await {
            let (mut webhooks, mut operations) = (Vec::new(), Vec::new());
            let mut sort = |command| match command {
                Command::Ingest(waiting) => webhooks.push(*waiting),
                Command::Operation(operation) => operations.push(operation),
            };
            sort(first);
            for _ in 1..BATCH {
                match queue.try_recv() {
                    Ok(command) => sort(command),
                    Err(_) => break,
                }
            }
            self.take_in(webhooks).await;
            self.carry_out(operations).await;
            if let Connection::Sqlite(connection) = &mut self.tx.connection {
                self.checkpointer.after_commit(connection).await;
            }
        }
        if let Connection::Sqlite(connection) = self.tx.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writing connection did not close cleanly");
        }
    }

    /// Stores webhooks: all together, or, when that fails, each by itself, so that a bad one fails alone.
    async fn take_in(&mut self, webhooks: Vec<Waiting>) {
        if webhooks.is_empty() {
            return;
        }
        let Connection::Sqlite(connection) = &mut self.tx.connection else { return };
        let due = match ingest::sqlite::store(connection, &mut self.users, webhooks.iter().map(|w| &w.ingest))
            .await
        {
            Ok(outcomes) => {
                let due = ingest::due(&outcomes);
                for (waiting, outcome) in webhooks.into_iter().zip(outcomes) {
                    waiting.tell(Ok(outcome));
                }
                due
            }
            Err(error) => {
                tracing::warn!(%error, "a batch of webhooks failed; each is tried by itself");
                let mut due = Due::default();
                for waiting in webhooks {
                    let result =
                        ingest::sqlite::store(connection, &mut self.users, std::iter::once(&waiting.ingest))
                            .await;
                    let result = result.map(|mut outcomes| outcomes.pop().unwrap_or_default());
                    due = due.merge(
                        result
                            .as_ref()
                            .map(|outcome| ingest::due(std::slice::from_ref(outcome)))
                            .unwrap_or_default(),
                    );
                    waiting.tell(result);
                }
                due
            }
        };
        self.wake.wake(due);
    }

    /// Carries operations out in one transaction, each behind a savepoint, so that one that fails leaves its neighbours alone.
    async fn carry_out(&mut self, operations: Vec<Operation>) {
        if operations.is_empty() {
            return;
        }
        if let Err(error) = self.execute("BEGIN IMMEDIATE").await {
            tracing::error!(%error, "no transaction could be begun");
            // Dropping the operations tells whoever waits that the store is closed to them.
            return;
        }
        let (mut due, mut tell, mut stands) = (Due::default(), Vec::new(), true);
        for operation in operations {
            self.tx.due = Due::default();
            // SQLite rolls the whole transaction back by itself when the disk is full or fails. What ran after that would commit
            // on its own; so nothing does, and those who are left are told as above.
            stands = self.execute("SAVEPOINT operation").await.is_ok();
            if !stands {
                break;
            }
            let ran = operation(&mut self.tx).await;
            let end = if ran.keep { "RELEASE operation" } else { "ROLLBACK TO operation; RELEASE operation" };
            tell.push(ran.tell);
            stands = self.execute(end).await.is_ok();
            if !stands {
                break;
            }
            if ran.keep {
                due = due.merge(self.tx.due);
            }
        }
        let committed = if stands { self.execute("COMMIT").await } else { Err(Error::Busy) };
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
            drop(self.execute("ROLLBACK").await);
        }
        for tell in tell {
            tell(if committed.is_ok() { Ok(()) } else { Err(Error::Busy) });
        }
        if committed.is_ok() {
            self.wake.wake(due);
        }
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), Error> {
        let Connection::Sqlite(connection) = &mut self.tx.connection else { return Err(Error::Closed) };
        sqlx::raw_sql(sql).execute(connection).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use warta_core::ids::OrganizationId;
    use warta_core::time::Timestamp;

    use crate::testing;

    #[tokio::test]
    async fn when_the_disk_is_full_nobody_is_told_other_than_what_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::sqlite(folder.path()).await;
        // It is as large as it may become.
        testing::execute(&store, "PRAGMA max_page_count = 1".to_owned()).await;
        let create = |number: u128, name: &'static str| {
            let id = OrganizationId::from_uuid(uuid::Uuid::from_u128(number));
            store.create_organization(id, name, Timestamp::from_millis(1))
        };
        let large: &'static str = Box::leak("x".repeat(1_000_000).into_boxed_str());
        // One batch: all three wait before the writer has its turn.
        let (first, full, last) = tokio::join!(create(1, "first"), create(2, large), create(3, "last"));
        assert!(full.is_err());
        let there: Vec<String> =
            store.organizations().await.unwrap().into_iter().map(|(_, name)| name).collect();
        assert_eq!(
            (first.is_ok(), last.is_ok()),
            (there.contains(&"first".to_owned()), there.contains(&"last".to_owned()))
        );
        create(4, "later").await.unwrap();
    }
}
