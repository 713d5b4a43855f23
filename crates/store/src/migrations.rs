//! The migrations, in order. They go forward only, and one that was released is never edited: its checksum stands in every database.
//!
//! To add one: a file of the next number in both folders, and its line in [`STEPS`].

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// What a migration does, on each database. Its version is its place in the list.
struct Step {
    about: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! steps {
    ($($file:literal about $about:literal,)+) => {
        [$(Step {
            about: $about,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $file, ".sql")),
        }),+]
    };
}

const STEPS: [Step; COUNT] = steps! {
    "0001_house" about "house",
    "0002_people" about "people",
    "0003_channel_page" about "channel page",
    "0004_protocols" about "protocols",
    "0005_sessions" about "sessions",
    "0006_renewal" about "renewal",
    "0007_retention" about "retention",
    "0008_templates" about "templates",
    "0009_loop_guard" about "loop guard",
    "0010_fallback" about "fallback",
};

/// How many there are.
pub(crate) const COUNT: usize = 10;

/// The migrations of SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(|step| step.sqlite)
}

/// The migrations of PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(|step| step.postgres)
}

fn migrator(sql: impl Fn(&Step) -> &'static str) -> Migrator {
    let numbered = (1..).zip(&STEPS);
    let migrations = numbered.map(|(version, step)| {
        let about = Cow::Borrowed(step.about);
        Migration::new(version, about, MigrationType::Simple, sql(step).into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}
