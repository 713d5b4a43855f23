//! Two databases behind one text: pools to read from, a transaction to write in, and the macros that run the same SQL on
//! whichever it is.

use sqlx::{PgConnection, PgPool, Postgres, SqliteConnection, SqlitePool};

/// Connections to read from.
#[derive(Debug, Clone)]
pub(crate) enum Pools {
    /// Connections that can only read; writing is the writer's.
    Sqlite(SqlitePool),
    /// For everything.
    Postgres(PgPool),
}

/// A transaction under way. It can be had only from the writer, which commits it.
#[derive(Debug)]
pub(crate) struct Tx {
    pub(crate) connection: Connection,
    pub(crate) due: Due,
}

/// The connection of a transaction.
#[derive(Debug)]
pub(crate) enum Connection {
    /// The writer's only one.
    Sqlite(SqliteConnection),
    /// One of several.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Which actors a transaction made due.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Due {
    pub(crate) conversations: bool,
    pub(crate) numbers: bool,
}

impl Due {
    pub(crate) const fn merge(self, other: Self) -> Self {
        Self {
            conversations: self.conversations || other.conversations,
            numbers: self.numbers || other.numbers,
        }
    }
}

/// A connection of a transaction, for the macros.
pub(crate) enum Lent<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    pub(crate) fn lend(&mut self) -> Lent<'_> {
        match &mut self.connection {
            Connection::Sqlite(connection) => Lent::Sqlite(connection),
            Connection::Postgres(transaction) => Lent::Postgres(transaction),
        }
    }
}

/// Runs a query for reading on either database: `read!(store, pool => sqlx::query(SQL).fetch_all(pool).await?)`.
macro_rules! read {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store.pools() {
            $crate::db::Pools::Sqlite($pool) => $body,
            $crate::db::Pools::Postgres($pool) => $body,
        }
    };
}
pub(crate) use read;

/// Runs a query in a transaction on either database: `on!(tx, connection => sqlx::query(SQL).execute(connection).await?)`.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx.lend() {
            $crate::db::Lent::Sqlite($connection) => $body,
            $crate::db::Lent::Postgres($connection) => $body,
        }
    };
}
pub(crate) use on;

/// As [`on`], with a text for each database where they must differ.
macro_rules! on_each {
    ($tx:expr, $sql:ident = ($sqlite:expr, $postgres:expr), $connection:ident => $body:expr) => {
        match $tx.lend() {
            $crate::db::Lent::Sqlite($connection) => {
                let $sql = $sqlite;
                $body
            }
            $crate::db::Lent::Postgres($connection) => {
                let $sql = $postgres;
                $body
            }
        }
    };
}
pub(crate) use on_each;

/// A struct that is read from a row of either database, each field from the column of its name. A field behind `..` is such a
/// struct itself and is read from the same row. In place of sqlx's derive: its procedural macros would be compiled for the newcomer's
/// first build together with a second copy of both drivers.
macro_rules! from_row {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $(..$part:ident: $part_type:ty,)*
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($part: $part_type,)*
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }
        $crate::db::from_row!(for sqlx::sqlite::SqliteRow, $name { $($part: $part_type,)* } { $($field,)* });
        $crate::db::from_row!(for sqlx::postgres::PgRow, $name { $($part: $part_type,)* } { $($field,)* });
    };
    (for $row:ty, $name:ident { $($part:ident: $part_type:ty,)* } { $($field:ident,)* }) => {
        impl sqlx::FromRow<'_, $row> for $name {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self {
                    $($part: <$part_type as sqlx::FromRow<'_, $row>>::from_row(row)?,)*
                    $($field: row.try_get(stringify!($field))?,)*
                })
            }
        }
    };
}
pub(crate) use from_row;
