//! A batch of webhooks on SQLite: one call.

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::pack;
use super::users::{Known, Users};
use super::{Ingest, IngestOutcome, Stored};
use crate::db::from_row;
use crate::error::Error;

const USERS: &str = "
SELECT a.channel_id, a.alias, c.id, c.bsuid, c.phone, c.name, c.username, c.room
FROM jsonb_each($1) j
JOIN user_alias a ON a.organization_id = unhex(j.value->>'o') AND a.channel_id = unhex(j.value->>'c')
  AND a.alias = j.value->>'a'
JOIN conversation c ON c.organization_id = a.organization_id AND c.id = a.conversation_id";

/// A batch in one text: a call from one thread to SQLite's for each statement would cost more than the statements
/// (facts/performance.md §12). It must be read to its end, or the commit does not run. Each table's rows come in a
/// parameter of their own, and what a batch does not touch is left out: reading a list that is empty costs too.
/// `jsonb_each`, since `json_each` writes each row out as text and reads it again for each column.
macro_rules! store_sql {
    ($users:expr, $news:expr) => {
        concat!(
            "BEGIN IMMEDIATE;

INSERT INTO envelope (organization_id, channel_id, id, received_at, body)
SELECT unhex(value->>'o'), unhex(value->>'c'), unhex(value->>'i'), value->>'t',
  coalesce(substr($2, value->>'from', value->>'len'), x'')
FROM jsonb_each($1);
",
            $users,
            "
INSERT INTO message (organization_id, id, channel_id, conversation_id, direction, notification, kind, content, context,
  provider_id, envelope_id, status, status_rank, priority, attempts, next_attempt_at, possible_duplicate, sent_at, created_at)
SELECT unhex(value->>'o'), unhex(value->>'i'), unhex(value->>'c'), unhex(value->>'v'), 'inbound', false, value->>'k',
  value->>'x', value->>'y', value->>'p', unhex(value->>'e'), 'received', 0, 0, 0, value->>'t', false, value->>'s', value->>'t'
FROM jsonb_each($6) WHERE true
ON CONFLICT DO NOTHING
RETURNING id, 'm';

UPDATE conversation SET
  due_at = min(coalesce(due_at, n.created_at), n.created_at),
  last_user_at = CASE WHEN n.sent_at > coalesce(last_user_at, 0) THEN n.sent_at ELSE last_user_at END
FROM (
  SELECT m.organization_id, m.conversation_id, max(CASE WHEN m.kind <> 'system' THEN m.sent_at END) AS sent_at, max(m.created_at) AS created_at
  FROM jsonb_each($6) j
  JOIN message m ON m.organization_id = unhex(j.value->>'o') AND m.id = unhex(j.value->>'i')
  GROUP BY m.organization_id, m.conversation_id
) n
WHERE conversation.organization_id = n.organization_id AND conversation.id = n.conversation_id;
",
            $news,
            "
COMMIT;"
        )
    };
}

macro_rules! users_sql {
    () => {
        "
INSERT INTO conversation (organization_id, id, channel_id, bsuid, phone, name, username, room, session, created_at)
SELECT unhex(value->>'o'), unhex(value->>'v'), unhex(value->>'c'), value->>'b', value->>'p', value->>'n', value->>'u', value->>'w',
  '{\"state\":\"none\"}', value->>'t'
FROM jsonb_each($3);

INSERT INTO user_alias (organization_id, channel_id, alias, conversation_id)
SELECT unhex(value->>'o'), unhex(value->>'c'), value->>'a', unhex(value->>'v')
FROM jsonb_each($4) WHERE true
ON CONFLICT (organization_id, channel_id, alias) DO UPDATE SET conversation_id = excluded.conversation_id;

UPDATE conversation SET phone = NULL
FROM jsonb_each($4) j
WHERE j.value->>'h' IS NOT NULL AND conversation.organization_id = unhex(j.value->>'o')
  AND conversation.id = unhex(j.value->>'h') AND conversation.phone = j.value->>'a' AND conversation.bsuid IS NOT NULL;

UPDATE conversation SET bsuid = coalesce(u.value->>'b', bsuid), phone = coalesce(u.value->>'p', phone),
  name = coalesce(u.value->>'n', name), username = coalesce(u.value->>'u', username),
  room = coalesce(u.value->>'w', room)
FROM jsonb_each($5) u
WHERE conversation.organization_id = unhex(u.value->>'o') AND conversation.id = unhex(u.value->>'v');
"
    };
}

