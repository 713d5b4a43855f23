//! Conversations as actors: claimed when due, settled under the claim's epoch.

use std::time::Duration;

use uuid::Uuid;
use warta_core::delivery::Failure;
use warta_core::identity::{Bsuid, Identity};
use warta_core::ids::{ChannelId, ConversationId, MessageId, OrganizationId};
use warta_core::message::{Context, InboundContent, OutboundContent};
use warta_core::phone::Phone;
use warta_core::session::State;
use warta_core::time::Timestamp;

use crate::db::{Due, Pools, Tx, on, on_each, read};
use crate::error::Error;
use crate::messages::{self, NewEvent};
use crate::outbound::{self, NewOutbound};
use crate::scope::Scope;
use crate::sessions::{self, NewSessionEvent, SessionEvent, Told};
use crate::store::Store;

/// A user, as last known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// How the provider names them.
    pub identity: Identity,
    /// The name they show.
    pub name: Option<String>,
    /// Their user name.
    pub username: Option<String>,
    /// The provider's room of the conversation, where it has rooms.
    pub room: Option<String>,
}

/// A conversation.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// On which channel.
    pub channel: ChannelId,
    /// With whom.
    pub user: User,
    /// Where its session stands.
    pub session: State,
    /// When the user last wrote, by the provider's clock.
    pub last_user_at: Option<Timestamp>,
    /// When the session wants to be woken.
    pub session_due: Option<Timestamp>,
}

/// A conversation that is ours to work on until the lease ends.
#[derive(Debug, Clone)]
pub struct ClaimedConversation {
    /// Whose it is.
    pub organization: OrganizationId,
    /// On which channel.
    pub channel: ChannelId,
    /// Its id.
    pub conversation: ConversationId,
    /// Fences every write of this claim.
    pub epoch: i64,
    /// With whom.
    pub user: User,
    /// Where its session stands.
    pub session: State,
    /// When the user last wrote, by the provider's clock.
    pub last_user_at: Option<Timestamp>,
    /// The oldest message that waits for the agent.
    pub head: Option<InboundHead>,
    /// When the session wanted to be woken.
    pub session_due: Option<Timestamp>,
    /// Whether it has waited for its turn since: [`ConversationOutcome::wait_until`].
    pub waited: bool,
    /// Whether somebody asked for the session's end.
    pub end_asked: bool,
    /// The oldest event of the session that the agent is still to be told.
    pub event: Option<SessionEvent>,
}

/// A message that waits for the agent.
#[derive(Debug, Clone)]
pub struct InboundHead {
    /// Its id.
    pub id: MessageId,
    /// The provider's id of it.
    pub provider_id: String,
    /// What it says.
    pub content: InboundContent,
    /// What it refers to.
    pub context: Context,
    /// Our id of the message it answers, where we know it.
    pub reply_to: Option<MessageId>,
    /// When the user sent it.
    pub sent_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// When it may be tried.
    pub next_attempt_at: Timestamp,
}

/// What a claim came to.
#[derive(Debug, Clone)]
pub struct ConversationOutcome {
    /// Whose.
    pub organization: OrganizationId,
    /// On which channel.
    pub channel: ChannelId,
    /// Which.
    pub conversation: ConversationId,
    /// The claim's epoch.
    pub epoch: i64,
    /// When.
    pub now: Timestamp,
    /// Where the session stands now.
    pub session: State,
    /// What became of the message.
    pub head: HeadOutcome,
    /// What to send.
    pub replies: Vec<NewOutbound>,
    /// When the session wants to be woken next.
    pub session_due: Option<Timestamp>,
    /// What happened to the session.
    pub events: Vec<NewSessionEvent>,
    /// What became of the event that the agent was to be told.
    pub told: Option<Told>,
    /// Whether the end was carried out that somebody asked for.
    pub end_taken: bool,
    /// The session is not woken before this, though it is due: others have their turn.
    pub wait_until: Option<Timestamp>,
    /// The session was woken: nothing of this holds where a message of the user came in meanwhile.
    pub woken: bool,
}

