//! The store: opening, closing, and the two ways in: reading from a pool, writing through the writer.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::{Mutex, RwLock, oneshot};
use uuid::Uuid;
use warta_core::time::Timestamp;

use crate::db::{Pools, Tx, on, read};
use crate::error::Error;
use crate::ingest::{Ingest, IngestOutcome};
use crate::migrations;
use crate::seal::{Place, SealingKey};
use crate::wake::{Actor, Wake};
use crate::writer::{Command, PostgresWriter, SqliteWriter, Waiting, operation};

/// Older versions can lose data when a write-ahead log begins anew.
const OLDEST_SQLITE: i32 = 3_051_003;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    url: String,
    key: SealingKey,
    connections: u32,
}

impl OpenOptions {
    /// The store at `url`: a path of an SQLite file, or `postgres://…`.
    #[must_use]
    pub fn new(url: &str, key: SealingKey) -> Self {
        Self { url: url.to_owned(), key, connections: 8 }
    }

    /// How many connections read (SQLite) or do everything (PostgreSQL) at once. 8 unless said otherwise.
    #[must_use]
    pub const fn connections(mut self, connections: u32) -> Self {
        self.connections = connections;
        self
    }
}

/// Everything durable. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pools: Pools,
    key: SealingKey,
    wake: Arc<Wake>,
    /// Taken out when the store is closed.
    writer: RwLock<Option<Writer>>,
    /// Where SQLite keeps it; none on PostgreSQL.
    sqlite_file: Option<PathBuf>,
    migrating: Mutex<()>,
}

#[derive(Debug)]
enum Writer {
    Sqlite(SqliteWriter),
    Postgres(PostgresWriter),
}

impl Store {
    /// Opens a store. Its tables are as they are: see [`Store::migrate`].
    ///
    /// # Errors
    ///
    /// When there is no such database, SQLite is too old, or the key is not the one this store was sealed with.
    pub async fn open(options: OpenOptions) -> Result<Self, Error> {
        let wake = Arc::new(Wake::default());
        let inner = if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            let pool = postgres(&options).await?;
            let writer = Writer::Postgres(PostgresWriter::start(pool.clone(), Arc::clone(&wake)));
            Inner::new(Pools::Postgres(pool), writer, options.key, wake, None)
        } else {
            let path = options.url.strip_prefix("sqlite:").unwrap_or(&options.url);
            let file = PathBuf::from(path.trim_start_matches("//"));
            let (connection, pool) = sqlite(&file, options.connections).await?;
            let writer = SqliteWriter::start(connection, file.clone(), pool.clone(), Arc::clone(&wake));
            Inner::new(Pools::Sqlite(pool), Writer::Sqlite(writer), options.key, wake, Some(file))
        };
        let store = Self(Arc::new(inner));
        if store.pending_migrations().await? == 0 {
            store.check_key().await?;
        }
        Ok(store)
    }

    /// Brings the tables up to date, and seals or checks the mark that tells whether the key is the right one.
    ///
    /// # Errors
    ///
    /// When a migration fails (the tables then stand as before it), or the key is wrong.
    pub async fn migrate(&self) -> Result<(), Error> {
        let guard = self.0.migrating.lock().await;
        match &self.0.pools {
            Pools::Postgres(pool) => {
                // An index on a large table takes its time, and so does waiting for the node that makes it.
                let patient = [("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")];
                let mut connection =
                    pool.connect_options().as_ref().clone().options(patient).connect().await?;
                migrations::postgres().run(&mut connection).await?;
                connection.close().await?;
            }
            Pools::Sqlite(_) => {
                let file = self.0.sqlite_file.as_deref().ok_or(Error::Closed)?;
                let mut connection = sqlite_options(file).connect().await?;
                migrations::sqlite().run(&mut connection).await?;
                connection.close().await?;
            }
        }
        drop(guard);
        self.check_key().await
    }

    /// How many migrations are missing.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pending_migrations(&self) -> Result<usize, Error> {
        const THERE: &str = "SELECT count(*) FROM _sqlx_migrations WHERE success";
        let all = migrations::COUNT;
        let done: Result<i64, sqlx::Error> =
            read!(self, pool => sqlx::query_scalar(THERE).fetch_one(pool).await);
        match done {
            Ok(done) => Ok(all.saturating_sub(usize::try_from(done).unwrap_or_default())),
            Err(sqlx::Error::Database(error)) if is_missing_table(&*error) => Ok(all),
            Err(error) => Err(error.into()),
        }
    }

    /// Finishes what waits and closes every connection. Later calls fail with [`Error::Closed`].
    pub async fn close(&self) {
        let writer = self.0.writer.write().await.take();
        match writer {
            Some(Writer::Sqlite(writer)) => writer.close().await,
            Some(Writer::Postgres(writer)) => writer.close().await,
            None => {}
        }
        if let Pools::Sqlite(pool) = &self.0.pools {
            pool.close().await;
        }
    }

    /// Whether something can be written now.
    pub async fn is_healthy(&self) -> bool {
        const TOUCH: &str = "UPDATE seal_check SET sealed = sealed WHERE id = 1";
        self.write(|tx| {
            Box::pin(async move {
                on!(tx, connection => sqlx::query(TOUCH).execute(connection).await?.rows_affected());
                Ok(())
            })
        })
        .await
        .is_ok()
    }

    /// What time it is by the database's clock, which all nodes on it share; none where the database has no clock of its own.
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn time(&self) -> Result<Option<Timestamp>, Error> {
        const SQL: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        match self.pools() {
            Pools::Sqlite(_) => Ok(None),
            Pools::Postgres(pool) => {
                let millis = sqlx::query_scalar(SQL).fetch_one(pool).await?;
                Ok(Some(Timestamp::from_millis(millis)))
            }
        }
    }

    /// Ends with the next commit of this process that makes such an actor due. A commit between this call and the first poll
    /// counts.
    pub fn woken(&self, actor: Actor) -> impl Future<Output = ()> + Send + use<> {
        self.0.wake.next(actor)
    }

    /// Stores a webhook. When this returns, it is on disk.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when too much waits; the database's errors. Nothing is stored then.
    pub async fn ingest(&self, ingest: Ingest) -> Result<IngestOutcome, Error> {
        let (answer, result) = oneshot::channel();
        self.command(Command::Ingest(Box::new(Waiting { ingest, answer }))).await?;
        result.await.map_err(|_| Error::Closed)?
    }

    /// Carries out an operation in a transaction: all of it is stored when this returns, or, with an error, nothing.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        self.command(Command::Operation(operation(run, answer))).await?;
        result.await.map_err(|_| Error::Closed)?
    }

    async fn command(&self, command: Command) -> Result<(), Error> {
        match &*self.0.writer.read().await {
            Some(Writer::Sqlite(writer)) => writer.send(command),
            Some(Writer::Postgres(writer)) => writer.send(command).await,
            None => Err(Error::Closed),
        }
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.0.pools
    }

    pub(crate) fn key(&self) -> &SealingKey {
        &self.0.key
    }

    /// Opens the mark that the first start sealed; seals it when there is none.
    async fn check_key(&self) -> Result<(), Error> {
        const MARK: &str = "SELECT sealed FROM seal_check WHERE id = 1";
        const SET: &str = "INSERT INTO seal_check (id, sealed) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        const PLACE: Place<'static> =
            Place { column: "seal_check.sealed", organization: Uuid::nil(), row: &[] };
        let mark: Option<Vec<u8>> = read!(self, pool => sqlx::query_scalar(MARK).fetch_optional(pool).await?);
        if let Some(mark) = mark {
            return self.key().open(&mark, PLACE).map(drop).map_err(|_| Error::WrongKey);
        }
        let sealed = self.key().seal(b"warta", PLACE);
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, connection => sqlx::query(SET).bind(sealed).execute(connection).await?.rows_affected());
                Ok(())
            })
        })
        .await
    }
}

