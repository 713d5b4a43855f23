//! An access token follows another by itself. Of all who find that it must, on however many nodes, one asks the provider.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::SecretKind;
use warta_core::ids::ChannelId;
use warta_core::time::Timestamp;

use crate::audit::{self, Entry};
use crate::channels::secrets::{self, NewSecret};
use crate::channels::write::{hold, put};
use crate::db::on;
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// What a renewal brought.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The new access token. Those before it stay until it has worked, but those that the provider has refused end now.
    pub token: NewSecret,
    /// When the provider ends it by itself, where it said so.
    pub ends_at: Option<Timestamp>,
    /// What renews it the next time, where that was given out; those before it end now.
    pub refresh_token: Option<NewSecret>,
    /// The rows of the secrets that it was asked for with: they have worked.
    pub with: Vec<Uuid>,
}

impl Store {
    /// Begins a renewal, which nobody else may do for `lease`. Says no where somebody else does, and where there is a newer
    /// token than the one in the row `worn` that was not refused.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn begin_renewal(
        &self,
        (scope, channel): (Scope, ChannelId),
        worn: Option<Uuid>,
        now: Timestamp,
        lease: Duration,
    ) -> Result<bool, Error> {
        // Two statements: the second sees what was committed while the first waited for the row.
        const NEWER: &str = "
            SELECT count(*) FROM channel_secret
            WHERE organization_id = $1 AND channel_id = $2 AND kind = 'access_token' AND id > $3 AND refusal IS NULL
              AND (expires_at IS NULL OR expires_at > $4)";
        const BEGIN: &str = "
            UPDATE channel SET renewing_until = $3
            WHERE organization_id = $1 AND id = $2 AND (renewing_until IS NULL OR renewing_until <= $4)";
        self.write(move |tx| {
            Box::pin(async move {
                let (organization, channel, at) = (scope.uuid(), channel.uuid(), now.as_millis());
                hold(tx, (organization, channel), None).await?;
                let newer: i64 = on!(tx, c => sqlx::query_scalar(NEWER).bind(organization).bind(channel)
                    .bind(worn.unwrap_or_default()).bind(at).fetch_one(c).await?);
                if newer > 0 {
                    return Ok(false);
                }
                let begun = on!(tx, c => sqlx::query(BEGIN).bind(organization).bind(channel)
                    .bind(now.after(lease).as_millis()).bind(at).execute(c).await?.rows_affected());
                Ok(begun == 1)
            })
        })
        .await
    }

    /// Keeps what a renewal brought, and ends it. It is kept whoever else has begun one meanwhile: a token that was given out must
    /// not be lost.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn end_renewal(
        &self,
        (scope, channel): (Scope, ChannelId),
        renewed: Renewed,
        entry: &Entry,
    ) -> Result<(), Error> {
        const ENDS: &str = "
            UPDATE channel_secret SET ends_at = $4 WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
        const REFUSED: &str = "
            UPDATE channel_secret SET expires_at = $3
            WHERE organization_id = $1 AND channel_id = $2 AND kind = 'access_token' AND refusal IS NOT NULL
              AND (expires_at IS NULL OR expires_at > $3)";
        const END: &str = "
            UPDATE channel SET renewing_until = NULL, renewal = NULL WHERE organization_id = $1 AND id = $2";
        let (key, entry) = (self.key().clone(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let place = (scope.uuid(), channel.uuid());
                let mut channel = hold(tx, place, None).await?;
                for row in &renewed.with {
                    match secrets::prove(tx, place, *row, entry.at).await {
                        Ok(_) | Err(Error::NotFound) => {} // promoted meanwhile
                        Err(error) => return Err(error),
                    }
                }
                if let Some(refresh_token) = &renewed.refresh_token {
                    secrets::end(tx, place, SecretKind::RefreshToken, entry.at).await?;
                    secrets::insert(tx, &key, place, refresh_token, &entry).await?;
                }
                on!(tx, c => sqlx::query(REFUSED).bind(place.0).bind(place.1).bind(entry.at.as_millis())
                    .execute(c).await?.rows_affected());
                secrets::insert(tx, &key, place, &renewed.token, &entry).await?;
                on!(tx, c => sqlx::query(ENDS).bind(place.0).bind(place.1).bind(renewed.token.row)
                    .bind(renewed.ends_at.map(Timestamp::as_millis)).execute(c).await?.rows_affected());
                on!(tx, c => sqlx::query(END).bind(place.0).bind(place.1).execute(c).await?.rows_affected());
                put(tx, &mut channel, renewed.token.kind.as_str(), &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Keeps why a renewal came to nothing, and ends it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn fail_renewal(
        &self,
        (scope, channel): (Scope, ChannelId),
        failed: &Value,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel SET renewing_until = NULL, renewal = $3
            WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let failed = failed.to_string();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(channel.uuid()).bind(failed)
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }
}
