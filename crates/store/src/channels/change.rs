//! Changing a channel, section by section.

use serde_json::Value;
use warta_core::channel::{Account, Protocol, State};
use warta_core::ids::ChannelId;
use warta_core::session;

use crate::audit::{self, Entry};
use crate::channels::write::{self, hold, put};
use crate::db::on;
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// What is to become of a channel; what is not said stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ChannelChange {
    /// The provider.
    pub protocol: Option<Protocol>,
    /// What identifies it to the provider; `Some(None)` takes it away.
    pub account: Option<Option<Account>>,
    /// The protocol's own settings, all of them.
    pub settings: Option<Value>,
    /// How sessions end. Those in progress go by it from their next step.
    pub session: Option<session::Settings>,
    /// Where it stands.
    pub state: Option<State>,
}

impl Store {
    /// Changes a channel that is at the revision `expected`, and gives the new revision. `word` says in the revision what
    /// changed: `protocol`, `account`, `settings`, `state`, `restored`, ….
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::Incomplete`], [`Error::AccountTaken`], or the database's.
    pub async fn change_channel(
        &self,
        scope: Scope,
        (id, expected): (ChannelId, i64),
        change: ChannelChange,
        word: &str,
        entry: &Entry,
    ) -> Result<i64, Error> {
        let (word, entry) = (word.to_owned(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let mut channel = hold(tx, (scope.uuid(), id.uuid()), Some(expected)).await?;
                channel.protocol = change.protocol.unwrap_or(channel.protocol);
                channel.state = change.state.unwrap_or(channel.state);
                if let Some(account) = change.account {
                    channel.account = account;
                }
                if let Some(settings) = change.settings {
                    channel.settings = settings;
                    write::forget_failed_renewal(tx, (scope.uuid(), id.uuid())).await?;
                }
                channel.session = change.session.unwrap_or(channel.session);
                put(tx, &mut channel, &word, &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await?;
                Ok(channel.revision)
            })
        })
        .await
    }

    /// Keeps what a check-up of a channel found. It is no change of the channel: its revision stays.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn put_checkup(&self, scope: Scope, id: ChannelId, found: &Value) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel SET checkup = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let found = found.to_string();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(found)
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }
}
