//! A batch of webhooks on PostgreSQL: one transaction, a statement for each table.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::pack;
use super::sqlite::UserRow;
use super::users::Book;
use super::{Ingest, IngestOutcome, Stored};
use crate::error::Error;

const USERS: &str = "
SELECT a.channel_id, a.alias, c.id, c.bsuid, c.phone, c.name, c.username, c.room
FROM jsonb_array_elements($1::jsonb) j(value)
JOIN user_alias a ON a.organization_id = (j.value->>'o')::uuid AND a.channel_id = (j.value->>'c')::uuid
  AND a.alias = j.value->>'a'
JOIN conversation c ON c.organization_id = a.organization_id AND c.id = a.conversation_id";

const ENVELOPES: &str = "
INSERT INTO envelope (organization_id, channel_id, id, received_at, body)
SELECT (value->>'o')::uuid, (value->>'c')::uuid, (value->>'i')::uuid, (value->>'t')::bigint,
  substr($2::bytea, (value->>'from')::int, (value->>'len')::int)
FROM jsonb_array_elements($1::jsonb)";

const NEW_USERS: &str = "
INSERT INTO conversation (organization_id, id, channel_id, bsuid, phone, name, username, room, session, created_at)
SELECT (value->>'o')::uuid, (value->>'v')::uuid, (value->>'c')::uuid, value->>'b', value->>'p', value->>'n', value->>'u', value->>'w',
  '{\"state\":\"none\"}', (value->>'t')::bigint
FROM jsonb_array_elements($1::jsonb)";

/// New aliases only: one that another node has just entered is left alone and counted as missing.
const NEW_ALIASES: &str = "
INSERT INTO user_alias (organization_id, channel_id, alias, conversation_id)
SELECT (value->>'o')::uuid, (value->>'c')::uuid, value->>'a', (value->>'v')::uuid
FROM jsonb_array_elements($1::jsonb)
ON CONFLICT (organization_id, channel_id, alias) DO NOTHING";

/// Aliases that pass to another user.
const MOVED_ALIASES: &str = "
UPDATE user_alias SET conversation_id = (j.value->>'v')::uuid
FROM jsonb_array_elements($1::jsonb) j(value)
WHERE user_alias.organization_id = (j.value->>'o')::uuid AND user_alias.channel_id = (j.value->>'c')::uuid
  AND user_alias.alias = j.value->>'a' AND j.value->>'h' IS NOT NULL";

/// A phone that passed to another user is no longer the first one's: a reply must not go there. They keep their
/// business-scoped id.
const FREED_PHONES: &str = "
UPDATE conversation SET phone = NULL
FROM jsonb_array_elements($1::jsonb) j(value)
WHERE j.value->>'h' IS NOT NULL AND conversation.organization_id = (j.value->>'o')::uuid
  AND conversation.id = (j.value->>'h')::uuid AND conversation.phone = j.value->>'a' AND conversation.bsuid IS NOT NULL";

/// Locks the conversations of the batch in one order, so that no two batches wait for each other.
const LOCKED_CONVERSATIONS: &str = "
SELECT 1 FROM conversation c
WHERE (c.organization_id, c.id) IN (
  SELECT (value->>'o')::uuid, (value->>'v')::uuid FROM jsonb_array_elements($1::jsonb)
  UNION SELECT (value->>'o')::uuid, (value->>'h')::uuid FROM jsonb_array_elements($2::jsonb))
ORDER BY c.organization_id, c.id FOR UPDATE OF c";

/// Locks the numbers that statuses are for. Whoever records a send holds the same lock, so that either this batch sees the
/// provider's id of the message, or the other sees the status that waits for it.
const LOCKED_NUMBERS: &str = "
SELECT 1 FROM number n
WHERE (n.organization_id, n.channel_id) IN (
  SELECT (value->>'o')::uuid, (value->>'c')::uuid FROM jsonb_array_elements($1::jsonb))
ORDER BY n.organization_id, n.channel_id FOR UPDATE OF n";

const UPDATED_USERS: &str = "
UPDATE conversation SET bsuid = coalesce(u.value->>'b', bsuid), phone = coalesce(u.value->>'p', phone),
  name = coalesce(u.value->>'n', name), username = coalesce(u.value->>'u', username),
  room = coalesce(u.value->>'w', room)
FROM jsonb_array_elements($1::jsonb) u(value)
WHERE conversation.organization_id = (u.value->>'o')::uuid AND conversation.id = (u.value->>'v')::uuid";

