//! Deleting channels, bringing them back, and forgetting them.

use std::time::Duration;

use uuid::Uuid;
use warta_core::channel::{Account, Environment, Protocol, State};
use warta_core::ids::{AgentId, ChannelId};
use warta_core::time::Timestamp;

use crate::audit::{self, Entry};
use crate::channels::rows::{Row, columns, taken};
use crate::channels::write::{hold, put};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// How long a channel that was deleted can be brought back.
pub const DELETED_CHANNELS_STAY: Duration = Duration::from_hours(30 * 24);

/// A channel that can be brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedChannel {
    /// Its id.
    pub id: ChannelId,
    /// Where it stood.
    pub environment: Environment,
    /// The provider.
    pub protocol: Protocol,
    /// What identified it to the provider.
    pub account: Option<Account>,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}

impl Store {
    /// Deletes a channel. It is found no more, its messages still are, and it can be brought back for
    /// [`DELETED_CHANNELS_STAY`].
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn delete_channel(&self, scope: Scope, id: ChannelId, entry: &Entry) -> Result<(), Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                delete(tx, (scope.uuid(), id.uuid()), &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Brings a deleted channel back, as it was but not in use.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also when too much time has passed or the agent is gone, [`Error::EnvironmentTaken`] when the
    /// agent has another channel in its place, or the database's.
    pub async fn restore_channel(&self, scope: Scope, id: ChannelId, entry: &Entry) -> Result<(), Error> {
        // Held, so that it cannot be deleted meanwhile.
        const AGENT: &str = "
            UPDATE agent SET name = name WHERE organization_id = $1 AND deleted_at IS NULL
              AND id = (SELECT agent_id FROM channel WHERE organization_id = $1 AND id = $2)";
        const SQL: &str = concat!(
            "UPDATE channel SET deleted_at = NULL WHERE organization_id = $1 AND id = $2 AND deleted_at > $3 RETURNING",
            columns!()
        );
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let agents = on!(tx, c => sqlx::query(AGENT).bind(scope.uuid()).bind(id.uuid())
                    .execute(c).await?.rows_affected());
                if agents == 0 {
                    return Err(Error::NotFound);
                }
                let since = entry.at.before(DELETED_CHANNELS_STAY).as_millis();
                let row: Result<Option<Row>, _> = on!(tx, c => sqlx::query_as(SQL).bind(scope.uuid()).bind(id.uuid())
                    .bind(since).fetch_optional(c).await);
                let mut channel = row.map_err(taken)?.ok_or(Error::NotFound)?.channel()?;
                put(tx, &mut channel, "restored", &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// The channels of an agent that can be brought back at `now`, the last deleted first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn deleted_channels(
        &self,
        scope: Scope,
        agent: AgentId,
        now: Timestamp,
    ) -> Result<Vec<DeletedChannel>, Error> {
        let since = now.before(DELETED_CHANNELS_STAY).as_millis();
        let rows: Vec<DeletedRow> = read!(self, pool => sqlx::query_as(DELETED).bind(scope.uuid()).bind(agent.uuid())
            .bind(since).fetch_all(pool).await?);
        rows.into_iter().map(DeletedRow::channel).collect()
    }

    /// Forgets what channels deleted before `before` held: settings, account, secrets, revisions, hand-off pages, API
    /// keys and declared templates. The bare row stays, for the messages. Says how many channels that were.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn purge_deleted(&self, before: Timestamp) -> Result<u64, Error> {
        const EMPTY: &str = "
            UPDATE channel SET account = '', settings = '{}', checkup = NULL, renewal = NULL
            WHERE deleted_at < $1 AND (account <> '' OR settings <> '{}' OR checkup IS NOT NULL OR renewal IS NOT NULL)";
        const THINGS: [&str; 5] = [
            "DELETE FROM channel_secret WHERE (organization_id, channel_id) IN
               (SELECT organization_id, id FROM channel WHERE deleted_at < $1)",
            "DELETE FROM channel_revision WHERE (organization_id, channel_id) IN
               (SELECT organization_id, id FROM channel WHERE deleted_at < $1)",
            "DELETE FROM handoff WHERE (organization_id, channel_id) IN
               (SELECT organization_id, id FROM channel WHERE deleted_at < $1)",
            "DELETE FROM api_key WHERE (organization_id, channel_id) IN
               (SELECT organization_id, id FROM channel WHERE deleted_at < $1)",
            "DELETE FROM template_declaration WHERE (organization_id, channel_id) IN
               (SELECT organization_id, id FROM channel WHERE deleted_at < $1)",
        ];
        self.write(move |tx| {
            Box::pin(async move {
                let before = before.as_millis();
                for sql in THINGS {
                    on!(tx, c => sqlx::query(sql).bind(before).execute(c).await?.rows_affected());
                }
                Ok(on!(tx, c => sqlx::query(EMPTY).bind(before).execute(c).await?.rows_affected()))
            })
        })
        .await
    }
}

const DELETED: &str = "
    SELECT id, environment, protocol, account, deleted_at FROM channel
    WHERE organization_id = $1 AND agent_id = $2 AND deleted_at > $3 ORDER BY deleted_at DESC";

/// Deletes a channel, without a word to the audit.
pub(crate) async fn delete(tx: &mut Tx, place: (Uuid, Uuid), entry: &Entry) -> Result<(), Error> {
    const SQL: &str = "UPDATE channel SET deleted_at = $3 WHERE organization_id = $1 AND id = $2";
    let mut channel = hold(tx, place, None).await?;
    // Not in use from here on, whatever joins its row.
    channel.state = State::Saved;
    put(tx, &mut channel, "deleted", entry).await?;
    on!(tx, c => sqlx::query(SQL).bind(place.0).bind(place.1).bind(entry.at.as_millis())
        .execute(c).await?.rows_affected());
    Ok(())
}

from_row! {
    struct DeletedRow {
        id: Uuid,
        environment: String,
        protocol: String,
        account: String,
        deleted_at: i64,
    }
}

impl DeletedRow {
    fn channel(self) -> Result<DeletedChannel, Error> {
        let id = ChannelId::from_uuid(self.id);
        let corrupt = |column| Error::Corrupt { table: "channel", column, id: id.to_string() };
        let account = (!self.account.is_empty()).then(|| self.account.parse());
        Ok(DeletedChannel {
            id,
            environment: self.environment.parse().map_err(|_| corrupt("environment"))?,
            protocol: self.protocol.parse().map_err(|_| corrupt("protocol"))?,
            account: account.transpose().map_err(|_| corrupt("account"))?,
            deleted_at: Timestamp::from_millis(self.deleted_at),
        })
    }
}
