//! Numbers as actors: claimed when something waits to be sent, settled under the claim's epoch.

use std::time::Duration;

use uuid::Uuid;
use warta_core::delivery::{self, Failure, Status};
use warta_core::identity::Identity;
use warta_core::ids::{ChannelId, ConversationId, MessageId, OrganizationId};
use warta_core::json;
use warta_core::message::OutboundContent;
use warta_core::policy::retry;
use warta_core::time::Timestamp;

use crate::conversations::identity;
use crate::db::{Tx, from_row, on, on_each, read};
use crate::error::Error;
use crate::messages::{self, NewEvent};
use crate::store::Store;
use crate::wake::Actor;

/// The longest time that what follows a file in the same answer waits for the file's first status.
const MEDIA_LEAD: Duration = Duration::from_secs(10);

/// A number that is ours to send for until the lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedNumber {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The channel it belongs to.
    pub channel: ChannelId,
    /// Fences every write of this claim.
    pub epoch: i64,
    /// How long it is ours, from the last write of it.
    pub lease: Duration,
}

/// A message that may be sent.
#[derive(Debug, Clone)]
pub struct OutboundHead {
    /// Its id.
    pub id: MessageId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// To whom.
    pub to: Identity,
    /// The name they show.
    pub name: Option<String>,
    /// The provider's room of the conversation, where it has rooms.
    pub room: Option<String>,
    /// What. A reaction names the message by the provider's id.
    pub content: OutboundContent,
    /// The provider's id of the message it answers.
    pub reply_to_provider_id: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it was sent before without our learning what became of it.
    pub possible_duplicate: bool,
    /// When it is too late.
    pub expires_at: Timestamp,
    /// When the user last wrote.
    pub last_user_at: Option<Timestamp>,
    /// Of a question about the end of a session: when the user had last written.
    pub silent_since: Option<Timestamp>,
    /// Whether a file of the same answer was sent just before and has no status yet. Phones show a text that overtakes it first.
    pub behind_media: bool,
}

impl OutboundHead {
    /// Whether the user has written since, so that it must not go out any more.
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        self.silent_since.is_some_and(|since| self.last_user_at.is_some_and(|last| last > since))
    }
}

/// What became of a send.
#[derive(Debug, Clone)]
pub struct SendResult {
    /// Of which message.
    pub id: MessageId,
    /// What.
    pub kind: SendResultKind,
    /// How long it took.
    pub duration_ms: i64,
}