const MESSAGES: &str = "
INSERT INTO message (organization_id, id, channel_id, conversation_id, direction, notification, kind, content, context,
  provider_id, envelope_id, status, status_rank, priority, attempts, next_attempt_at, possible_duplicate, sent_at, created_at)
SELECT (value->>'o')::uuid, (value->>'i')::uuid, (value->>'c')::uuid, (value->>'v')::uuid, 'inbound', false, value->>'k',
  value->>'x', value->>'y', value->>'p', (value->>'e')::uuid, 'received', 0, 0, 0, (value->>'t')::bigint, false,
  (value->>'s')::bigint, (value->>'t')::bigint
FROM jsonb_array_elements($1::jsonb)
ON CONFLICT DO NOTHING
RETURNING id, 'm'";

/// In one order too: most batches bring no new user and lock here.
const TOUCHED: &str = "
WITH n AS MATERIALIZED (
  SELECT m.organization_id, m.conversation_id, max(CASE WHEN m.kind <> 'system' THEN m.sent_at END) AS sent_at,
    max(m.created_at) AS created_at
  FROM jsonb_array_elements($1::jsonb) j(value)
  JOIN message m ON m.organization_id = (j.value->>'o')::uuid AND m.id = (j.value->>'i')::uuid
  GROUP BY m.organization_id, m.conversation_id
), locked AS MATERIALIZED (
  SELECT n.* FROM n JOIN conversation c ON c.organization_id = n.organization_id AND c.id = n.conversation_id
  ORDER BY c.organization_id, c.id FOR UPDATE OF c
)
UPDATE conversation SET
  due_at = least(coalesce(due_at, n.created_at), n.created_at),
  last_user_at = CASE WHEN n.sent_at > coalesce(last_user_at, 0) THEN n.sent_at ELSE last_user_at END
FROM locked n
WHERE conversation.organization_id = n.organization_id AND conversation.id = n.conversation_id";

const EVENTS: &str = "
INSERT INTO message_event (organization_id, channel_id, message_id, provider_id, kind, status, code, at, provider_at, detail)
SELECT (value->>'o')::uuid, (value->>'c')::uuid,
  coalesce(
    (SELECT m.id FROM message m WHERE m.organization_id = (j.value->>'o')::uuid AND m.channel_id = (j.value->>'c')::uuid
       AND m.provider_id = j.value->>'p'),
    (SELECT m.id FROM message m WHERE m.organization_id = (j.value->>'o')::uuid AND m.id = (j.value->>'m')::uuid
       AND m.channel_id = (j.value->>'c')::uuid AND m.direction = 'outbound')),
  value->>'p', 'status', value->>'s', value->>'code', (value->>'t')::bigint, (value->>'at')::bigint, value->>'d'
FROM jsonb_array_elements($1::jsonb) j(value)
ON CONFLICT DO NOTHING";

const NUMBERS: &str = "
UPDATE number SET due_at = least(coalesce(due_at, n.t), n.t)
FROM (
  SELECT m.organization_id, m.channel_id, max((j.value->>'t')::bigint) AS t
  FROM jsonb_array_elements($1::jsonb) j(value)
  JOIN message m ON m.organization_id = (j.value->>'o')::uuid AND m.id = (j.value->>'m')::uuid
  WHERE m.provider_id IS NULL AND m.channel_id = (j.value->>'c')::uuid AND m.direction = 'outbound'
  GROUP BY m.organization_id, m.channel_id
) n
WHERE number.organization_id = n.organization_id AND number.channel_id = n.channel_id
RETURNING number.channel_id, 'n'";

const ADOPTED: &str = "
UPDATE message SET provider_id = j.value->>'p'
FROM jsonb_array_elements($1::jsonb) j(value)
WHERE message.organization_id = (j.value->>'o')::uuid AND message.id = (j.value->>'m')::uuid
  AND message.channel_id = (j.value->>'c')::uuid AND message.direction = 'outbound' AND message.provider_id IS NULL
  AND (j.value->>'last')::boolean
  AND NOT EXISTS (SELECT 1 FROM message x WHERE x.organization_id = (j.value->>'o')::uuid
    AND x.channel_id = (j.value->>'c')::uuid AND x.provider_id = j.value->>'p')";

const MERGED: &str = "
UPDATE message SET status = j.value->>'s', status_rank = (j.value->>'r')::bigint, failure = j.value->>'f'
FROM jsonb_array_elements($1::jsonb) j(value)
WHERE message.organization_id = (j.value->>'o')::uuid AND message.channel_id = (j.value->>'c')::uuid
  AND message.provider_id = j.value->>'p' AND message.direction = 'outbound' AND (j.value->>'last')::boolean
  AND message.status_rank < (j.value->>'r')::bigint";