/// What became of the message that waited.
#[derive(Debug, Clone)]
pub enum HeadOutcome {
    /// Nothing: there was none, or it is not its time.
    Untouched,
    /// The agent took it.
    Delivered {
        /// Which.
        message: MessageId,
        /// How long the agent took.
        duration_ms: i64,
    },
    /// To be tried again.
    Retry {
        /// Which.
        message: MessageId,
        /// When.
        at: Timestamp,
        /// Why it did not work.
        failure: Failure,
        /// How long the attempt took.
        duration_ms: i64,
    },
    /// Given up.
    Dead {
        /// Which.
        message: MessageId,
        /// Why.
        failure: Failure,
        /// How long the last attempt took.
        duration_ms: i64,
    },
}

/// Claims due conversations of live channels. PostgreSQL passes over rows that another node is claiming.
macro_rules! claim_sql {
    ($lock:literal) => {
        concat!(
            "UPDATE conversation SET lease_until = $1, lease_owner = $2, epoch = epoch + 1
             WHERE (organization_id, id) IN (
               SELECT c.organization_id, c.id FROM conversation c
               JOIN channel h ON h.organization_id = c.organization_id AND h.id = c.channel_id AND h.state = 'live'
               WHERE c.due_at <= $3 AND c.lease_until <= $3 ORDER BY c.due_at LIMIT $4",
            $lock,
            ") RETURNING organization_id, id, channel_id, bsuid, phone, name, username, room, session, last_user_at, epoch,
              session_due, due_at, end_asked, EXISTS (
                SELECT 1 FROM session_event e WHERE e.organization_id = conversation.organization_id
                  AND e.conversation_id = conversation.id AND e.status = 'queued') AS untold"
        )
    };
}

pub(crate) const HEAD: &str = "
    SELECT channel_id, id, provider_id, content, context, sent_at, created_at, attempts, next_attempt_at FROM message
    WHERE organization_id = $1 AND conversation_id = $2 AND direction = 'inbound' AND status = 'received'
    ORDER BY id LIMIT 1";

pub(crate) const OFFERED: &str = "
    SELECT content FROM message
    WHERE organization_id = $1 AND conversation_id = $2 AND id < $3 AND direction = 'outbound'
      AND kind IN ('buttons', 'list') AND created_at > $4
    ORDER BY id DESC LIMIT 1";

/// When a conversation is due next: at once for an end that was asked for; else at its next message, or where none waits when its
/// session wants to be woken, not before `$3`; or at the next event for the agent, whichever is earlier.
macro_rules! next_due {
    ($least:literal) => {
        concat!(
            "UPDATE conversation SET due_at = CASE WHEN end_asked THEN 0 ELSE nullif(",
            $least,
            "(
               coalesce((
                 SELECT m.next_attempt_at FROM message m
                 WHERE m.organization_id = $1 AND m.conversation_id = $2 AND m.direction = 'inbound'
                   AND m.status = 'received'
                 ORDER BY m.id LIMIT 1), CASE WHEN session_due < $3 THEN $3 ELSE session_due END, 9223372036854775807),
               coalesce((
                 SELECT e.next_attempt_at FROM session_event e
                 WHERE e.organization_id = $1 AND e.conversation_id = $2 AND e.status = 'queued'
                 ORDER BY e.id LIMIT 1), 9223372036854775807)), 9223372036854775807) END
             WHERE organization_id = $1 AND id = $2
             RETURNING due_at"
        )
    };
}

pub(crate) const NEXT_DUE: &str = next_due!("min");

