//! API keys: only a keyed hash of the secret part is kept.

use uuid::Uuid;
use warta_core::ids::{ApiKeyId, ChannelId, OrganizationId};
use warta_core::time::Timestamp;

use crate::db::{from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its id.
    pub id: ApiKeyId,
    /// The channel it opens, in that channel's environment.
    pub channel: ChannelId,
    /// The part of the key that may be shown.
    pub public_id: String,
    /// What it is for.
    pub name: String,
    /// The keyed hash of the secret part.
    pub secret_hash: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// An API key to store.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The channel it opens.
    pub channel: ChannelId,
    /// The part of the key that may be shown.
    pub public_id: String,
    /// What it is for.
    pub name: String,
    /// The keyed hash of the secret part.
    pub secret_hash: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Store {
    /// Stores a key.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn create_api_key(
        &self,
        scope: Scope,
        new: NewApiKey,
        now: Timestamp,
    ) -> Result<ApiKey, Error> {
        const SQL: &str = "
            INSERT INTO api_key (organization_id, id, channel_id, public_id, name, secret_hash, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let key = ApiKey {
            organization: scope.organization(),
            id: new.id,
            channel: new.channel,
            public_id: new.public_id,
            name: new.name,
            secret_hash: new.secret_hash,
            created_at: now,
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let row = key.clone();
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(row.id.uuid()).bind(row.channel.uuid())
                    .bind(row.public_id).bind(row.name).bind(row.secret_hash).bind(now.as_millis())
                    .bind(row.expires_at.as_millis()).execute(c).await?.rows_affected());
                Ok(())
            })
        })
        .await?;
        Ok(key)
    }

    /// The key with this public id, whoever owns it, as long as its channel is not deleted. Unscoped: a caller shows nothing else.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn api_key(&self, public_id: &str) -> Result<Option<ApiKey>, Error> {
        const SQL: &str = "
            SELECT k.organization_id, k.id, k.channel_id, k.public_id, k.name, k.secret_hash, k.created_at, k.expires_at,
              k.revoked_at, k.last_used_at
            FROM api_key k
            JOIN channel h ON h.organization_id = k.organization_id AND h.id = k.channel_id AND h.deleted_at IS NULL
            WHERE k.public_id = $1";
        let row: Option<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(public_id).fetch_optional(pool).await?);
        Ok(row.map(Row::key))
    }

    /// The keys of a channel, the oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn api_keys(&self, scope: Scope, channel: ChannelId) -> Result<Vec<ApiKey>, Error> {
        const SQL: &str = "
            SELECT organization_id, id, channel_id, public_id, name, secret_hash, created_at, expires_at, revoked_at,
              last_used_at
            FROM api_key WHERE organization_id = $1 AND channel_id = $2 ORDER BY id";
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(channel.uuid()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(Row::key).collect())
    }

    /// Ends a key; says whether there was one to end.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn revoke_api_key(&self, scope: Scope, id: ApiKeyId, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "
            UPDATE api_key SET revoked_at = $3 WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL";
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(now.as_millis())
                    .execute(c).await?.rows_affected());
                Ok(rows == 1)
            })
        })
        .await
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn touch_api_key(&self, scope: Scope, id: ApiKeyId, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "UPDATE api_key SET last_used_at = $3 WHERE organization_id = $1 AND id = $2";
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

from_row! {
    struct Row {
        organization_id: Uuid,
        id: Uuid,
        channel_id: Uuid,
        public_id: String,
        name: String,
        secret_hash: Vec<u8>,
        created_at: i64,
        expires_at: i64,
        revoked_at: Option<i64>,
        last_used_at: Option<i64>,
    }
}

impl Row {
    fn key(self) -> ApiKey {
        ApiKey {
            organization: OrganizationId::from_uuid(self.organization_id),
            id: ApiKeyId::from_uuid(self.id),
            channel: ChannelId::from_uuid(self.channel_id),
            public_id: self.public_id,
            name: self.name,
            secret_hash: self.secret_hash,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            revoked_at: self.revoked_at.map(Timestamp::from_millis),
            last_used_at: self.last_used_at.map(Timestamp::from_millis),
        }
    }
}
