//! What can go wrong in the store, named for what the caller can do about it.

/// Why a store operation did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More is waiting than the store takes in: answer 503 and let the caller come back.
    #[error("the store has more to do than it takes in")]
    Busy,
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
    /// The claim this write belongs to has been taken over by another worker. Nothing was written.
    #[error("the claim has been taken over")]
    StaleLease,
    /// The same idempotency key came with another body.
    #[error("the idempotency key was used with another body")]
    IdempotencyKeyReused,
    /// What the operation is about does not exist, or belongs to another organization.
    #[error("not found")]
    NotFound,
    /// The agent has a channel in this environment.
    #[error("the agent has a channel in this environment already")]
    EnvironmentTaken,
    /// Another channel that is in use has this account.
    #[error("another channel uses this account")]
    AccountTaken,
    /// The channel was changed by somebody else meanwhile. Nothing was written.
    #[error("the channel has been changed meanwhile")]
    Conflict {
        /// Its revision now.
        current: i64,
    },
    /// The channel lacks what it needs to be in use.
    #[error("a channel in use needs an account")]
    Incomplete,
    /// No other secret of the kind is valid.
    #[error("the last secret of its kind cannot be retired")]
    LastSecret,
    /// A channel of the agent is live.
    #[error("a channel of the agent is live")]
    ChannelLive,
    /// Another person has this e-mail.
    #[error("another person has this e-mail")]
    EmailTaken,
    /// The person belongs to the organization already.
    #[error("the person belongs to the organization already")]
    AlreadyMember,
    /// The organization would be left without an owner.
    #[error("the last owner of an organization stays its owner")]
    LastOwner,
    /// The link was used, was replaced or taken back, or has expired.
    #[error("the link cannot be used any more")]
    LinkGone,
    /// The key does not open what is sealed here.
    #[error("the secret key does not open what is sealed in this store")]
    WrongKey,
    /// A row holds what no version of Warta wrote.
    #[error("{table}.{column} of {id} cannot be read")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: String,
    },
    /// The store cannot be used as it is: too old, or on the wrong kind of disk.
    #[error("{0}")]
    Unusable(String),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration.
    #[error("a migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl Error {
    /// Whether a unique index of this name refused the write. SQLite names the columns instead of the index.
    pub(crate) fn is_unique_violation(error: &sqlx::Error, index: &str, columns: &str) -> bool {
        let sqlx::Error::Database(error) = error else { return false };
        error.is_unique_violation()
            && (error.constraint() == Some(index) || error.message().contains(columns))
    }
}