/// What became of a send.
#[derive(Debug, Clone)]
pub enum SendResultKind {
    /// The provider took it.
    Accepted {
        /// Under this id.
        provider_id: String,
    },
    /// The provider will never take it.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// It did not go out; again later.
    Retry {
        /// When.
        at: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// Nobody knows; a status may tell.
    Uncertain {
        /// When to send it again; never by itself where `None`.
        at: Option<Timestamp>,
        /// What happened.
        failure: Failure,
    },
    /// Too late to be sent.
    Expired {
        /// Why.
        failure: Failure,
    },
}

macro_rules! claim_sql {
    ($lock:literal) => {
        concat!(
            // Due again when the lease ends, should this worker die; what makes it due earlier shows that something came in.
            "UPDATE number SET lease_until = $1, due_at = $1, lease_owner = $2, epoch = epoch + 1
             WHERE (organization_id, channel_id) IN (
               SELECT n.organization_id, n.channel_id FROM number n
               JOIN channel h ON h.organization_id = n.organization_id AND h.id = n.channel_id AND h.state = 'live'
               WHERE n.due_at <= $3 AND n.lease_until <= $3 ORDER BY n.due_at LIMIT $4",
            $lock,
            ") RETURNING organization_id, channel_id, epoch"
        )
    };
}

/// The three words stand as in the partial index `message_outbox`, so that it is walked; which of them is meant follows.
pub(crate) const SENDABLE: &str = "
    SELECT m.id, m.notification, m.conversation_id, m.content, m.attempts, m.possible_duplicate, m.status, m.expires_at,
      m.silent_since, EXISTS (
        SELECT 1 FROM message f
        WHERE f.organization_id = m.organization_id AND f.conversation_id = m.conversation_id AND f.id < m.id
          AND f.direction = 'outbound' AND f.created_at = m.created_at AND f.status = 'accepted' AND f.sent_at > $5
          AND f.kind IN ('image', 'video', 'audio', 'document', 'sticker')) AS behind_media, c.bsuid, c.phone, c.name, c.room, c.last_user_at, r.provider_id AS reply_to_provider_id
    FROM message m
    JOIN conversation c ON c.organization_id = m.organization_id AND c.id = m.conversation_id
    LEFT JOIN message r ON r.organization_id = m.organization_id AND r.id = m.reply_to
    WHERE m.organization_id = $1 AND m.channel_id = $2 AND m.direction = 'outbound'
      AND m.status IN ('queued', 'dispatching', 'uncertain') AND m.status <> 'dispatching'
      AND m.next_attempt_at <= $3
      AND NOT EXISTS (
        SELECT 1 FROM message p
        WHERE p.organization_id = m.organization_id AND p.conversation_id = m.conversation_id
          AND p.direction = 'outbound' AND p.status IN ('queued', 'dispatching', 'uncertain')
          AND p.next_attempt_at IS NOT NULL AND p.id < m.id)
    ORDER BY m.priority, m.id LIMIT $4";

impl Store {
    /// Claims numbers that have something to send, for `lease`. What an earlier claim left on its way is uncertain from now on.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn claim_numbers(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<ClaimedNumber>, Error> {
        const SQLITE: &str = claim_sql!("");
        const POSTGRES: &str = claim_sql!(" FOR UPDATE OF n SKIP LOCKED");
        let owner = owner.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let until = now.after(lease).as_millis();
                let rows: Vec<(Uuid, Uuid, i64)> = on_each!(tx, sql = (SQLITE, POSTGRES), c => sqlx::query_as(sql)
                    .bind(until).bind(owner).bind(now.as_millis()).bind(i64::from(limit)).fetch_all(c).await?);
                let mut claims = Vec::with_capacity(rows.len());
                for (organization, channel, epoch) in rows {
                    doubt(tx, (organization, channel), now).await?;
                    claims.push(ClaimedNumber {
                        organization: OrganizationId::from_uuid(organization),
                        channel: ChannelId::from_uuid(channel),
                        epoch,
                        lease,
                    });
                }
                Ok(claims)
            })
        })
        .await
    }

    /// What may be sent for a number at `now`: of each conversation the first that has not left, replies before bulk. A message
    /// that cannot be read fails, so that it stops no other.
    ///
    /// # Errors
    ///
    /// When the database fails; [`Error::StaleLease`] when a message failed and another worker has taken over.
    pub async fn sendable(
        &self,
        claimed: ClaimedNumber,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<OutboundHead>, Error> {
        let (organization, channel) = (claimed.organization.uuid(), claimed.channel.uuid());
        loop {
            let rows: Vec<Row> = read!(self, pool => sqlx::query_as(SENDABLE).bind(organization).bind(channel)
                .bind(now.as_millis()).bind(i64::from(limit)).bind(now.before(MEDIA_LEAD).as_millis()).fetch_all(pool).await?);
            let (mut heads, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new());
            for row in rows {
                let id = messages::id(row.id, row.notification);
                match row.head() {
                    Ok(head) => heads.push(head),
                    Err(error) => unreadable.push(cannot_be_read(id, &error)),
                }
            }
            if !unreadable.is_empty() {
                // What waits behind them may go now.
                self.finish_sends(claimed, unreadable, now).await?;
                continue;
            }
            for head in &mut heads {
                if let OutboundContent::Reaction(reaction) = &mut head.content {
                    self.name_by_provider(claimed, &mut reaction.message_id).await?;
                }
            }
            return Ok(heads);
        }
    }

    /// Puts the provider's id of a message in place of ours, where `id` is one of ours.
    async fn name_by_provider(&self, claimed: ClaimedNumber, id: &mut String) -> Result<(), Error> {
        const SQL: &str = "SELECT provider_id FROM message WHERE organization_id = $1 AND id = $2";
        let Ok(ours) = id.parse::<MessageId>() else { return Ok(()) };
        let found: Option<Option<String>> = read!(self, pool => sqlx::query_scalar(SQL)
            .bind(claimed.organization.uuid()).bind(ours.uuid()).fetch_optional(pool).await?);
        if let Some(provider_id) = found.flatten() {
            *id = provider_id;
        }
        Ok(())
    }

    /// Notes that these messages are about to leave; says which may. One that a status has carried on meanwhile may not.
    ///
    /// # Errors
    ///
    /// [`Error::StaleLease`] when another worker has taken over: none may leave then.
    pub async fn begin_sends(
        &self,
        claimed: ClaimedNumber,
        ids: Vec<MessageId>,
        now: Timestamp,
    ) -> Result<Vec<MessageId>, Error> {
        const SQL: &str = "
            UPDATE message SET possible_duplicate = (possible_duplicate OR status = 'uncertain'), status = 'dispatching',
              status_rank = $3, attempts = attempts + 1
            WHERE organization_id = $1 AND id = $2 AND status IN ('queued', 'uncertain')
              AND (silent_since IS NULL OR silent_since >= (
                SELECT coalesce(c.last_user_at, 0) FROM conversation c
                WHERE c.organization_id = message.organization_id AND c.id = message.conversation_id))";
        self.write(move |tx| {
            Box::pin(async move {
                hold(tx, claimed, now).await?;
                let mut begun = Vec::with_capacity(ids.len());
                for id in ids {
                    let rows = on!(tx, c => sqlx::query(SQL).bind(claimed.organization.uuid()).bind(id.uuid())
                        .bind(i64::from(Status::Dispatching.rank())).execute(c).await?.rows_affected());
                    if rows == 1 {
                        begun.push(id);
                    }
                }
                Ok(begun)
            })
        })
        .await
    }

    /// Records what became of sends. A message that a status has carried further stays there.
    ///
    /// # Errors
    ///
    /// [`Error::StaleLease`] when another worker has taken over: nothing is written then.
    pub async fn finish_sends(
        &self,
        claimed: ClaimedNumber,
        results: Vec<SendResult>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(move |tx| {
            Box::pin(async move {
                hold(tx, claimed, now).await?;
                for result in &results {
                    finish(tx, claimed, result, now).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Keeps a claim for another lease.
    ///
    /// # Errors
    ///
    /// [`Error::StaleLease`] when another worker has taken over.
    pub async fn keep_number(&self, claimed: ClaimedNumber, now: Timestamp) -> Result<(), Error> {
        self.write(move |tx| Box::pin(async move { hold(tx, claimed, now).await })).await
    }

    /// Gives a claim back. The number is due again when its next message is, or at `wait`, if that is given, for those that may
    /// go now but must be paced.
    ///
    /// # Errors
    ///
    /// [`Error::StaleLease`] when another worker has taken over.
    pub async fn settle_number(
        &self,
        claimed: ClaimedNumber,
        now: Timestamp,
        wait: Option<Timestamp>,
    ) -> Result<(), Error> {
        // Locks the row: from here on, whoever adds a message makes the number due after us.
        const FENCE: &str = "
            UPDATE number SET lease_owner = NULL WHERE organization_id = $1 AND channel_id = $2 AND epoch = $3
            RETURNING due_at, lease_until";
        const NEXT: &str = "
            SELECT min(next_attempt_at) FROM message
            WHERE organization_id = $1 AND channel_id = $2 AND direction = 'outbound'
              AND status IN ('queued', 'dispatching', 'uncertain') AND next_attempt_at > $3";
        const SETTLE: &str = "
            UPDATE number SET due_at = $4, lease_until = 0
            WHERE organization_id = $1 AND channel_id = $2 AND epoch = $3";
        self.write(move |tx| {
            Box::pin(async move {
                let (organization, channel) = (claimed.organization.uuid(), claimed.channel.uuid());
                let row: Option<(Option<i64>, i64)> = on!(tx, c => sqlx::query_as(FENCE).bind(organization).bind(channel)
                    .bind(claimed.epoch).fetch_optional(c).await?);
                let (due_at, lease_until) = row.ok_or(Error::StaleLease)?;
                let came_in = due_at.filter(|due| *due < lease_until);
                let next: Option<i64> = on!(tx, c => sqlx::query_scalar(NEXT).bind(organization).bind(channel)
                    .bind(now.as_millis()).fetch_one(c).await?);
                let due = [came_in, next, wait.map(Timestamp::as_millis)].into_iter().flatten().min();
                on!(tx, c => sqlx::query(SETTLE).bind(organization).bind(channel).bind(claimed.epoch).bind(due)
                    .execute(c).await?.rows_affected());
                tx.due.numbers |= due.is_some();
                Ok(())
            })
        })
        .await
    }

    /// When the next such actor of a live channel is due that nobody holds.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn next_due(&self, actor: Actor) -> Result<Option<Timestamp>, Error> {
        const CONVERSATION: &str = "
            SELECT c.due_at FROM conversation c
            JOIN channel h ON h.organization_id = c.organization_id AND h.id = c.channel_id AND h.state = 'live'
            WHERE c.due_at IS NOT NULL AND c.lease_until = 0 ORDER BY c.due_at LIMIT 1";
        const NUMBER: &str = "
            SELECT n.due_at FROM number n
            JOIN channel h ON h.organization_id = n.organization_id AND h.id = n.channel_id AND h.state = 'live'
            WHERE n.due_at IS NOT NULL AND n.lease_until = 0 ORDER BY n.due_at LIMIT 1";
        let sql = match actor {
            Actor::Conversation => CONVERSATION,
            Actor::Number => NUMBER,
        };
        let due: Option<i64> = read!(self, pool => sqlx::query_scalar(sql).fetch_optional(pool).await?);
        Ok(due.map(Timestamp::from_millis))
    }
}

/// What becomes of a message whose row cannot be read. The log names the place; the message says that it was not sent.
fn cannot_be_read(id: MessageId, error: &Error) -> SendResult {
    tracing::error!(message.id = %id, %error, "a message to be sent cannot be read; it has failed");
    let failure = Failure::new("unreadable", error.to_string());
    SendResult { id, kind: SendResultKind::Failed { failure }, duration_ms: 0 }
}

/// Makes what an earlier claim left on its way uncertain: replies for a while, templates until a person decides.
async fn doubt(tx: &mut Tx, (organization, channel): (Uuid, Uuid), now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE message SET status = 'uncertain', status_rank = $3,
          next_attempt_at = CASE WHEN notification OR possible_duplicate THEN NULL ELSE $4 END
        WHERE organization_id = $1 AND channel_id = $2 AND direction = 'outbound'
          AND status IN ('queued', 'dispatching', 'uncertain') AND status = 'dispatching'
        RETURNING id, notification";
    let again = now.after(retry::UNCERTAIN_WAIT).as_millis();
    let rows: Vec<(Uuid, bool)> = on!(tx, c => sqlx::query_as(SQL).bind(organization).bind(channel)
        .bind(i64::from(Status::Uncertain.rank())).bind(again).fetch_all(c).await?);
    let failure = Failure::new("interrupted", "the gateway stopped while this was being sent");
    for (uuid, notification) in rows {
        let of = NewEvent::of(messages::id(uuid, notification), now);
        let event = NewEvent { kind: "send", status: "uncertain", failure: Some(&failure), ..of };
        messages::record(tx, (organization, channel), event).await?;
    }
    Ok(())
}

/// Makes sure that the claim is still ours, and keeps it for another lease.
async fn hold(tx: &mut Tx, claimed: ClaimedNumber, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE number SET due_at = CASE WHEN due_at >= lease_until THEN $4 ELSE due_at END, lease_until = $4
        WHERE organization_id = $1 AND channel_id = $2 AND epoch = $3 AND lease_until > 0";
    let until = now.after(claimed.lease).as_millis();
    let rows = on!(tx, c => sqlx::query(SQL).bind(claimed.organization.uuid()).bind(claimed.channel.uuid())
        .bind(claimed.epoch).bind(until).execute(c).await?.rows_affected());
    if rows == 1 { Ok(()) } else { Err(Error::StaleLease) }
}

async fn finish(
    tx: &mut Tx,
    claimed: ClaimedNumber,
    result: &SendResult,
    now: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        UPDATE message SET status = $3, status_rank = $4, next_attempt_at = $5, failure = $6
        WHERE organization_id = $1 AND id = $2 AND status IN ('queued', 'dispatching', 'uncertain')";
    let place = (claimed.organization.uuid(), claimed.channel.uuid());
    let (status, at, failure) = match &result.kind {
        SendResultKind::Accepted { provider_id } => {
            accept(tx, place, result.id, provider_id, now).await?;
            (Status::Accepted, None, None)
        }
        SendResultKind::Failed { failure } => (Status::Failed, None, Some(failure)),
        SendResultKind::Retry { at, failure } => (Status::Queued, Some(at.as_millis()), Some(failure)),
        SendResultKind::Uncertain { at, failure } => {
            (Status::Uncertain, at.map(Timestamp::as_millis), Some(failure))
        }
        SendResultKind::Expired { failure } => (Status::Expired, None, Some(failure)),
    };
    if status != Status::Accepted {
        let written = failure.map(json::text);
        on!(tx, c => sqlx::query(SQL).bind(place.0).bind(result.id.uuid()).bind(status.as_str())
            .bind(i64::from(status.rank())).bind(at).bind(written).execute(c).await?.rows_affected());
    }
    let event = NewEvent {
        kind: "send",
        status: status.as_str(),
        failure,
        duration_ms: Some(result.duration_ms),
        ..NewEvent::of(result.id, now)
    };
    messages::record(tx, place, event).await
}

/// The provider took a message: its id is known from now on, and with it whatever was said about it before.
async fn accept(
    tx: &mut Tx,
    (organization, channel): (Uuid, Uuid),
    id: MessageId,
    provider_id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    // An id that another message of the channel has already must not undo what else is recorded with this.
    const ACCEPTED: &str = "
        UPDATE message SET sent_at = coalesce(sent_at, $4), next_attempt_at = NULL,
          provider_id = coalesce(provider_id, CASE WHEN EXISTS (
            SELECT 1 FROM message o WHERE o.organization_id = $1 AND o.channel_id = $5 AND o.provider_id = $3) THEN NULL ELSE $3 END)
        WHERE organization_id = $1 AND id = $2";
    const FORWARD: &str = "
        UPDATE message SET status = $3, status_rank = $4, failure = $5
        WHERE organization_id = $1 AND id = $2 AND status_rank < $4";
    const PARKED: &str = "
        UPDATE message_event SET message_id = $4
        WHERE organization_id = $1 AND channel_id = $2 AND provider_id = $3 AND kind = 'status' AND message_id IS NULL
        RETURNING status, detail";
    on!(tx, c => sqlx::query(ACCEPTED).bind(organization).bind(id.uuid()).bind(provider_id).bind(now.as_millis())
        .bind(channel).execute(c).await?.rows_affected());
    let parked: Vec<(String, Option<String>)> = on!(tx, c => sqlx::query_as(PARKED).bind(organization).bind(channel)
        .bind(provider_id).bind(id.uuid()).fetch_all(c).await?);
    let (mut furthest, mut failure) = (Status::Accepted, None);
    for (status, detail) in parked {
        let Ok(status) = status.parse::<Status>() else { continue };
        if delivery::merge(furthest, status) != furthest {
            (furthest, failure) = (status, detail.as_deref().and_then(messages::failure_of));
        }
    }
    on!(tx, c => sqlx::query(FORWARD).bind(organization).bind(id.uuid()).bind(furthest.as_str())
        .bind(i64::from(furthest.rank())).bind(failure).execute(c).await?.rows_affected());
    Ok(())
}

from_row! {
    struct Row {
        id: Uuid,
        notification: bool,
        conversation_id: Uuid,
        content: String,
        attempts: i64,
        possible_duplicate: bool,
        status: String,
        expires_at: Option<i64>,
        silent_since: Option<i64>,
        behind_media: bool,
        bsuid: Option<String>,
        phone: Option<String>,
        name: Option<String>,
        room: Option<String>,
        last_user_at: Option<i64>,
        reply_to_provider_id: Option<String>,
    }
}

impl Row {
    fn head(self) -> Result<OutboundHead, Error> {
        let id = messages::id(self.id, self.notification);
        let corrupt = |table, column| Error::Corrupt { table, column, id: id.to_string() };
        Ok(OutboundHead {
            id,
            conversation: ConversationId::from_uuid(self.conversation_id),
            to: identity(self.bsuid.as_deref(), self.phone.as_deref())
                .ok_or_else(|| corrupt("conversation", "phone"))?,
            name: self.name,
            room: self.room,
            content: serde_json::from_str(&self.content).map_err(|_| corrupt("message", "content"))?,
            reply_to_provider_id: self.reply_to_provider_id,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            possible_duplicate: self.possible_duplicate || self.status == "uncertain",
            expires_at: Timestamp::from_millis(self.expires_at.unwrap_or(i64::MAX)),
            last_user_at: self.last_user_at.map(Timestamp::from_millis),
            silent_since: self.silent_since.map(Timestamp::from_millis),
            behind_media: self.behind_media,
        })
    }
}