/// The same by our own id: a message that went out twice has two ids of the provider and holds one.
const MERGED_OWN: &str = "
UPDATE message SET status = j.value->>'s', status_rank = (j.value->>'r')::bigint, failure = j.value->>'f'
FROM jsonb_array_elements($1::jsonb) j(value)
WHERE message.organization_id = (j.value->>'o')::uuid AND message.channel_id = (j.value->>'c')::uuid
  AND message.id = (j.value->>'m')::uuid AND message.direction = 'outbound' AND (j.value->>'own')::boolean
  AND message.status_rank < (j.value->>'r')::bigint";

const CHANNEL_EVENTS: &str = "
INSERT INTO channel_event (organization_id, channel_id, id, kind, provider_at, received_at, fingerprint, detail)
SELECT (value->>'o')::uuid, (value->>'c')::uuid, (value->>'i')::uuid, value->>'k', (value->>'at')::bigint,
  (value->>'t')::bigint, decode(value->>'h', 'hex'), value->>'d'
FROM jsonb_array_elements($1::jsonb)
ON CONFLICT DO NOTHING";

/// How often a batch is begun again because another node met the same new users.
const TRIES: u32 = 5;

/// Stores a batch; all of it or nothing. Nothing about users is remembered from batch to batch: another node may have changed it.
pub(crate) async fn store<'a>(
    pool: &PgPool,
    ingests: impl Iterator<Item = &'a Ingest> + Clone,
) -> Result<Vec<IngestOutcome>, Error> {
    let batch: Vec<_> = ingests.clone().collect();
    for _ in 0..TRIES {
        if let Some(stored) = attempt(pool, &batch).await? {
            return Ok(stored.outcomes(ingests));
        }
    }
    Err(Error::Busy)
}

/// One try; `None` when another node entered an alias of this batch meanwhile.
async fn attempt(pool: &PgPool, batch: &[&Ingest]) -> Result<Option<Stored>, Error> {
    #[expect(clippy::disallowed_methods, reason = "this is the writer")]
    let mut transaction = pool.begin().await?;
    let connection = &mut *transaction;
    let (mut book, asked) = (Book::default(), pack::aliases(batch));
    if !asked.is_empty() {
        let rows: Vec<UserRow> =
            sqlx::query_as(USERS).bind(pack::question(&asked)).fetch_all(&mut *connection).await?;
        for row in rows {
            let (alias, user) = row.known();
            book.enter(alias, user);
        }
    }
    let packed = pack::pack(batch, &mut book);
    if packed.has_users {
        let entered = run(connection, NEW_ALIASES, &packed.aliases).await?;
        if entered < u64::try_from(packed.fresh_aliases).unwrap_or(u64::MAX) {
            return Ok(None);
        }
        run(connection, NEW_USERS, &packed.users).await?;
        let locked = sqlx::query(LOCKED_CONVERSATIONS).bind(&packed.messages).bind(&packed.aliases);
        locked.execute(&mut *connection).await?;
        run(connection, MOVED_ALIASES, &packed.aliases).await?;
        run(connection, FREED_PHONES, &packed.aliases).await?;
        run(connection, UPDATED_USERS, &packed.updated).await?;
    }
    let mut rows: Vec<(Uuid, String)> = Vec::new();
    if !asked.is_empty() {
        rows = sqlx::query_as(MESSAGES).bind(&packed.messages).fetch_all(&mut *connection).await?;
        run(connection, TOUCHED, &packed.messages).await?;
    }
    sqlx::query(ENVELOPES).bind(&packed.envelopes).bind(packed.bodies).execute(&mut *connection).await?;
    if packed.has_statuses {
        let statuses = &packed.statuses;
        run(connection, LOCKED_NUMBERS, statuses).await?;
        run(connection, EVENTS, statuses).await?;
        rows.extend(
            sqlx::query_as::<_, (Uuid, String)>(NUMBERS).bind(statuses).fetch_all(&mut *connection).await?,
        );
        run(connection, ADOPTED, statuses).await?;
        run(connection, MERGED, statuses).await?;
        run(connection, MERGED_OWN, statuses).await?;
    }
    if packed.has_events {
        run(connection, CHANNEL_EVENTS, &packed.events).await?;
    }
    transaction.commit().await?;
    Ok(Some(Stored::new(rows)))
}

async fn run(connection: &mut PgConnection, sql: &'static str, json: &str) -> Result<u64, Error> {
    Ok(sqlx::query(sql).bind(json).execute(connection).await?.rows_affected())
}
