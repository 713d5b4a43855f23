//! What a check-up of a channel looks back on: what came, what went, what waits, and what was refused.

use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::SecretKind;
use warta_core::checkup::{Backlog, LOOPBACK, Traffic};
use warta_core::ids::{ChannelId, MessageId};
use warta_core::time::Timestamp;

use crate::audit::Entry;
use crate::db::{on, read};
use crate::error::Error;
use crate::messages;
use crate::scope::Scope;
use crate::store::Store;

/// A webhook call that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusedCall {
    /// A handshake with a wrong verify token.
    Handshake,
    /// An event with a wrong signature.
    Event,
}

/// What is remembered of a channel's webhook, and its last loop-back test.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// When a handshake last came with a wrong verify token.
    pub handshake_refused_at: Option<Timestamp>,
    /// When an event last came with a wrong signature.
    pub signature_refused_at: Option<Timestamp>,
    /// When the provider last made the handshake.
    pub handshake_at: Option<Timestamp>,
    /// When an event last proved the app secret.
    pub signature_at: Option<Timestamp>,
    /// The last loop-back test.
    pub loopback: Option<Value>,
    /// What came of registering the webhook address, the last time.
    pub registration: Option<Value>,
    /// The last renewal of the access token, where it came to nothing.
    pub renewal: Option<Value>,
}

pub(crate) const LAST_INBOUND: &str = "
    SELECT created_at FROM message
    WHERE organization_id = $1 AND channel_id = $2 AND direction = 'inbound' AND provider_id NOT LIKE $3
    ORDER BY id DESC LIMIT 1";
pub(crate) const LAST_SENT: &str = "
    SELECT created_at FROM message
    WHERE organization_id = $1 AND channel_id = $2 AND direction = 'outbound' AND provider_id IS NOT NULL
      AND provider_id NOT LIKE $3
    ORDER BY id DESC LIMIT 1";
/// Among the newest messages: there is no index by the time of statuses.
const LAST_STATUS: &str = "
    SELECT max(e.at) FROM (
      SELECT organization_id, id FROM message
      WHERE organization_id = $1 AND channel_id = $2 AND direction = 'outbound' ORDER BY id DESC LIMIT 200) m
    JOIN message_event e ON e.organization_id = m.organization_id AND e.message_id = m.id AND e.kind = 'status'";
/// `coalesce` keeps the planner on the index of what waits, away from that of the whole history.
pub(crate) const FOR_AGENT: &str = "
    SELECT count(*), min(created_at) FROM message
    WHERE organization_id = $1 AND coalesce(channel_id, id) = $2 AND direction = 'inbound' AND status = 'received'";
/// A campaign may take its time: the oldest is that of the replies.
pub(crate) const TO_SEND: &str = "
    SELECT count(*), min(CASE WHEN priority = 0 THEN created_at END) FROM message
    WHERE organization_id = $1 AND channel_id = $2 AND direction = 'outbound'
      AND status IN ('queued', 'dispatching', 'uncertain') AND next_attempt_at IS NOT NULL";

/// When a handshake and an event were last refused; the last loop-back test and registration, and a renewal that failed.
type Kept = (Option<i64>, Option<i64>, Option<String>, Option<String>, Option<String>);