macro_rules! news_sql {
    () => {
        "
INSERT INTO message_event (organization_id, channel_id, message_id, provider_id, kind, status, code, at, provider_at, detail)
SELECT unhex(value->>'o'), unhex(value->>'c'),
  coalesce(
    (SELECT m.id FROM message m WHERE m.organization_id = unhex(j.value->>'o') AND m.channel_id = unhex(j.value->>'c')
       AND m.provider_id = j.value->>'p'),
    (SELECT m.id FROM message m WHERE m.organization_id = unhex(j.value->>'o') AND m.id = unhex(j.value->>'m')
       AND m.channel_id = unhex(j.value->>'c') AND m.direction = 'outbound')),
  value->>'p', 'status', value->>'s', value->>'code', value->>'t', value->>'at', value->>'d'
FROM jsonb_each($7) j WHERE true
ON CONFLICT DO NOTHING;

UPDATE number SET due_at = min(coalesce(due_at, n.t), n.t)
FROM (
  SELECT m.organization_id, m.channel_id, max(j.value->>'t') AS t
  FROM jsonb_each($7) j
  JOIN message m ON m.organization_id = unhex(j.value->>'o') AND m.id = unhex(j.value->>'m')
  WHERE m.provider_id IS NULL AND m.channel_id = unhex(j.value->>'c') AND m.direction = 'outbound'
  GROUP BY m.organization_id, m.channel_id
) n
WHERE number.organization_id = n.organization_id AND number.channel_id = n.channel_id
RETURNING channel_id, 'n';

UPDATE message SET provider_id = j.value->>'p'
FROM jsonb_each($7) j
WHERE message.organization_id = unhex(j.value->>'o') AND message.id = unhex(j.value->>'m')
  AND message.channel_id = unhex(j.value->>'c') AND message.direction = 'outbound' AND message.provider_id IS NULL
  AND j.value->>'last'
  AND NOT EXISTS (SELECT 1 FROM message x WHERE x.organization_id = unhex(j.value->>'o')
    AND x.channel_id = unhex(j.value->>'c') AND x.provider_id = j.value->>'p');

UPDATE message SET status = j.value->>'s', status_rank = j.value->>'r', failure = j.value->>'f'
FROM jsonb_each($7) j
WHERE message.organization_id = unhex(j.value->>'o') AND message.channel_id = unhex(j.value->>'c')
  AND message.provider_id = j.value->>'p' AND message.direction = 'outbound' AND j.value->>'last'
  AND message.status_rank < (j.value->>'r');

UPDATE message SET status = j.value->>'s', status_rank = j.value->>'r', failure = j.value->>'f'
FROM jsonb_each($7) j
WHERE message.organization_id = unhex(j.value->>'o') AND message.channel_id = unhex(j.value->>'c')
  AND message.id = unhex(j.value->>'m') AND message.direction = 'outbound' AND j.value->>'own'
  AND message.status_rank < (j.value->>'r');

INSERT INTO channel_event (organization_id, channel_id, id, kind, provider_at, received_at, fingerprint, detail)
SELECT unhex(value->>'o'), unhex(value->>'c'), unhex(value->>'i'), value->>'k', value->>'at', value->>'t', unhex(value->>'h'),
  value->>'d'
FROM jsonb_each($8) WHERE true
ON CONFLICT DO NOTHING;
"
    };
}

const MESSAGES: &str = store_sql!("", "");
const MESSAGES_AND_USERS: &str = store_sql!(users_sql!(), "");
const MESSAGES_AND_NEWS: &str = store_sql!("", news_sql!());
const EVERYTHING: &str = store_sql!(users_sql!(), news_sql!());

/// Stores a batch; all of it or nothing.
pub(crate) async fn store<'a>(
    connection: &mut SqliteConnection,
    users: &mut Users,
    ingests: impl Iterator<Item = &'a Ingest> + Clone,
) -> Result<Vec<IngestOutcome>, Error> {
    let batch: Vec<_> = ingests.clone().collect();
    let (mut book, missing) = users.recall(pack::aliases(&batch));
    if !missing.is_empty() {
        let rows: Vec<UserRow> =
            sqlx::query_as(USERS).bind(pack::question(&missing)).fetch_all(&mut *connection).await?;
        for row in rows {
            let (alias, known) = row.known();
            book.enter(alias, known);
        }
    }
    let packed = pack::pack(&batch, &mut book);
    let has_news = packed.has_statuses || packed.has_events;
    let sql = match (packed.has_users, has_news) {
        (false, false) => MESSAGES,
        (true, false) => MESSAGES_AND_USERS,
        (false, true) => MESSAGES_AND_NEWS,
        (true, true) => EVERYTHING,
    };
    let call = sqlx::query_as::<_, (Uuid, String)>(sql).bind(packed.envelopes).bind(packed.bodies);
    let call = call.bind(packed.users).bind(packed.aliases).bind(packed.updated);
    let call = call.bind(packed.messages).bind(packed.statuses).bind(packed.events);
    match call.fetch_all(&mut *connection).await {
        Ok(rows) => {
            users.remember(book);
            Ok(Stored::new(rows).outcomes(ingests))
        }
        Err(error) => {
            users.forget();
            // Fails when the batch did not even begin.
            drop(sqlx::raw_sql("ROLLBACK").execute(connection).await);
            Err(error.into())
        }
    }
}

from_row! {
    /// A user and one alias of theirs, as both databases give them.
    pub(super) struct UserRow {
        channel_id: Uuid,
        alias: String,
        id: Uuid,
        bsuid: Option<String>,
        phone: Option<String>,
        name: Option<String>,
        username: Option<String>,
        room: Option<String>,
    }
}

impl UserRow {
    pub(super) fn known(self) -> (super::users::Alias, Known) {
        let known = Known {
            conversation: self.id,
            bsuid: self.bsuid,
            phone: self.phone,
            name: self.name,
            username: self.username,
            room: self.room,
        };
        ((self.channel_id, self.alias), known)
    }
}
