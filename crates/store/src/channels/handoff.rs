//! Hand-off pages: what a provider's people need, for those who have no account here. The link holds the id alone.

use std::collections::BTreeMap;

use uuid::Uuid;
use warta_core::ids::{ChannelId, HandoffId, OrganizationId};
use warta_core::time::Timestamp;

use crate::audit::{self, Entry, storable};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// A hand-off page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its id.
    pub id: HandoffId,
    /// The channel it tells of.
    pub channel: ChannelId,
    /// Who made it, in words.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// The steps that are ticked, each with when.
    pub ticks: BTreeMap<String, Timestamp>,
}

impl Handoff {
    /// Whether it opens at `now`.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

impl Store {
    /// Makes a hand-off page for a channel.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such channel, or the database's.
    pub async fn create_handoff(
        &self,
        scope: Scope,
        (channel, id): (ChannelId, HandoffId),
        expires_at: Timestamp,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = "
            INSERT INTO handoff (organization_id, id, channel_id, created_by, created_at, expires_at)
            SELECT organization_id, $3, id, $4, $5, $6 FROM channel
            WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(channel.uuid()).bind(id.uuid())
                    .bind(storable(&entry.by.actor)).bind(entry.at.as_millis()).bind(expires_at.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// A hand-off page, whoever owns it, also when it has ended; none when its channel was deleted. Unscoped: the link knows
    /// nothing but the id.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn handoff(&self, id: HandoffId) -> Result<Option<Handoff>, Error> {
        const SQL: &str = "
            SELECT f.organization_id, f.id, f.channel_id, f.created_by, f.created_at, f.expires_at, f.revoked_at,
              f.opened_at, f.ticks
            FROM handoff f JOIN channel h ON h.organization_id = f.organization_id AND h.id = f.channel_id
              AND h.deleted_at IS NULL
            WHERE f.id = $1";
        let row: Option<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(pool).await?);
        row.map(Row::handoff).transpose()
    }

    /// The hand-off pages of a channel, the newest first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn handoffs(&self, scope: Scope, channel: ChannelId) -> Result<Vec<Handoff>, Error> {
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(HANDOFFS).bind(scope.uuid()).bind(channel.uuid())
            .fetch_all(pool).await?);
        rows.into_iter().map(Row::handoff).collect()
    }

    /// Ends a hand-off page now.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also when it was revoked already, or the database's.
    pub async fn revoke_handoff(&self, scope: Scope, id: HandoffId, entry: &Entry) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE handoff SET revoked_at = $3 WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(entry.at.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Keeps when a hand-off page was first opened.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn open_handoff(&self, id: HandoffId, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "UPDATE handoff SET opened_at = coalesce(opened_at, $2) WHERE id = $1";
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(now.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// Ticks a step of a hand-off page, or takes the tick away. A step that is so already stays as it is, and nothing is
    /// added to the audit. Unscoped: done by whoever holds the link.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also when the page has ended, or the database's.
    pub async fn tick_handoff(
        &self,
        id: HandoffId,
        step: &str,
        done: bool,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = "UPDATE handoff SET ticks = $2 WHERE id = $1";
        let (step, entry) = (step.to_owned(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let mut handoff = held(tx, id).await?;
                if !handoff.is_valid(entry.at) {
                    return Err(Error::NotFound);
                }
                if handoff.ticks.contains_key(&step) == done {
                    return Ok(());
                }
                if done {
                    handoff.ticks.insert(step, entry.at);
                } else {
                    handoff.ticks.remove(&step);
                }
                let ticks = serde_json::to_string(&handoff.ticks).map_err(|_| corrupt(id))?;
                on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(ticks).execute(c).await?.rows_affected());
                audit::insert(tx, handoff.organization.uuid(), &entry).await
            })
        })
        .await
    }
}

pub(crate) const HANDOFFS: &str = "
    SELECT organization_id, id, channel_id, created_by, created_at, expires_at, revoked_at, opened_at, ticks FROM handoff
    WHERE organization_id = $1 AND channel_id = $2 ORDER BY id DESC";

/// Holds a page until the transaction ends, so that two ticks at once both count.
async fn held(tx: &mut Tx, id: HandoffId) -> Result<Handoff, Error> {
    const SQL: &str = "
        UPDATE handoff SET ticks = ticks WHERE id = $1 AND EXISTS (SELECT 1 FROM channel h
          WHERE h.organization_id = handoff.organization_id AND h.id = handoff.channel_id AND h.deleted_at IS NULL)
        RETURNING organization_id, id, channel_id, created_by, created_at, expires_at, revoked_at, opened_at, ticks";
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(c).await?);
    row.ok_or(Error::NotFound)?.handoff()
}

fn corrupt(id: HandoffId) -> Error {
    Error::Corrupt { table: "handoff", column: "ticks", id: id.to_string() }
}

from_row! {
    struct Row {
        organization_id: Uuid,
        id: Uuid,
        channel_id: Uuid,
        created_by: String,
        created_at: i64,
        expires_at: i64,
        revoked_at: Option<i64>,
        opened_at: Option<i64>,
        ticks: String,
    }
}

impl Row {
    fn handoff(self) -> Result<Handoff, Error> {
        let id = HandoffId::from_uuid(self.id);
        Ok(Handoff {
            organization: OrganizationId::from_uuid(self.organization_id),
            id,
            channel: ChannelId::from_uuid(self.channel_id),
            created_by: self.created_by,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            revoked_at: self.revoked_at.map(Timestamp::from_millis),
            opened_at: self.opened_at.map(Timestamp::from_millis),
            ticks: serde_json::from_str(&self.ticks).map_err(|_| corrupt(id))?,
        })
    }
}