impl Store {
    /// A webhook call of a channel was refused. Call this seldom: anybody can cause it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn note_refused_call(
        &self,
        scope: Scope,
        id: ChannelId,
        call: RefusedCall,
        now: Timestamp,
    ) -> Result<(), Error> {
        const HANDSHAKE: &str =
            "UPDATE channel SET handshake_refused_at = $3 WHERE organization_id = $1 AND id = $2";
        const EVENT: &str =
            "UPDATE channel SET signature_refused_at = $3 WHERE organization_id = $1 AND id = $2";
        let sql = match call {
            RefusedCall::Handshake => HANDSHAKE,
            RefusedCall::Event => EVENT,
        };
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(sql).bind(scope.uuid()).bind(id.uuid()).bind(now.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// Keeps a loop-back test of a channel, in place of the one before.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn put_loopback(&self, scope: Scope, id: ChannelId, run: &Value) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel SET loopback = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        self.keep(SQL, scope, id, run.to_string()).await
    }

    /// Keeps what came of registering the webhook address of a channel, with who changed it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn put_registration(
        &self,
        scope: Scope,
        id: ChannelId,
        report: &Value,
        entry: Option<&Entry>,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel SET registration = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        self.keep(SQL, scope, id, report.to_string()).await?;
        match entry {
            Some(entry) => self.record(scope, entry).await,
            None => Ok(()),
        }
    }

    async fn keep(&self, sql: &'static str, scope: Scope, id: ChannelId, text: String) -> Result<(), Error> {
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(sql).bind(scope.uuid()).bind(id.uuid()).bind(text)
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// What is remembered of a channel's webhook.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn look(&self, scope: Scope, id: ChannelId) -> Result<Look, Error> {
        const SQL: &str = "
            SELECT handshake_refused_at, signature_refused_at, loopback, registration, renewal FROM channel
            WHERE organization_id = $1 AND id = $2";
        const USED: &str = "
            SELECT max(last_used_at) FROM channel_secret
            WHERE organization_id = $1 AND channel_id = $2 AND kind = $3";
        let row: Option<Kept> = read!(self, pool => sqlx::query_as(SQL)
            .bind(scope.uuid()).bind(id.uuid()).fetch_optional(pool).await?);
        let Some((handshake, signature, loopback, registration, renewal)) = row else {
            return Ok(Look::default());
        };
        let mut used = [None; 2];
        for (at, kind) in used.iter_mut().zip([SecretKind::WebhookSecret, SecretKind::AppSecret]) {
            let last: Option<i64> = read!(self, pool => sqlx::query_scalar(USED).bind(scope.uuid()).bind(id.uuid())
                .bind(kind.as_str()).fetch_one(pool).await?);
            *at = last.map(Timestamp::from_millis);
        }
        let [handshake_at, signature_at] = used;
        let json = |column, text: Option<String>| {
            let read = text.map(|text| serde_json::from_str(&text)).transpose();
            read.map_err(|_| Error::Corrupt { table: "channel", column, id: id.to_string() })
        };
        Ok(Look {
            handshake_refused_at: handshake.map(Timestamp::from_millis),
            signature_refused_at: signature.map(Timestamp::from_millis),
            handshake_at,
            signature_at,
            loopback: json("loopback", loopback)?,
            registration: json("registration", registration)?,
            renewal: json("renewal", renewal)?,
        })
    }

    /// What came and went on a channel, loop-back tests apart.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn traffic(&self, scope: Scope, id: ChannelId) -> Result<Traffic, Error> {
        let place = (scope.uuid(), id.uuid());
        let status: Option<i64> = read!(self, pool => sqlx::query_scalar(LAST_STATUS).bind(place.0).bind(place.1)
            .fetch_one(pool).await?);
        Ok(Traffic {
            inbound_at: self.newest(LAST_INBOUND, place).await?,
            sent_at: self.newest(LAST_SENT, place).await?,
            status_at: status.map(Timestamp::from_millis),
        })
    }

    async fn newest(&self, sql: &'static str, place: (Uuid, Uuid)) -> Result<Option<Timestamp>, Error> {
        let not = format!("{LOOPBACK}%");
        let at: Option<i64> = read!(self, pool => sqlx::query_scalar(sql).bind(place.0).bind(place.1).bind(not)
            .fetch_optional(pool).await?);
        Ok(at.map(Timestamp::from_millis))
    }

    /// What waits on a channel.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn backlog(&self, scope: Scope, id: ChannelId) -> Result<Backlog, Error> {
        let mut waiting = [(0, None); 2];
        for (found, sql) in waiting.iter_mut().zip([FOR_AGENT, TO_SEND]) {
            *found = read!(self, pool => sqlx::query_as::<_, (i64, Option<i64>)>(sql).bind(scope.uuid()).bind(id.uuid())
                .fetch_one(pool).await?);
        }
        let [(for_agent, inbound), (to_send, outbound)] = waiting;
        let oldest = [inbound, outbound].into_iter().flatten().min();
        Ok(Backlog { for_agent, to_send, oldest: oldest.map(Timestamp::from_millis) })
    }

    /// The message that the provider knows by this id.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn message_of_provider(
        &self,
        scope: Scope,
        channel: ChannelId,
        provider_id: &str,
    ) -> Result<Option<MessageId>, Error> {
        const SQL: &str = "
            SELECT id, notification FROM message WHERE organization_id = $1 AND channel_id = $2 AND provider_id = $3";
        let row: Option<(Uuid, bool)> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid())
            .bind(channel.uuid()).bind(provider_id).fetch_optional(pool).await?);
        Ok(row.map(|(id, notification)| messages::id(id, notification)))
    }
}
