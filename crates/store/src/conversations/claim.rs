//! Claiming: what is due, until the lease ends, with all that the next step takes.

use std::time::Duration;

use uuid::Uuid;
use warta_core::ids::{ChannelId, ConversationId, MessageId, OrganizationId};
use warta_core::message::{Context, InboundContent};
use warta_core::session::State;
use warta_core::time::Timestamp;

use super::{Row, User};
use crate::db::{Due, Pools, from_row, on, on_each, read};
use crate::error::Error;
use crate::sessions::SessionEvent;
use crate::store::Store;

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
    /// Whether it has waited for its turn since: [`ConversationOutcome::wait_until`](crate::ConversationOutcome::wait_until).
    pub waited: bool,
    /// Whether somebody asked for the session's end.
    pub end_asked: bool,
    /// Until when the agent is paused here; a time in the past means that it has gone on since then.
    pub paused_until: Option<Timestamp>,
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
              session_due, due_at, end_asked, paused_until, EXISTS (
                SELECT 1 FROM session_event e WHERE e.organization_id = conversation.organization_id
                  AND e.conversation_id = conversation.id AND e.status = 'queued') AS untold"
        )
    };
}

pub(crate) const HEAD: &str = "
    SELECT channel_id, id, provider_id, content, context, sent_at, created_at, attempts, next_attempt_at FROM message
    WHERE organization_id = $1 AND conversation_id = $2 AND direction = 'inbound' AND status = 'received'
    ORDER BY id LIMIT 1";

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
        let rows: Vec<ClaimRow> = self
            .write(move |tx| {
                Box::pin(async move {
                    let until = now.after(lease).as_millis();
                    Ok(on_each!(tx, sql = (SQLITE, POSTGRES), c => sqlx::query_as(sql).bind(until).bind(owner)
                        .bind(now.as_millis()).bind(i64::from(limit)).fetch_all(c).await?))
                })
            })
            .await?;
        // The heads are read beside the writer: the claim keeps others away from them.
        let claims = rows.into_iter().map(|ClaimRow { row, due_at, untold }| async move {
            let epoch = row.epoch;
            let (session_due, end_asked) = (row.session_due.map(Timestamp::from_millis), row.end_asked);
            let waited = due_at > row.session_due;
            let organization = OrganizationId::from_uuid(row.organization_id);
            let conversation = match row.conversation() {
                Ok(conversation) => conversation,
                Err(error) => return pass_over(error),
            };
            let head = match self.head(organization.uuid(), conversation.id).await {
                Ok(head) => head,
                Err(error) => return pass_over(error),
            };
            let event = if untold { self.untold(organization, conversation.id).await } else { Ok(None) };
            let event = match event {
                Ok(event) => event,
                Err(error) => return pass_over(error),
            };
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
                paused_until: conversation.paused_until,
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
        let row: Option<HeadRow> = read!(self, pool => sqlx::query_as(HEAD).bind(organization)
            .bind(conversation.uuid()).fetch_optional(pool).await?);
        let Some(row) = row else { return Ok(None) };
        let channel = ChannelId::from_uuid(row.channel_id);
        let mut head = row.head()?;
        if let Some(quoted) = &head.context.reply_to {
            head.reply_to = self.our_id(organization, channel, quoted).await?;
        }
        self.name_ours(organization, channel, &mut head.content).await?;
        Ok(Some(head))
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
}

/// One unreadable row must not stop the others.
fn pass_over(error: Error) -> Result<Option<ClaimedConversation>, Error> {
    if matches!(error, Error::Corrupt { .. }) {
        tracing::error!(%error, "a conversation cannot be read and is passed over");
        return Ok(None);
    }
    Err(error)
}

from_row! {
    /// A claimed conversation: when it was due, and whether events wait for the agent.
    struct ClaimRow {
        ..row: Row,
        due_at: Option<i64>,
        untold: bool,
    }
}

from_row! {
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