impl Store {
    /// Claims conversations that are due, for `lease`, with the message that waits at the head of each.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn claim_conversations(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<ClaimedConversation>, Error> {
        const SQLITE: &str = claim_sql!("");
        const POSTGRES: &str = claim_sql!(" FOR UPDATE OF c SKIP LOCKED");
        let owner = owner.to_owned();
        let rows: Vec<Row> = self
            .write(move |tx| {
                Box::pin(async move {
                    let until = now.after(lease).as_millis();
                    Ok(on_each!(tx, sql = (SQLITE, POSTGRES), c => sqlx::query_as(sql).bind(until).bind(owner)
                        .bind(now.as_millis()).bind(i64::from(limit)).fetch_all(c).await?))
                })
            })
            .await?;
        // The heads are read beside the writer: the claim keeps others away from them.
        let claims = rows.into_iter().map(|row| async move {
            let epoch = row.epoch;
            let (session_due, end_asked) = (row.session_due.map(Timestamp::from_millis), row.end_asked);
            let untold = row.untold;
            let waited = row.due_at > row.session_due;
            let organization = OrganizationId::from_uuid(row.organization_id);
            let conversation = match row.conversation() {
                Ok(conversation) => conversation,
                Err(error) => return pass_over(error),
            };
            let head = match self.head(organization.uuid(), conversation.id).await {
                Ok(head) => head,
                Err(error) => return pass_over(error),
            };
            let event = if untold { self.untold(organization, conversation.id).await? } else { None };
            Ok(Some(ClaimedConversation {
                organization,
                channel: conversation.channel,
                conversation: conversation.id,
                epoch,
                user: conversation.user,
                session: conversation.session,
                last_user_at: conversation.last_user_at,
                head,
                session_due,
                waited,
                end_asked,
                event,
            }))
        });
        let claims: Result<Vec<_>, Error> = futures_util::future::try_join_all(claims).await;
        Ok(claims?.into_iter().flatten().collect())
    }

    async fn head(
        &self,
        organization: Uuid,
        conversation: ConversationId,
    ) -> Result<Option<InboundHead>, Error> {
        const ANSWERED: &str = "
            SELECT id, notification FROM message WHERE organization_id = $1 AND channel_id = $2 AND provider_id = $3";
        let row: Option<HeadRow> = read!(self, pool => sqlx::query_as(HEAD).bind(organization)
            .bind(conversation.uuid()).fetch_optional(pool).await?);
        let Some(row) = row else { return Ok(None) };
        let channel = row.channel_id;
        let mut head = row.head()?;
        if let Some(provider_id) = &head.context.reply_to {
            let answered: Option<(Uuid, bool)> = read!(self, pool => sqlx::query_as(ANSWERED).bind(organization)
                .bind(channel).bind(provider_id).fetch_optional(pool).await?);
            head.reply_to = answered.map(|(id, notification)| messages::id(id, notification));
        }
        Ok(Some(head))
    }

    /// The buttons or list that a conversation was last offered before a message, where that was after `since`.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn offered(
        &self,
        organization: OrganizationId,
        conversation: ConversationId,
        before: MessageId,
        since: Timestamp,
    ) -> Result<Option<OutboundContent>, Error> {
        let content: Option<String> = read!(self, pool => sqlx::query_scalar(OFFERED).bind(organization.uuid())
            .bind(conversation.uuid()).bind(before.uuid()).bind(since.as_millis()).fetch_optional(pool).await?);
        content.map(|content| serde_json::from_str(&content)).transpose().map_err(|_| Error::Corrupt {
            table: "message",
            column: "content",
            id: conversation.to_string(),
        })
    }

    /// Records what a claim came to, and gives the claim back. The conversation is due again when its next message is.
    ///
    /// # Errors
    ///
    /// [`Error::StaleLease`] when another worker has taken over: nothing is written then.
    pub async fn settle_conversation(&self, outcome: ConversationOutcome) -> Result<(), Error> {
        const FENCE: &str = "
            UPDATE conversation SET session = $4, session_due = $5, end_asked = (end_asked AND NOT $6), lease_until = 0,
              lease_owner = NULL
            WHERE organization_id = $1 AND id = $2 AND epoch = $3";
        const RELEASE: &str = "
            UPDATE conversation SET lease_until = 0, lease_owner = NULL
            WHERE organization_id = $1 AND id = $2 AND epoch = $3";
        const CAME_IN: &str = "
            SELECT count(*) FROM message
            WHERE organization_id = $1 AND conversation_id = $2 AND direction = 'inbound' AND status = 'received'";
        // A statement of its own, after the one that locks the row: on PostgreSQL one statement sees messages as they were
        // when it began, and would forget one that came in while it waited for the lock.
        self.write(move |tx| {
            Box::pin(async move {
                let place = (outcome.organization.uuid(), outcome.channel.uuid());
                let id = outcome.conversation.uuid();
                if outcome.woken {
                    let fenced = on!(tx, c => sqlx::query(RELEASE).bind(place.0).bind(id).bind(outcome.epoch)
                        .execute(c).await?.rows_affected());
                    if fenced == 0 {
                        return Err(Error::StaleLease);
                    }
                    // Beneath the row's lock: whoever wrote before this moment is seen.
                    let waiting: i64 = on!(tx, c => sqlx::query_scalar(CAME_IN).bind(place.0).bind(id).fetch_one(c).await?);
                    if waiting > 0 {
                        tx.due.conversations = true;
                        return Ok(());
                    }
                }
                let session = serde_json::to_string(&outcome.session).unwrap_or_default();
                let fenced = on!(tx, c => sqlx::query(FENCE).bind(place.0).bind(id).bind(outcome.epoch).bind(session)
                    .bind(outcome.session_due.map(Timestamp::as_millis)).bind(outcome.end_taken).execute(c).await?.rows_affected());
                if fenced == 0 {
                    return Err(Error::StaleLease);
                }
                settle_head(tx, place, &outcome.head, outcome.now).await?;
                sessions::record(tx, place, outcome.conversation, &outcome.events).await?;
                if let Some(told) = outcome.told {
                    sessions::settle(tx, place.0, told).await?;
                }
                let due_at: Option<i64> = on_each!(tx, sql = (NEXT_DUE, next_due!("least")), c => sqlx::query_scalar(sql)
                    .bind(place.0).bind(id).bind(outcome.wait_until.map_or(0, Timestamp::as_millis)).fetch_one(c).await?);
                tx.due.conversations |= due_at.is_some_and(|due| due <= outcome.now.as_millis());
                if !outcome.replies.is_empty() {
                    outbound::insert(tx, place, &outcome.replies, outcome.now).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// A conversation.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn conversation(
        &self,
        scope: Scope,
        id: ConversationId,
    ) -> Result<Option<Conversation>, Error> {
        const SQL: &str = "
            SELECT organization_id, id, channel_id, bsuid, phone, name, username, room, session, last_user_at, epoch,
              session_due, end_asked
            FROM conversation WHERE organization_id = $1 AND id = $2";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(id.uuid())
            .fetch_optional(pool).await?);
        row.map(Row::conversation).transpose()
    }

    /// Gives back every claim of `owner`, for others to take up at once.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn release_all(&self, owner: &str) -> Result<(), Error> {
        self.release(Some(owner.to_owned())).await
    }

    /// Gives back what an earlier run of `owner` held when it died. A file of SQLite has one gateway only, so there it is
    /// everything.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recover(&self, owner: &str) -> Result<(), Error> {
        match self.pools() {
            Pools::Sqlite(_) => self.release(None).await,
            Pools::Postgres(_) => self.release_all(owner).await,
        }
    }

    async fn release(&self, owner: Option<String>) -> Result<(), Error> {
        const CONVERSATIONS: &str = "
            UPDATE conversation SET lease_until = 0, lease_owner = NULL
            WHERE lease_until > 0 AND lease_owner = coalesce($1, lease_owner)";
        // What a number had on its way must be looked at, whether or not anything else waits.
        const NUMBERS: &str = "
            UPDATE number SET lease_until = 0, lease_owner = NULL, due_at = 0
            WHERE lease_until > 0 AND lease_owner = coalesce($1, lease_owner)";
        self.write(move |tx| {
            Box::pin(async move {
                for sql in [CONVERSATIONS, NUMBERS] {
                    on!(tx, c => sqlx::query(sql).bind(&owner).execute(c).await?.rows_affected());
                }
                tx.due = Due { conversations: true, numbers: true };
                Ok(())
            })
        })
        .await
    }

    /// Takes a message that was given up to its agent once more.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such message, or it was not given up.
    pub async fn replay_dead(&self, scope: Scope, id: MessageId, now: Timestamp) -> Result<(), Error> {
        const MESSAGE: &str = "
            UPDATE message SET status = 'received', attempts = 0, next_attempt_at = $3
            WHERE organization_id = $1 AND id = $2 AND direction = 'inbound' AND status = 'dead'
            RETURNING channel_id, conversation_id";
        const CONVERSATION: &str =
            "UPDATE conversation SET due_at = $3 WHERE organization_id = $1 AND id = $2";
        self.write(move |tx| {
            Box::pin(async move {
                let at = now.as_millis();
                let row: Option<(Uuid, Uuid)> = on!(tx, c => sqlx::query_as(MESSAGE).bind(scope.uuid()).bind(id.uuid())
                    .bind(at).fetch_optional(c).await?);
                let (channel, conversation) = row.ok_or(Error::NotFound)?;
                on!(tx, c => sqlx::query(CONVERSATION).bind(scope.uuid()).bind(conversation).bind(at).execute(c).await?
                    .rows_affected());
                let event = NewEvent { kind: "replay", status: "received", ..NewEvent::of(id, now) };
                messages::record(tx, (scope.uuid(), channel), event).await?;
                tx.due.conversations = true;
                Ok(())
            })
        })
        .await
    }
}

/// One unreadable row must not stop the others.
fn pass_over(error: Error) -> Result<Option<ClaimedConversation>, Error> {
    if matches!(error, Error::Corrupt { .. }) {
        tracing::error!(%error, "a conversation cannot be read and is passed over");
        return Ok(None);
    }
    Err(error)
}

async fn settle_head(
    tx: &mut Tx,
    place: (Uuid, Uuid),
    head: &HeadOutcome,
    now: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE message SET status = $3, attempts = attempts + 1, next_attempt_at = $4, failure = $5
        WHERE organization_id = $1 AND id = $2 AND status = 'received'";
    let (message, status, at, failure, duration_ms) = match head {
        HeadOutcome::Untouched => return Ok(()),
        HeadOutcome::Delivered { message, duration_ms } => (message, "delivered", None, None, *duration_ms),
        HeadOutcome::Retry { message, at, failure, duration_ms } => {
            (message, "received", Some(at.as_millis()), Some(failure), *duration_ms)
        }
        HeadOutcome::Dead { message, failure, duration_ms } => {
            (message, "dead", None, Some(failure), *duration_ms)
        }
    };
    let written = failure.map(|failure| serde_json::to_string(failure).unwrap_or_default());
    on!(tx, c => sqlx::query(SQL).bind(place.0).bind(message.uuid()).bind(status).bind(at).bind(written).execute(c)
        .await?.rows_affected());
    let event = NewEvent {
        kind: "agent",
        status,
        failure,
        duration_ms: Some(duration_ms),
        ..NewEvent::of(*message, now)
    };
    messages::record(tx, place, event).await
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    organization_id: Uuid,
    id: Uuid,
    channel_id: Uuid,
    bsuid: Option<String>,
    phone: Option<String>,
    name: Option<String>,
    username: Option<String>,
    room: Option<String>,
    session: String,
    last_user_at: Option<i64>,
    epoch: i64,
    session_due: Option<i64>,
    end_asked: bool,
    /// When it was due; told by claims only.
    #[sqlx(default)]
    due_at: Option<i64>,
    /// Whether events wait for the agent; told by claims only.
    #[sqlx(default)]
    untold: bool,
}

impl Row {
    pub(crate) fn conversation(self) -> Result<Conversation, Error> {
        let id = ConversationId::from_uuid(self.id);
        let corrupt = |column| Error::Corrupt { table: "conversation", column, id: id.to_string() };
        Ok(Conversation {
            id,
            channel: ChannelId::from_uuid(self.channel_id),
            user: User {
                identity: identity(self.bsuid.as_deref(), self.phone.as_deref())
                    .ok_or_else(|| corrupt("phone"))?,
                name: self.name,
                username: self.username,
                room: self.room,
            },
            session: serde_json::from_str(&self.session).map_err(|_| corrupt("session"))?,
            last_user_at: self.last_user_at.map(Timestamp::from_millis),
            session_due: self.session_due.map(Timestamp::from_millis),
        })
    }
}

/// The identity that these columns hold.
pub(crate) fn identity(bsuid: Option<&str>, phone: Option<&str>) -> Option<Identity> {
    let bsuid: Option<Bsuid> = bsuid.map(str::parse).transpose().ok()?;
    let phone: Option<Phone> = phone.map(str::parse).transpose().ok()?;
    Identity::new(bsuid, phone)
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    channel_id: Uuid,
    id: Uuid,
    provider_id: Option<String>,
    content: String,
    context: Option<String>,
    sent_at: Option<i64>,
    created_at: i64,
    attempts: i64,
    next_attempt_at: Option<i64>,
}

impl HeadRow {
    fn head(self) -> Result<InboundHead, Error> {
        let id = MessageId::message(self.id);
        let corrupt = |column| Error::Corrupt { table: "message", column, id: id.to_string() };
        let context = self.context.as_deref().map_or_else(|| Ok(Context::default()), serde_json::from_str);
        Ok(InboundHead {
            id,
            provider_id: self.provider_id.unwrap_or_default(),
            content: serde_json::from_str(&self.content).map_err(|_| corrupt("content"))?,
            context: context.map_err(|_| corrupt("context"))?,
            reply_to: None,
            sent_at: Timestamp::from_millis(self.sent_at.unwrap_or(self.created_at)),
            received_at: Timestamp::from_millis(self.created_at),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next_attempt_at: Timestamp::from_millis(self.next_attempt_at.unwrap_or(self.created_at)),
        })
    }
}
