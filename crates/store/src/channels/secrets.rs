//! The secrets of channels: sealed, never given back by what lists them, and followed by another without a gap.

use uuid::Uuid;
use warta_core::channel::SecretKind;
use warta_core::ids::ChannelId;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::audit::{self, Entry, storable};
use crate::channels::write::{self, hold, put};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::seal::{Place, SealingKey};
use crate::store::Store;

/// A secret to add.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// The id of its row.
    pub row: Uuid,
    /// What it is for.
    pub kind: SecretKind,
    /// The secret.
    pub secret: Secret,
}

/// What becomes of the secrets of a kind when another one is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They stay valid until then, those that end earlier until they end.
    StayUntil(Timestamp),
    /// They stay until the new one has worked: see [`Store::prove_secret`]. Not for those that verify what comes in.
    StayUntilProven,
    /// They end now.
    Retire,
}

/// What is known of a secret, without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// The id of its row.
    pub row: Uuid,
    /// What it is for.
    pub kind: SecretKind,
    /// Its last four characters; empty for one so short that they would tell it.
    pub last_four: String,
    /// When it was set.
    pub created_at: Timestamp,
    /// Who set it, in words.
    pub created_by: String,
    /// When it ends or ended.
    pub expires_at: Option<Timestamp>,
    /// When it first worked: the provider accepted it, or it verified a webhook.
    pub proven_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// What the provider said when it refused it, unless it has accepted it since.
    pub refusal: Option<String>,
}

