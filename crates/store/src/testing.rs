//! Fresh stores for tests: each on a database of its own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};

use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::clock::Minter;
use warta_core::ids::{AuditId, ConversationId, MessageId};
use warta_core::time::Timestamp;

use crate::audit::Entry;
use crate::db::{Pools, on};
use crate::seal::SealingKey;
use crate::store::{OpenOptions, Store};

/// The key of every store for tests.
#[must_use]
pub fn key() -> SealingKey {
    SealingKey::from_bytes([7; 32])
}

/// An entry for the audit, for changes whose entry the test does not look at.
#[must_use]
pub fn entry(minter: &dyn Minter, at: Timestamp) -> Entry {
    Entry::by_command(AuditId::from_uuid(minter.uuid(at)), Action::ChannelChanged, at)
}

/// A new store on SQLite in `folder`.
///
/// # Panics
///
/// When it cannot be made.
#[expect(clippy::expect_used, reason = "a test without its store has failed")]
pub async fn sqlite(folder: &std::path::Path) -> Store {
    let url = folder.join("warta.db").display().to_string();
    let store = Store::open(OpenOptions::new(&url, key())).await.expect("a store on SQLite");
    store.migrate().await.expect("its tables");
    store
}

/// A new store on PostgreSQL: a database of its own on the server of `WARTA_TEST_POSTGRES`. Without that variable `None`,
/// unless `WARTA_TEST_REQUIRE` is set.
///
/// # Panics
///
/// When it cannot be made, or the server is required and not there.
#[expect(clippy::expect_used, reason = "a test without its store has failed")]
pub async fn postgres() -> Option<Store> {
    let url = postgres_url().await?;
    let store = Store::open(OpenOptions::new(&url, key())).await.expect("a store on PostgreSQL");
    store.migrate().await.expect("its tables");
    Some(store)
}

/// The address of a new, empty database; as [`postgres`].
///
/// # Panics
///
/// As [`postgres`].
#[expect(clippy::expect_used, reason = "a test without its database has failed")]
pub async fn postgres_url() -> Option<String> {
    let Ok(server) = std::env::var("WARTA_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("WARTA_TEST_REQUIRE").is_none(),
            "WARTA_TEST_POSTGRES is not set: run the tests by `cargo xtask test`"
        );
        return None;
    };
    let name = format!("warta_{:016x}", RandomState::new().hash_one(0)); // a process's id comes again on a server that lives long
    let mut connection = PgConnection::connect(&server).await.expect("the test server");
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut connection).await.expect("a new database");
    connection.close().await.expect("a closed connection");
    let (head, tail) = server.rsplit_once('/').expect("an address with a database");
    let options = tail.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
    Some(format!("{head}/{name}{options}"))
}

/// Every row of every table of a store on SQLite, by table: what a test compares to see that nothing was written.
///
/// # Panics
///
/// When the store is on PostgreSQL or cannot be read.
#[expect(clippy::expect_used, reason = "a test that cannot read its store has failed")]
pub async fn rows(store: &Store) -> BTreeMap<String, Vec<String>> {
    const COLUMNS: &str = "
        SELECT t.name, group_concat('quote(\"' || c.name || '\")', '||'',''||')
        FROM sqlite_master t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name";
    let Pools::Sqlite(pool) = store.pools() else { panic!("only SQLite can be looked through") };
    let tables: Vec<(String, String)> = sqlx::query_as(COLUMNS).fetch_all(pool).await.expect("its tables");
    let mut all = BTreeMap::new();
    for (table, columns) in tables {
        let read = sqlx::AssertSqlSafe(format!("SELECT {columns} FROM \"{table}\" ORDER BY 1"));
        all.insert(table, sqlx::query_scalar(read).fetch_all(pool).await.expect("its rows"));
    }
    all
}

/// Damages what is kept of a conversation's session, as a failing disk would.
///
/// # Panics
///
/// As [`execute`].
pub async fn damage_session(store: &Store, conversation: ConversationId) {
    let damage =
        format!("UPDATE conversation SET session = '{{' WHERE id = {}", literal(store, conversation.uuid()));
    assert_eq!(execute(store, damage).await, 1);
}

/// The same for what is to be sent by a message.
///
/// # Panics
///
/// As [`execute`].
pub async fn damage_message(store: &Store, message: MessageId) {
    let damage = format!("UPDATE message SET content = '{{' WHERE id = {}", literal(store, message.uuid()));
    assert_eq!(execute(store, damage).await, 1);
}

/// Carries out any statement; tells how many rows it changed.
///
/// # Panics
///
/// When the store cannot be written to.
#[expect(clippy::expect_used, reason = "a test that cannot write to its store has failed")]
pub async fn execute(store: &Store, sql: String) -> u64 {
    let written = store.write(move |tx| {
        Box::pin(async move {
            Ok(on!(tx, c => sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(c).await?.rows_affected()))
        })
    });
    written.await.expect("a store to write to")
}

/// An id as it stands in a statement.
fn literal(store: &Store, id: Uuid) -> String {
    match store.pools() {
        Pools::Sqlite(_) => format!("x'{}'", id.simple()),
        Pools::Postgres(_) => format!("'{id}'"),
    }
}
