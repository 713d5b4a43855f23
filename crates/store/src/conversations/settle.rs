//! Settling: what a claim came to, written under its epoch, and when the conversation is due next.

use uuid::Uuid;
use warta_core::delivery::Failure;
use warta_core::ids::{ChannelId, ConversationId, MessageId, OrganizationId};
use warta_core::json;
use warta_core::session::State;
use warta_core::time::Timestamp;

use crate::db::{Tx, on, on_each};
use crate::error::Error;
use crate::messages::{self, NewEvent};
use crate::outbound::{self, NewOutbound};
use crate::scope::Scope;
use crate::sessions::{self, NewSessionEvent, Told};
use crate::store::Store;

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
    /// The agent is paused here until then.
    pub pause_until: Option<Timestamp>,
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
        /// What the agent answered that the user does not get. The first is kept as the message's failure, each in its timeline.
        warnings: Vec<Failure>,
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

impl HeadOutcome {
    /// The message needed no agent.
    #[must_use]
    pub const fn taken(message: MessageId) -> Self {
        Self::Delivered { message, duration_ms: 0, warnings: Vec::new() }
    }
}

/// When a conversation is due next: at once for an end that was asked for; else at its next message, or where none waits when its
/// session wants to be woken, not before `$3`; or at the next event for the agent, whichever is earlier.
macro_rules! next_due {
    ($least:literal) => {
        concat!(
            "UPDATE conversation SET due_at = CASE WHEN end_asked THEN 0 ELSE nullif(",
            $least,
            "(
               coalesce((
                 SELECT CASE WHEN m.next_attempt_at < conversation.paused_until THEN conversation.paused_until
                   ELSE m.next_attempt_at END FROM message m
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
    /// Records what a claim came to, and gives the claim back. The conversation is due again when its next message is.
    ///
    /// # Errors
    ///
    /// [`Error::StaleLease`] when another worker has taken over: nothing is written then.
    pub async fn settle_conversation(&self, outcome: ConversationOutcome) -> Result<(), Error> {
        const FENCE: &str = "
            UPDATE conversation SET session = $4, session_due = $5, end_asked = (end_asked AND NOT $6), lease_until = 0,
              lease_owner = NULL, paused_until = coalesce($7, paused_until)
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
                let session = json::text(&outcome.session);
                let fenced = on!(tx, c => sqlx::query(FENCE).bind(place.0).bind(id).bind(outcome.epoch).bind(session)
                    .bind(outcome.session_due.map(Timestamp::as_millis)).bind(outcome.end_taken)
                    .bind(outcome.pause_until.map(Timestamp::as_millis)).execute(c).await?.rows_affected());
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
        HeadOutcome::Delivered { message, duration_ms, warnings } => {
            (message, "delivered", None, warnings.first(), *duration_ms)
        }
        HeadOutcome::Retry { message, at, failure, duration_ms } => {
            (message, "received", Some(at.as_millis()), Some(failure), *duration_ms)
        }
        HeadOutcome::Dead { message, failure, duration_ms } => {
            (message, "dead", None, Some(failure), *duration_ms)
        }
    };
    let written = failure.map(json::text);
    on!(tx, c => sqlx::query(SQL).bind(place.0).bind(message.uuid()).bind(status).bind(at).bind(written).execute(c)
        .await?.rows_affected());
    let of = NewEvent::of(*message, now);
    let warnings = if let HeadOutcome::Delivered { warnings, .. } = head { warnings.as_slice() } else { &[] };
    let event = NewEvent {
        kind: "agent",
        status,
        failure: failure.filter(|_| warnings.is_empty()),
        duration_ms: Some(duration_ms),
        ..of
    };
    messages::record(tx, place, event).await?;
    for warning in warnings {
        let event = NewEvent { kind: "answer", status: "unsent", failure: Some(warning), ..of };
        messages::record(tx, place, event).await?;
    }
    Ok(())
}