impl Store {
    /// Gives a channel a new secret.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn add_secret(
        &self,
        scope: Scope,
        id: ChannelId,
        new: NewSecret,
        others: Others,
        entry: &Entry,
    ) -> Result<(), Error> {
        let (key, entry) = (self.key().clone(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let place = (scope.uuid(), id.uuid());
                let mut channel = hold(tx, place, None).await?;
                match others {
                    Others::StayUntil(until) => end(tx, place, new.kind, until).await?,
                    Others::StayUntilProven => {}
                    Others::Retire => end(tx, place, new.kind, entry.at).await?,
                }
                insert(tx, &key, place, &new, &entry).await?;
                write::forget_failed_renewal(tx, place).await?;
                put(tx, &mut channel, new.kind.as_str(), &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// A secret has worked: the provider accepted what was opened, signed or asked for with it, or it verified a webhook. Says
    /// whether it is the first time. Those of its kind that were set before end now, unless they verify what comes in.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn prove_secret(
        &self,
        scope: Scope,
        channel: ChannelId,
        row: Uuid,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.write(move |tx| {
            Box::pin(async move {
                let place = (scope.uuid(), channel.uuid());
                hold(tx, place, None).await?;
                prove(tx, place, row, now).await
            })
        })
        .await
    }

    /// The provider has refused a secret, in these words. It is tried last from now on.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn refuse_secret(
        &self,
        scope: Scope,
        channel: ChannelId,
        row: Uuid,
        words: &str,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel_secret SET refusal = $4 WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
        let words = storable(words);
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(channel.uuid()).bind(row).bind(words)
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// A secret was used. Call this at most once a minute for each. One that verifies webhooks has thereby proven itself.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn note_secret_used(
        &self,
        scope: Scope,
        channel: ChannelId,
        row: Uuid,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel_secret SET last_used_at = $4,
              proven_at = CASE WHEN kind IN ('app_secret', 'webhook_secret') THEN coalesce(proven_at, $4) ELSE proven_at END
            WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(channel.uuid()).bind(row)
                    .bind(now.as_millis()).execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// Ends a secret now.
    ///
    /// # Errors
    ///
    /// [`Error::LastSecret`] when no other of its kind is valid, [`Error::NotFound`] also when it has ended already, or the
    /// database's.
    pub async fn retire_secret(
        &self,
        scope: Scope,
        id: ChannelId,
        row: Uuid,
        entry: &Entry,
    ) -> Result<(), Error> {
        const END: &str = "
            UPDATE channel_secret SET expires_at = $4
            WHERE organization_id = $1 AND channel_id = $2 AND id = $3 AND (expires_at IS NULL OR expires_at > $4)
            RETURNING kind";
        const LEFT: &str = "
            SELECT count(*) FROM channel_secret
            WHERE organization_id = $1 AND channel_id = $2 AND kind = $3 AND (expires_at IS NULL OR expires_at > $4)";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let place = (scope.uuid(), id.uuid());
                let mut channel = hold(tx, place, None).await?;
                let at = entry.at.as_millis();
                let ended: Option<String> = on!(tx, c => sqlx::query_scalar(END).bind(place.0).bind(place.1).bind(row)
                    .bind(at).fetch_optional(c).await?);
                let kind = ended.ok_or(Error::NotFound)?;
                let left: i64 = on!(tx, c => sqlx::query_scalar(LEFT).bind(place.0).bind(place.1).bind(&kind).bind(at)
                    .fetch_one(c).await?);
                if left == 0 {
                    return Err(Error::LastSecret);
                }
                put(tx, &mut channel, &kind, &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// What is known of the secrets of a channel, the newest first; those that have ended too.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn secret_rows(&self, scope: Scope, channel: ChannelId) -> Result<Vec<SecretRow>, Error> {
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(SECRET_ROWS).bind(scope.uuid()).bind(channel.uuid())
            .fetch_all(pool).await?);
        rows.into_iter().map(Row::secret_row).collect()
    }
}

pub(crate) const SECRET_ROWS: &str = "
    SELECT id, kind, last_four, created_at, created_by, expires_at, proven_at, last_used_at, refusal FROM channel_secret
    WHERE organization_id = $1 AND channel_id = $2 ORDER BY id DESC";

/// A secret of a channel that is held has worked: see [`Store::prove_secret`].
pub(super) async fn prove(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    row: Uuid,
    now: Timestamp,
) -> Result<bool, Error> {
    const KIND: &str = "
        UPDATE channel_secret SET refusal = NULL
        WHERE organization_id = $1 AND channel_id = $2 AND id = $3 RETURNING kind";
    const PROVE: &str = "
        UPDATE channel_secret SET proven_at = $4
        WHERE organization_id = $1 AND channel_id = $2 AND id = $3 AND proven_at IS NULL";
    const OLDER: &str = "
        UPDATE channel_secret SET expires_at = $5
        WHERE organization_id = $1 AND channel_id = $2 AND id < $3 AND kind = $4 AND (expires_at IS NULL OR expires_at > $5)";
    let at = now.as_millis();
    let kind: Option<String> = on!(tx, c => sqlx::query_scalar(KIND).bind(organization).bind(channel).bind(row)
        .fetch_optional(c).await?);
    let kind: SecretKind = kind.ok_or(Error::NotFound)?.parse().map_err(|_| corrupt("kind", row))?;
    let first = on!(tx, c => sqlx::query(PROVE).bind(organization).bind(channel).bind(row).bind(at)
        .execute(c).await?.rows_affected());
    if first == 1 && !kind.verifies() {
        on!(tx, c => sqlx::query(OLDER).bind(organization).bind(channel).bind(row).bind(kind.as_str()).bind(at)
            .execute(c).await?.rows_affected());
    }
    Ok(first == 1)
}

/// Ends every secret of a kind at `until`, or earlier.
pub(super) async fn end(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    kind: SecretKind,
    until: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE channel_secret SET expires_at = $4
        WHERE organization_id = $1 AND channel_id = $2 AND kind = $3 AND (expires_at IS NULL OR expires_at > $4)";
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(channel).bind(kind.as_str()).bind(until.as_millis())
        .execute(c).await?.rows_affected());
    Ok(())
}

pub(super) async fn insert(
    tx: &mut Tx,
    key: &SealingKey,
    (organization, channel): (Uuid, Uuid),
    new: &NewSecret,
    entry: &Entry,
) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO channel_secret (organization_id, channel_id, id, kind, sealed, last_four, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let sealed = seal(key, (organization, channel), (new.row, new.kind), &new.secret);
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(channel).bind(new.row).bind(new.kind.as_str()).bind(sealed)
        .bind(new.secret.last_four()).bind(entry.at.as_millis()).bind(storable(&entry.by.actor))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Moves the secrets of a kind that are valid at `now` to another channel. Sealed for their place, they are sealed anew.
pub(super) async fn relocate(
    tx: &mut Tx,
    key: &SealingKey,
    (organization, from, to): (Uuid, Uuid, Uuid),
    kind: SecretKind,
    now: Timestamp,
) -> Result<(), Error> {
    const VALID: &str = "
        SELECT id, sealed FROM channel_secret
        WHERE organization_id = $1 AND channel_id = $2 AND kind = $3 AND (expires_at IS NULL OR expires_at > $4)";
    const MOVE: &str = "
        UPDATE channel_secret SET channel_id = $4, sealed = $5
        WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
    let rows: Vec<(Uuid, Vec<u8>)> = on!(tx, c => sqlx::query_as(VALID).bind(organization).bind(from)
        .bind(kind.as_str()).bind(now.as_millis()).fetch_all(c).await?);
    for (row, sealed) in rows {
        let secret = open(key, (organization, from), (row, kind), &sealed)?;
        let sealed = seal(key, (organization, to), (row, kind), &secret);
        on!(tx, c => sqlx::query(MOVE).bind(organization).bind(from).bind(row).bind(to).bind(sealed)
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

fn seal(
    key: &SealingKey,
    (organization, channel): (Uuid, Uuid),
    (row, kind): (Uuid, SecretKind),
    secret: &Secret,
) -> Vec<u8> {
    let row: [&[u8]; 3] = [channel.as_bytes(), row.as_bytes(), kind.as_str().as_bytes()];
    key.seal(secret.expose().as_bytes(), Place { column: COLUMN, organization, row: &row })
}

pub(super) fn open(
    key: &SealingKey,
    (organization, channel): (Uuid, Uuid),
    (id, kind): (Uuid, SecretKind),
    sealed: &[u8],
) -> Result<Secret, Error> {
    let row: [&[u8]; 3] = [channel.as_bytes(), id.as_bytes(), kind.as_str().as_bytes()];
    let opened = key.open(sealed, Place { column: COLUMN, organization, row: &row });
    let opened = opened.map_err(|_| corrupt("sealed", id))?;
    Ok(Secret::new(&String::from_utf8(opened).map_err(|_| corrupt("sealed", id))?))
}

const COLUMN: &str = "channel_secret.sealed";

pub(super) fn corrupt(column: &'static str, row: Uuid) -> Error {
    Error::Corrupt { table: "channel_secret", column, id: row.to_string() }
}

from_row! {
    struct Row {
        id: Uuid,
        kind: String,
        last_four: String,
        created_at: i64,
        created_by: String,
        expires_at: Option<i64>,
        proven_at: Option<i64>,
        last_used_at: Option<i64>,
        refusal: Option<String>,
    }
}

impl Row {
    fn secret_row(self) -> Result<SecretRow, Error> {
        Ok(SecretRow {
            row: self.id,
            kind: self.kind.parse().map_err(|_| corrupt("kind", self.id))?,
            last_four: self.last_four,
            created_at: Timestamp::from_millis(self.created_at),
            created_by: self.created_by,
            expires_at: self.expires_at.map(Timestamp::from_millis),
            proven_at: self.proven_at.map(Timestamp::from_millis),
            last_used_at: self.last_used_at.map(Timestamp::from_millis),
            refusal: self.refusal,
        })
    }
}