impl Inner {
    fn new(
        pools: Pools,
        writer: Writer,
        key: SealingKey,
        wake: Arc<Wake>,
        sqlite_file: Option<PathBuf>,
    ) -> Self {
        Self { pools, key, wake, writer: RwLock::new(Some(writer)), sqlite_file, migrating: Mutex::new(()) }
    }
}

fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Every commit is on disk before it is answered. NORMAL would lose the last ones with the power.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", "67108864")
        // The writer's own checkpoints, off the commit path: see writer/checkpoint.rs.
        .pragma("wal_autocheckpoint", "0")
        // 16 MiB. More costs more than it saves: after each commit that split a page SQLite walks all of its cache, and what is
        // not there is in the operating system's.
        .pragma("cache_size", "-16384")
}

async fn sqlite(file: &Path, connections: u32) -> Result<(sqlx::SqliteConnection, sqlx::SqlitePool), Error> {
    private(file)?;
    let mut connection = sqlite_options(file).connect().await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await?;
    if number(&version) < OLDEST_SQLITE {
        return Err(Error::Unusable(format!("SQLite {version} is too old: 3.51.3 is needed")));
    }
    let reading = sqlite_options(file).pragma("query_only", "ON").pragma("cache_size", "-8192");
    let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(reading).await?;
    Ok((connection, pool))
}

/// Whether there is no such table yet. PostgreSQL has a code for it, SQLite only words.
fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
}

/// Makes the file, when there is none, readable by its owner only: it holds what people write. What SQLite puts beside it
/// takes its mode from it.
fn private(file: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::Unusable(format!("{} cannot be made: {error}", file.display()))),
    }
}

/// `3.51.3` as 3051003, the way SQLite counts.
fn number(version: &str) -> i32 {
    version.split('.').fold(0, |number, part| number * 1_000 + i32::from_str(part).unwrap_or_default())
}

async fn postgres(options: &OpenOptions) -> Result<sqlx::PgPool, Error> {
    let connect = PgConnectOptions::from_str(&options.url)?.application_name("warta").options([
        ("idle_in_transaction_session_timeout", "10000"),
        ("statement_timeout", "30000"),
        // Each of our queries walks an index (plans.rs). Left to choose, PostgreSQL plans for tables that are still empty,
        // reads them whole, and keeps to that plan when they have grown: a twentieth of the speed.
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    ]);
    let pool = PgPoolOptions::new().max_connections(options.connections.max(4)).connect_with(connect).await?;
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&pool).await?;
        if value == "off" {
            tracing::warn!(setting, "PostgreSQL may lose what it has confirmed: durability is degraded");
        }
    }
    Ok(pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(number("3.51.3"), OLDEST_SQLITE);
        assert!(number("3.46.0") < OLDEST_SQLITE && number("3.54.1") > OLDEST_SQLITE);
    }
}
