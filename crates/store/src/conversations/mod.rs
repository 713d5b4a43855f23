//! Conversations as actors: claimed when due, settled under the claim's epoch.

mod claim;
mod settle;

use uuid::Uuid;
use warta_core::identity::{Bsuid, Identity};
use warta_core::ids::{ChannelId, ConversationId, MessageId, OrganizationId};
use warta_core::message::OutboundContent;
use warta_core::phone::Phone;
use warta_core::session::State;
use warta_core::time::Timestamp;

#[cfg(test)]
pub(crate) use self::claim::HEAD;
pub use self::claim::{ClaimedConversation, InboundHead};
#[cfg(test)]
pub(crate) use self::settle::NEXT_DUE;
pub use self::settle::{ConversationOutcome, HeadOutcome};
use crate::db::{from_row, read};
use crate::error::Error;
use crate::scope::Scope;
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
    /// Until when the agent is paused here; a time in the past means that it has gone on since then.
    pub paused_until: Option<Timestamp>,
}

/// The agent's last messages; of those of the last two minutes no more are needed to see a loop.
pub(crate) const SAID: &str = "
    SELECT created_at, content FROM message
    WHERE organization_id = $1 AND conversation_id = $2 AND direction = 'outbound' AND notification = FALSE
      AND silent_since IS NULL AND created_at > $3
    ORDER BY id DESC LIMIT 120";

/// How far what we said in a conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departures {
    /// When our last answer or question left.
    pub last: Option<Timestamp>,
    /// Whether an answer or a question waits to be sent.
    pub waiting: bool,
}

/// Of the last messages: an older one cannot have left later or still wait.
pub(crate) const DEPARTURES: &str = "
    SELECT sent_at, status IN ('queued', 'dispatching', 'uncertain') AND next_attempt_at IS NOT NULL FROM message
    WHERE organization_id = $1 AND conversation_id = $2 AND direction = 'outbound' AND notification = FALSE
    ORDER BY id DESC LIMIT 60";

pub(crate) const OFFERED: &str = "
    SELECT content FROM message
    WHERE organization_id = $1 AND conversation_id = $2 AND id < $3 AND direction = 'outbound'
      AND kind IN ('buttons', 'list') AND created_at > $4
    ORDER BY id DESC LIMIT 1";

impl Store {
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
              session_due, end_asked, paused_until
            FROM conversation WHERE organization_id = $1 AND id = $2";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(id.uuid())
            .fetch_optional(pool).await?);
        row.map(Row::conversation).transpose()
    }

    /// What the agent has said in a conversation since a time, the newest first. Questions about the session and notifications do
    /// not count.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn said(
        &self,
        organization: OrganizationId,
        conversation: ConversationId,
        since: Timestamp,
    ) -> Result<Vec<(Timestamp, String)>, Error> {
        let rows: Vec<(i64, String)> = read!(self, pool => sqlx::query_as(SAID).bind(organization.uuid())
            .bind(conversation.uuid()).bind(since.as_millis()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(at, said)| (Timestamp::from_millis(at), said)).collect())
    }

    /// How far what we said in a conversation has come. Notifications do not count.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn departures(
        &self,
        organization: OrganizationId,
        conversation: ConversationId,
    ) -> Result<Departures, Error> {
        let rows: Vec<(Option<i64>, bool)> = read!(self, pool => sqlx::query_as(DEPARTURES)
            .bind(organization.uuid()).bind(conversation.uuid()).fetch_all(pool).await?);
        let last = rows.iter().filter_map(|(sent_at, _)| *sent_at).max().map(Timestamp::from_millis);
        Ok(Departures { last, waiting: rows.iter().any(|(_, waiting)| *waiting) })
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
}

from_row! {
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
        paused_until: Option<i64>,
    }
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
            paused_until: self.paused_until.map(Timestamp::from_millis),
        })
    }
}

/// The identity that these columns hold.
pub(crate) fn identity(bsuid: Option<&str>, phone: Option<&str>) -> Option<Identity> {
    let bsuid: Option<Bsuid> = bsuid.map(str::parse).transpose().ok()?;
    let phone: Option<Phone> = phone.map(str::parse).transpose().ok()?;
    Identity::new(bsuid, phone)
}
