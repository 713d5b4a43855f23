//! Messages as they are read: lists, one, and what happened to it.

use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::Environment;
use warta_core::checkup::LOOPBACK;
use warta_core::delivery::{Failure, InboundStatus, Status};
use warta_core::ids::{ChannelId, ConversationId, MessageId};
use warta_core::json;
use warta_core::message::{Context, Direction, InboundContent, OutboundContent};
use warta_core::time::Timestamp;

use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// A message.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// On which channel.
    pub channel: ChannelId,
    /// In which environment.
    pub environment: Environment,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What it says, which way, and how far it has come.
    pub content: Content,
    /// The provider's id of it.
    pub provider_id: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether the user may have got it twice.
    pub possible_duplicate: bool,
    /// Why it did not work.
    pub failure: Option<Failure>,
    /// When it was sent, by the provider's clock.
    pub sent_at: Option<Timestamp>,
    /// When it came in, or was asked for.
    pub created_at: Timestamp,
}

/// What a message says, which way it goes, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a page holds a hundred of them at the most, all alive for one answer"
)]
pub enum Content {
    /// From the user.
    Inbound {
        /// What it says.
        content: InboundContent,
        /// What it refers to.
        context: Context,
        /// How far it has come.
        status: InboundStatus,
    },
    /// To the user.
    Outbound {
        /// What it says.
        content: OutboundContent,
        /// How far it has come.
        status: Status,
    },
}

impl Content {
    /// Which way it goes.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        match self {
            Self::Inbound { .. } => Direction::Inbound,
            Self::Outbound { .. } => Direction::Outbound,
        }
    }

    /// The word for how far it has come.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Inbound { status, .. } => status.as_str(),
            Self::Outbound { status, .. } => status.as_str(),
        }
    }

    /// The kind of content.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Inbound { content, .. } => content.kind(),
            Self::Outbound { content, .. } => content.kind(),
        }
    }
}

/// Which messages.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// Only of this channel.
    pub channel: Option<ChannelId>,
    /// Only this way.
    pub direction: Option<Direction>,
    /// Only in one of these states; empty for any.
    pub statuses: Vec<String>,
    /// Only of this conversation.
    pub conversation: Option<ConversationId>,
    /// Only with this id of the provider's. Takes a channel.
    pub provider_id: Option<String>,
    /// Only older than this one.
    pub before: Option<MessageId>,
    /// How many at the most.
    pub limit: u32,
}

/// A part of a list, the newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The messages.
    pub messages: Vec<MessageRow>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// Something that happened to a message.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEvent {
    /// What: `status` (the provider said so), `agent` (an attempt to reach it), `send` (an attempt to send), `replay`.
    pub kind: String,
    /// The state the message was in then, or the provider's word.
    pub status: String,
    /// When we learnt it.
    pub at: Timestamp,
    /// When it happened, by the provider's clock.
    pub provider_at: Option<Timestamp>,
    /// What else is known. An object.
    pub detail: Value,
}

/// A page, in four texts, so that each walks the index made for it and stops at the page's end.
macro_rules! page_sql {
    ($place:literal) => {
        concat!(
            "SELECT m.id, m.notification, m.channel_id, h.environment, m.conversation_id, m.direction, m.content, m.context,
               m.provider_id, m.reply_to, m.status, m.failure, m.attempts, m.possible_duplicate, m.sent_at, m.created_at
             FROM message m JOIN channel h ON h.organization_id = m.organization_id AND h.id = m.channel_id
             WHERE m.organization_id = $1 AND m.id < $2
               AND (CAST($3 AS TEXT) IS NULL OR m.direction = $3)
               AND (CAST($4 AS TEXT) IS NULL OR $4 LIKE '% ' || m.status || ' %')",
            $place,
            " ORDER BY m.id DESC LIMIT $5"
        )
    };
}
pub(crate) const PAGE: &str = page_sql!("");
pub(crate) const PAGE_OF_CHANNEL: &str = page_sql!(" AND m.channel_id = $6");
pub(crate) const PAGE_OF_CONVERSATION: &str = page_sql!(" AND m.conversation_id = $6");
const PAGE_OF_BOTH: &str = page_sql!(" AND m.channel_id = $6 AND m.conversation_id = $7");
pub(crate) const PAGE_OF_PROVIDER_ID: &str = page_sql!(" AND m.channel_id = $6 AND m.provider_id = $7");

/// Our id of a message of the provider's.
const OURS: &str = "
    SELECT id, notification FROM message WHERE organization_id = $1 AND channel_id = $2 AND provider_id = $3";

