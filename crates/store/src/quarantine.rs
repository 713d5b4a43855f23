//! Webhooks that were proven to come from the provider but could not be read whole: kept sealed, until someone replays them.

use bytes::Bytes;
use uuid::Uuid;
use warta_core::ids::{ChannelId, EnvelopeId, OrganizationId};
use warta_core::time::Timestamp;

use crate::db::{on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::seal::Place;
use crate::store::Store;

/// A body to keep.
#[derive(Debug, Clone)]
pub struct NewQuarantine {
    /// Whose.
    pub organization: OrganizationId,
    /// The channel whose address was called.
    pub channel: ChannelId,
    /// Its id.
    pub id: EnvelopeId,
    /// When it came in.
    pub received_at: Timestamp,
    /// Why it could not be read; without any part of it.
    pub reason: String,
    /// The bytes.
    pub body: Bytes,
}

/// A body in quarantine, still sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its id.
    pub id: EnvelopeId,
    /// The channel whose address was called.
    pub channel: ChannelId,
    /// When it came in.
    pub received_at: Timestamp,
    /// Why it could not be read.
    pub reason: String,
    /// How many bytes it has.
    pub size_bytes: i64,
    /// When it was read after all.
    pub replayed_at: Option<Timestamp>,
}

pub(crate) const QUARANTINED: &str = "
    SELECT id, channel_id, received_at, reason, size_bytes, replayed_at FROM quarantine
    WHERE organization_id = $1 AND replayed_at IS NULL ORDER BY id DESC LIMIT $2";

impl Store {
    /// Keeps a body.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn quarantine(&self, new: NewQuarantine) -> Result<(), Error> {
        const SQL: &str = "
            INSERT INTO quarantine (organization_id, id, channel_id, received_at, reason, size_bytes, sealed_body)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let size = i64::try_from(new.body.len()).unwrap_or(i64::MAX);
        let row = [new.id.uuid().into_bytes()];
        let sealed = self.key().seal(&new.body, place(new.organization.uuid(), &[&row[0]]));
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(new.organization.uuid()).bind(new.id.uuid()).bind(new.channel.uuid())
                    .bind(new.received_at.as_millis()).bind(new.reason).bind(size).bind(sealed).execute(c).await?
                    .rows_affected());
                Ok(())
            })
        })
        .await
    }

    /// What is in quarantine and was not replayed, the newest first; at most `limit`.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn quarantined(&self, scope: Scope, limit: u32) -> Result<Vec<Quarantined>, Error> {
        type Row = (Uuid, Uuid, i64, String, i64, Option<i64>);
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(QUARANTINED).bind(scope.uuid()).bind(i64::from(limit)).fetch_all(pool).await?);
        Ok(rows
            .into_iter()
            .map(|(id, channel, received_at, reason, size_bytes, replayed_at)| Quarantined {
                id: EnvelopeId::from_uuid(id),
                channel: ChannelId::from_uuid(channel),
                received_at: Timestamp::from_millis(received_at),
                reason,
                size_bytes,
                replayed_at: replayed_at.map(Timestamp::from_millis),
            })
            .collect())
    }

    /// The bytes of a body in quarantine.
    ///
    /// # Errors
    ///
    /// When the database fails or the body does not open.
    pub async fn quarantined_body(&self, scope: Scope, id: EnvelopeId) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str = "SELECT sealed_body FROM quarantine WHERE organization_id = $1 AND id = $2";
        let sealed: Option<Vec<u8>> = read!(self, pool => sqlx::query_scalar(SQL).bind(scope.uuid()).bind(id.uuid())
            .fetch_optional(pool).await?);
        let corrupt = |_| Error::Corrupt { table: "quarantine", column: "sealed_body", id: id.to_string() };
        sealed
            .map(|sealed| {
                self.key().open(&sealed, place(scope.uuid(), &[id.uuid().as_bytes()])).map_err(corrupt)
            })
            .transpose()
    }

    /// Notes that a body was read after all.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn mark_replayed(&self, scope: Scope, id: EnvelopeId, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "UPDATE quarantine SET replayed_at = $3 WHERE organization_id = $1 AND id = $2";
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(now.as_millis()).execute(c).await?
                    .rows_affected());
                Ok(())
            })
        })
        .await
    }
}

fn place<'a>(organization: Uuid, row: &'a [&'a [u8]]) -> Place<'a> {
    Place { column: "quarantine.sealed_body", organization, row }
}
