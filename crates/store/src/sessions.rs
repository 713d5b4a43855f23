//! What happened to sessions: their history, and what the agent is still to be told of it.

use uuid::Uuid;
use warta_core::ids::{ChannelId, ConversationId, EventId, OrganizationId, SessionId};
use warta_core::session::Happened;
use warta_core::time::Timestamp;

use crate::audit::{self, Entry};
use crate::conversations::{Conversation, Row};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// Something that happened to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSessionEvent {
    /// Its id, which the agent sees too.
    pub id: EventId,
    /// The session.
    pub session: SessionId,
    /// What.
    pub kind: Happened,
    /// When.
    pub at: Timestamp,
}

/// The same, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEvent {
    /// What happened.
    pub event: NewSessionEvent,
    /// Whether the agent was told: `queued`, `delivered` or `dead`.
    pub status: String,
    /// How often that was tried.
    pub attempts: u32,
    /// When it may be tried.
    pub next_attempt_at: Timestamp,
}

/// What became of telling the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Of what.
    pub id: EventId,
    /// When to try again; never where `None`.
    pub again: Option<Timestamp>,
    /// Whether the agent knows now.
    pub delivered: bool,
}

const COLUMNS: &str = "id, conversation_id, session_id, kind, reason, at, status, attempts, next_attempt_at";

impl Store {
    /// The oldest event of a conversation's sessions that the agent is still to be told.
    pub(crate) async fn untold(
        &self,
        organization: OrganizationId,
        conversation: ConversationId,
    ) -> Result<Option<SessionEvent>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM session_event
             WHERE organization_id = $1 AND conversation_id = $2 AND status = 'queued' ORDER BY id LIMIT 1"
        );
        let sql = sqlx::AssertSqlSafe(sql);
        let row: Option<EventRow> = read!(self, pool => sqlx::query_as(sql).bind(organization.uuid())
            .bind(conversation.uuid()).fetch_optional(pool).await?);
        row.map(EventRow::event).transpose()
    }

    /// What happened to the sessions of a conversation, the newest first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn session_events(
        &self,
        scope: Scope,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<SessionEvent>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM session_event
             WHERE organization_id = $1 AND conversation_id = $2 ORDER BY id DESC LIMIT $3"
        );
        let sql = sqlx::AssertSqlSafe(sql);
        let rows: Vec<EventRow> = read!(self, pool => sqlx::query_as(sql).bind(scope.uuid())
            .bind(conversation.uuid()).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(EventRow::event).collect()
    }

    /// Conversations of a channel whose session wants to be woken, the next first: those in progress. One that cannot be read is told
    /// as [`Error::Corrupt`] among the others.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn open_sessions(
        &self,
        scope: Scope,
        channel: ChannelId,
        limit: u32,
    ) -> Result<Vec<Result<Conversation, Error>>, Error> {
        const SQL: &str = "
            SELECT organization_id, id, channel_id, bsuid, phone, name, username, room, session, last_user_at, epoch,
              session_due, end_asked, paused_until
            FROM conversation WHERE organization_id = $1 AND channel_id = $2 AND session_due IS NOT NULL
            ORDER BY session_due, id LIMIT $3";
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(channel.uuid())
            .bind(i64::from(limit)).fetch_all(pool).await?);
        Ok(rows.into_iter().map(Row::conversation).collect())
    }

    /// Asks for the end of a conversation's session. The conversation gets to it in its own order.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn ask_end(
        &self,
        scope: Scope,
        id: ConversationId,
        now: Timestamp,
        entry: Option<&Entry>,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE conversation SET end_asked = TRUE, due_at = CASE WHEN due_at <= $3 THEN due_at ELSE $3 END
            WHERE organization_id = $1 AND id = $2";
        let entry = entry.cloned();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(now.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                tx.due.conversations = true;
                match &entry {
                    Some(entry) => audit::insert(tx, scope.uuid(), entry).await,
                    None => Ok(()),
                }
            })
        })
        .await
    }
}

impl Store {
    /// Lets the agent go on in a conversation in which it was paused.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn resume_agent(
        &self,
        scope: Scope,
        id: ConversationId,
        now: Timestamp,
        entry: &Entry,
    ) -> Result<(), Error> {
        // What was said before this moment does not count as a loop any more.
        const SQL: &str = "
            UPDATE conversation SET paused_until = $3, due_at = CASE WHEN due_at <= $3 THEN due_at ELSE $3 END
            WHERE organization_id = $1 AND id = $2 AND paused_until > $3";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(now.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                tx.due.conversations = true;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }
}

/// Keeps what happened, for the agent to be told.
pub(crate) async fn record(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    conversation: ConversationId,
    events: &[NewSessionEvent],
) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO session_event (organization_id, id, channel_id, conversation_id, session_id, kind, reason, at, status,
          next_attempt_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $8)";
    for event in events {
        on!(tx, c => sqlx::query(SQL).bind(organization).bind(event.id.uuid()).bind(channel).bind(conversation.uuid())
            .bind(event.session.uuid()).bind(event.kind.as_str())
            .bind(event.kind.reason()).bind(event.at.as_millis())
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Notes what became of telling the agent.
pub(crate) async fn settle(tx: &mut Tx, organization: Uuid, told: Told) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE session_event SET status = $3, attempts = attempts + 1, next_attempt_at = $4
        WHERE organization_id = $1 AND id = $2 AND status = 'queued'";
    let status = match (told.delivered, told.again) {
        (true, _) => "delivered",
        (false, Some(_)) => "queued",
        (false, None) => "dead",
    };
    let again = told.again.filter(|_| !told.delivered).map(Timestamp::as_millis);
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(told.id.uuid()).bind(status).bind(again).execute(c).await?
        .rows_affected());
    Ok(())
}

from_row! {
    struct EventRow {
        id: Uuid,
        session_id: Uuid,
        kind: String,
        reason: Option<String>,
        at: i64,
        status: String,
        attempts: i64,
        next_attempt_at: Option<i64>,
    }
}

impl EventRow {
    fn event(self) -> Result<SessionEvent, Error> {
        let (id, at) = (EventId::from_uuid(self.id), Timestamp::from_millis(self.at));
        let kind = Happened::parse(&self.kind, self.reason.as_deref());
        let corrupt = || Error::Corrupt { table: "session_event", column: "kind", id: id.to_string() };
        Ok(SessionEvent {
            event: NewSessionEvent {
                id,
                session: SessionId::from_uuid(self.session_id),
                kind: kind.ok_or_else(corrupt)?,
                at,
            },
            status: self.status,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next_attempt_at: self.next_attempt_at.map_or(at, Timestamp::from_millis),
        })
    }
}