pub(crate) const DEAD_LETTERS: &str = "
    SELECT m.id, m.notification, m.channel_id, h.environment, m.conversation_id, m.direction, m.content, m.context,
      m.provider_id, m.reply_to, m.status, m.failure, m.attempts, m.possible_duplicate, m.sent_at, m.created_at
    FROM message m JOIN channel h ON h.organization_id = m.organization_id AND h.id = m.channel_id
    WHERE m.organization_id = $1 AND m.direction = 'inbound' AND m.status = 'dead'
      AND m.provider_id NOT LIKE $3 ORDER BY m.id DESC LIMIT $2";

pub(crate) const TIMELINE: &str = "
    SELECT kind, status, at, provider_at, detail FROM message_event
    WHERE organization_id = $1 AND message_id = $2 ORDER BY id";

/// The id of a row.
pub(crate) const fn id(uuid: Uuid, notification: bool) -> MessageId {
    if notification { MessageId::notification(uuid) } else { MessageId::message(uuid) }
}

impl Store {
    /// A page of messages.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn messages(&self, scope: Scope, filter: &MessageFilter) -> Result<Page, Error> {
        let before = filter.before.map_or(Uuid::max(), MessageId::uuid);
        let direction = filter.direction.map(Direction::as_str);
        let statuses = (!filter.statuses.is_empty()).then(|| format!(" {} ", filter.statuses.join(" ")));
        let limit = i64::from(filter.limit) + 1;
        macro_rules! rows {
            ($sql:expr $(, $more:expr)*) => {
                read!(self, pool => sqlx::query_as::<_, Row>($sql).bind(scope.uuid()).bind(before).bind(direction)
                    .bind(statuses.as_deref()).bind(limit) $(.bind($more))* .fetch_all(pool).await?)
            };
        }
        let conversation = filter.conversation.map(ConversationId::uuid);
        let mut rows = match (filter.channel.map(ChannelId::uuid), &filter.provider_id, conversation) {
            (Some(channel), Some(provider_id), _) => rows!(PAGE_OF_PROVIDER_ID, channel, provider_id),
            (None, _, None) => rows!(PAGE),
            (Some(channel), None, None) => rows!(PAGE_OF_CHANNEL, channel),
            (Some(channel), None, Some(conversation)) => rows!(PAGE_OF_BOTH, channel, conversation),
            (None, _, Some(conversation)) => rows!(PAGE_OF_CONVERSATION, conversation),
        };
        rows.retain(|row| conversation.is_none_or(|wanted| wanted == row.conversation_id));
        let wanted = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > wanted;
        let messages: Result<Vec<_>, _> = rows.into_iter().take(wanted).map(Row::message).collect();
        let messages = messages?.into_iter().map(|message| self.with_our_ids(scope, message));
        Ok(Page { messages: futures_util::future::try_join_all(messages).await?, has_more })
    }

    /// One message.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn message(&self, scope: Scope, id: MessageId) -> Result<Option<MessageRow>, Error> {
        const SQL: &str = "
            SELECT m.id, m.notification, m.channel_id, h.environment, m.conversation_id, m.direction, m.content, m.context,
              m.provider_id, m.reply_to, m.status, m.failure, m.attempts, m.possible_duplicate, m.sent_at, m.created_at
            FROM message m JOIN channel h ON h.organization_id = m.organization_id AND h.id = m.channel_id
            WHERE m.organization_id = $1 AND m.id = $2 AND m.notification = $3";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(id.uuid())
            .bind(id.is_notification()).fetch_optional(pool).await?);
        match row {
            Some(row) => self.with_our_ids(scope, row.message()?).await.map(Some),
            None => Ok(None),
        }
    }

    /// Names by our id what a message quotes, reacts to, changes or deletes, where we know it.
    async fn with_our_ids(&self, scope: Scope, mut message: MessageRow) -> Result<MessageRow, Error> {
        let Content::Inbound { content, context, .. } = &mut message.content else { return Ok(message) };
        self.name_ours(scope.uuid(), message.channel, content).await?;
        if let Some(quoted) = &context.reply_to {
            message.reply_to = self.our_id(scope.uuid(), message.channel, quoted).await?;
        }
        Ok(message)
    }

    /// Puts our id in place of the provider's, where the content is about a message that we know.
    pub(crate) async fn name_ours(
        &self,
        organization: Uuid,
        channel: ChannelId,
        content: &mut InboundContent,
    ) -> Result<(), Error> {
        if let Some(about) = content.about()
            && let Some(ours) = self.our_id(organization, channel, about).await?
        {
            *about = ours.to_string();
        }
        Ok(())
    }

    /// Our id of a message of the provider's, if we know it.
    pub(crate) async fn our_id(
        &self,
        organization: Uuid,
        channel: ChannelId,
        provider_id: &str,
    ) -> Result<Option<MessageId>, Error> {
        let row: Option<(Uuid, bool)> = read!(self, pool => sqlx::query_as(OURS).bind(organization)
            .bind(channel.uuid()).bind(provider_id).fetch_optional(pool).await?);
        Ok(row.map(|(uuid, notification)| id(uuid, notification)))
    }

    /// What happened to a message, the first first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn timeline(&self, scope: Scope, id: MessageId) -> Result<Vec<TimelineEvent>, Error> {
        type EventRow = (String, String, i64, Option<i64>, Option<String>);
        let rows: Vec<EventRow> = read!(self, pool => sqlx::query_as(TIMELINE).bind(scope.uuid()).bind(id.uuid()).fetch_all(pool).await?);
        let event = |(kind, status, at, provider_at, detail): EventRow| TimelineEvent {
            kind,
            status,
            at: Timestamp::from_millis(at),
            provider_at: provider_at.map(Timestamp::from_millis),
            detail: detail.and_then(|detail| serde_json::from_str(&detail).ok()).unwrap_or(Value::Null),
        };
        Ok(rows.into_iter().map(event).collect())
    }

    /// Messages that were given up on the way to their agent, the newest first; at most `limit`.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn dead_letters(&self, scope: Scope, limit: u32) -> Result<Vec<MessageRow>, Error> {
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(DEAD_LETTERS).bind(scope.uuid()).bind(i64::from(limit))
            .bind(format!("{LOOPBACK}%")).fetch_all(pool).await?);
        rows.into_iter().map(Row::message).collect()
    }
}

