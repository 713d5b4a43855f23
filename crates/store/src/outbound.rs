//! Messages to users, on their way into the outbox.

use uuid::Uuid;
use warta_core::ids::{ChannelId, ConversationId, MessageId};
use warta_core::json;
use warta_core::message::OutboundContent;
use warta_core::time::Timestamp;

use crate::db::{Tx, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// A message to send.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOutbound {
    /// Its id. Messages of one conversation leave in the order of their ids.
    pub id: MessageId,
    /// To whom.
    pub conversation: ConversationId,
    /// What.
    pub content: OutboundContent,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// When it is too late.
    pub expires_at: Timestamp,
    /// What goes first.
    pub priority: Priority,
    /// Of a question about the end of a session: when the user had last written. Once they write again it does not go out.
    pub silent_since: Option<Timestamp>,
}

/// What goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person waits.
    Reply,
    /// Many at once.
    Bulk,
}

impl Priority {
    const fn rank(self) -> i64 {
        match self {
            Self::Reply => 0,
            Self::Bulk => 1,
        }
    }
}

/// A key under which a call may be repeated without effect, and what it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's key.
    pub key: String,
    /// A hash of the call, to tell a repetition from another call with the same key.
    pub fingerprint: Vec<u8>,
}

/// What became of a call to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// The messages, in order.
    pub messages: Vec<MessageId>,
    /// Whether they were there already: the call was a repetition.
    pub replayed: bool,
}

/// How long a key is remembered.
pub(crate) const REMEMBERED_MS: i64 = 24 * 60 * 60 * 1_000;

impl Store {
    /// The messages of an earlier call with this key, if there was one within 24 hours.
    ///
    /// # Errors
    ///
    /// [`Error::IdempotencyKeyReused`] when that call was another one; or the database's.
    pub async fn repeated(
        &self,
        scope: Scope,
        channel: ChannelId,
        idempotency: &Idempotency,
        now: Timestamp,
    ) -> Result<Option<Vec<MessageId>>, Error> {
        let oldest = now.as_millis() - REMEMBERED_MS;
        let row: Option<(Vec<u8>, String)> = read!(self, pool => sqlx::query_as(READ).bind(scope.uuid())
            .bind(channel.uuid()).bind(&idempotency.key).bind(oldest).fetch_optional(pool).await?);
        row.map(|row| messages_of(row, idempotency)).transpose()
    }

    /// Queues messages, all or none.
    ///
    /// # Errors
    ///
    /// [`Error::IdempotencyKeyReused`], [`Error::NotFound`] for a conversation that is not on this channel, or the database's.
    pub async fn enqueue(
        &self,
        scope: Scope,
        channel: ChannelId,
        new: Vec<NewOutbound>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Enqueued, Error> {
        self.write(move |tx| {
            Box::pin(async move {
                let place = (scope.uuid(), channel.uuid());
                if let Some(idempotency) = &idempotency
                    && let Some(messages) = remembered(tx, place, idempotency, &new, now).await?
                {
                    return Ok(Enqueued { messages, replayed: true });
                }
                insert(tx, place, &new, now).await?;
                Ok(Enqueued { messages: new.iter().map(|message| message.id).collect(), replayed: false })
            })
        })
        .await
    }
}

const READ: &str = "
    SELECT fingerprint, message_ids FROM idempotency
    WHERE organization_id = $1 AND channel_id = $2 AND key = $3 AND created_at > $4";

/// The messages of an earlier call with this key; or `None`, and the key is now this call's.
async fn remembered(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    idempotency: &Idempotency,
    new: &[NewOutbound],
    now: Timestamp,
) -> Result<Option<Vec<MessageId>>, Error> {
    const FORGET: &str = "
        DELETE FROM idempotency WHERE organization_id = $1 AND channel_id = $2 AND key = $3 AND created_at <= $4";
    const TAKE: &str = "
        INSERT INTO idempotency (organization_id, channel_id, key, fingerprint, message_ids, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let (key, oldest) = (&idempotency.key, now.as_millis() - REMEMBERED_MS);
    on!(tx, c => sqlx::query(FORGET).bind(organization).bind(channel).bind(key).bind(oldest).execute(c).await?
        .rows_affected());
    let ids: Vec<String> = new.iter().map(|message| message.id.to_string()).collect();
    let taken = on!(tx, c => sqlx::query(TAKE).bind(organization).bind(channel).bind(key).bind(&idempotency.fingerprint)
        .bind(ids.join(" ")).bind(now.as_millis()).execute(c).await?.rows_affected());
    if taken == 1 {
        return Ok(None);
    }
    let row = on!(tx, c => sqlx::query_as(READ).bind(organization).bind(channel).bind(key).bind(oldest).fetch_one(c).await?);
    messages_of(row, idempotency).map(Some)
}

fn messages_of(
    (fingerprint, ids): (Vec<u8>, String),
    idempotency: &Idempotency,
) -> Result<Vec<MessageId>, Error> {
    if fingerprint != idempotency.fingerprint {
        return Err(Error::IdempotencyKeyReused);
    }
    let corrupt =
        || Error::Corrupt { table: "idempotency", column: "message_ids", id: idempotency.key.clone() };
    ids.split(' ').map(|id| id.parse().map_err(|_| corrupt())).collect()
}

/// Puts messages into the outbox and makes their number due.
pub(crate) async fn insert(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    new: &[NewOutbound],
    now: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO message (organization_id, id, channel_id, conversation_id, direction, notification, kind, content,
          reply_to, status, status_rank, priority, attempts, next_attempt_at, expires_at, possible_duplicate, created_at, silent_since)
        SELECT c.organization_id, $2, c.channel_id, c.id, 'outbound', $5, $6, $7, $8, 'queued', 1, $9, 0, $10, $11, false, $10, $12
        FROM conversation c WHERE c.organization_id = $1 AND c.channel_id = $3 AND c.id = $4";
    for message in new {
        let content = json::text(&message.content);
        let inserted = on!(tx, c => sqlx::query(SQL).bind(organization).bind(message.id.uuid()).bind(channel)
            .bind(message.conversation.uuid()).bind(message.id.is_notification()).bind(message.content.kind())
            .bind(&content).bind(message.reply_to.map(MessageId::uuid)).bind(message.priority.rank())
            .bind(now.as_millis()).bind(message.expires_at.as_millis()).bind(message.silent_since.map(Timestamp::as_millis)).execute(c).await?.rows_affected());
        if inserted == 0 {
            return Err(Error::NotFound);
        }
    }
    poke(tx, (organization, channel), now).await
}

/// Makes a number due now. Writes the row even where it is due already: the lock makes a claim or its end, on PostgreSQL under
/// way at the same time, see what was added.
pub(crate) async fn poke(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    now: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE number SET due_at = CASE WHEN due_at <= $3 THEN due_at ELSE $3 END
        WHERE organization_id = $1 AND channel_id = $2";
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(channel).bind(now.as_millis()).execute(c).await?
        .rows_affected());
    tx.due.numbers = true;
    Ok(())
}