/// Something that happened, to be recorded.
#[derive(Clone, Copy)]
pub(crate) struct NewEvent<'a> {
    pub(crate) message: MessageId,
    pub(crate) kind: &'static str,
    pub(crate) status: &'a str,
    pub(crate) failure: Option<&'a Failure>,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) at: Timestamp,
}

impl NewEvent<'_> {
    pub(crate) const fn of(message: MessageId, at: Timestamp) -> Self {
        Self { message, kind: "", status: "", failure: None, duration_ms: None, at }
    }
}

/// The failure that the detail of an event tells of, in JSON.
pub(crate) fn failure_of(detail: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    detail.get("error").map(Value::to_string)
}

/// Records what happened to a message.
pub(crate) async fn record(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    event: NewEvent<'_>,
) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO message_event (organization_id, channel_id, message_id, kind, status, code, at, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let code = event.failure.map_or("", |failure| failure.code.as_str());
    let mut detail = serde_json::Map::new();
    if let Some(duration) = event.duration_ms {
        detail.insert("duration_ms".to_owned(), duration.into());
    }
    if let Some(failure) = event.failure {
        detail.insert("error".to_owned(), json::value(failure));
    }
    let detail = (!detail.is_empty()).then(|| Value::Object(detail).to_string());
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(channel).bind(event.message.uuid()).bind(event.kind)
        .bind(event.status).bind(code).bind(event.at.as_millis()).bind(detail).execute(c).await?.rows_affected());
    Ok(())
}

from_row! {
    struct Row {
        id: Uuid,
        notification: bool,
        channel_id: Uuid,
        environment: String,
        conversation_id: Uuid,
        direction: String,
        content: String,
        context: Option<String>,
        provider_id: Option<String>,
        reply_to: Option<Uuid>,
        status: String,
        failure: Option<String>,
        attempts: i64,
        possible_duplicate: bool,
        sent_at: Option<i64>,
        created_at: i64,
    }
}

impl Row {
    fn message(self) -> Result<MessageRow, Error> {
        let id = id(self.id, self.notification);
        let corrupt = |column| Error::Corrupt { table: "message", column, id: id.to_string() };
        let content = match self.direction.parse().map_err(|_| corrupt("direction"))? {
            Direction::Inbound => Content::Inbound {
                content: serde_json::from_str(&self.content).map_err(|_| corrupt("content"))?,
                context: match &self.context {
                    Some(context) => serde_json::from_str(context).map_err(|_| corrupt("context"))?,
                    None => Context::default(),
                },
                status: self.status.parse().map_err(|_| corrupt("status"))?,
            },
            Direction::Outbound => Content::Outbound {
                content: serde_json::from_str(&self.content).map_err(|_| corrupt("content"))?,
                status: self.status.parse().map_err(|_| corrupt("status"))?,
            },
        };
        let failure = self.failure.as_deref().map(serde_json::from_str).transpose();
        Ok(MessageRow {
            id,
            channel: ChannelId::from_uuid(self.channel_id),
            environment: self.environment.parse().map_err(|_| corrupt("environment"))?,
            conversation: ConversationId::from_uuid(self.conversation_id),
            content,
            provider_id: self.provider_id,
            reply_to: self.reply_to.map(MessageId::message),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            possible_duplicate: self.possible_duplicate,
            failure: failure.map_err(|_| corrupt("failure"))?,
            sent_at: self.sent_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}
