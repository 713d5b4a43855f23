//! Stage 2: the next message of a conversation goes to its agent, and the answer becomes replies.
//!
//! Takes: a claimed conversation. Does: steps the session, calls the agent, reads its answer.
//! Writes: what became of the message, the replies, the session and when the conversation is due again, in one transaction
//! fenced by the claim's epoch. Wakes: the number, when there are replies.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::RETRY_AFTER;
use warta_core::channel::Account;
use warta_core::delivery::Failure;
use warta_core::ids::{EventId, SessionId};
use warta_core::message::InboundContent;
use warta_core::policy::retry;
use warta_core::session::{Asked, Event, State};
use warta_core::time::Timestamp;
use warta_protocol::agent;
use warta_protocol::fallback;
use warta_protocol::read_receipt::ReadReceipt;
use warta_store::{
    ClaimedConversation, ConversationOutcome, Deployment, HeadOutcome, InboundHead, NewOutbound,
    SessionEvent, Told,
};

use crate::app::App;
use crate::directory::{self, Line};
use crate::egress;
use crate::flow::outbound;
use crate::flow::session::{self, Turn};

/// How long choices are remembered that were sent as text, in milliseconds: as long as the window they were sent in.
const OFFER: i64 = 24 * 3_600_000;

/// Why a claim could not be carried through. The lease then ends by itself and the conversation is claimed again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
    /// The channel or its agent could not be read.
    #[error(transparent)]
    Directory(#[from] directory::Error),
}

/// Carries one claim through.
///
/// # Errors
///
/// When the store fails or the claim is no longer ours.
pub async fn run(app: &Arc<App>, claimed: ClaimedConversation) -> Result<(), Error> {
    let now = app.now();
    let Some(line) = app.directory.line(&app.store, claimed.channel, now).await? else {
        let mut outcome = outcome(app, &claimed);
        outcome.session_due = claimed.session_due;
        return settle(app, outcome).await;
    };
    let mut turn = Turn::new(app, &line, &claimed);
    if let Some(event) = claimed.event.as_ref().filter(|event| event.next_attempt_at <= now) {
        return tell(app, &line, &claimed, event).await;
    }
    if let Some(head) = claimed.head.as_ref().filter(|head| head.next_attempt_at <= now) {
        return hand_over(app, &line, &claimed, turn, head).await;
    }
    // After what the user has written: else the end would come first, and their words would start another session. A message that
    // waits for an agent which is not there holds it up no longer.
    if claimed.end_asked {
        turn.step(Event::OperatorEnded, now).await?;
        let outcome = ConversationOutcome { end_taken: true, ..after(&turn) };
        return settle(app, outcome).await;
    }
    match claimed.session_due.filter(|due| *due <= now && claimed.head.is_none()) {
        Some(armed_for) => {
            if let Some(turn_at) = waits_for(app, &claimed, now.since(armed_for), now) {
                return settle(
                    app,
                    ConversationOutcome {
                        wait_until: Some(turn_at),
                        session_due: Some(armed_for),
                        ..outcome(app, &claimed)
                    },
                )
                .await;
            }
            turn.step(Event::Timer { armed_for }, now).await?;
            settle(app, ConversationOutcome { woken: true, ..after(&turn) }).await
        }
        None => settle(app, after(&turn)).await,
    }
}

/// How late a session is woken in ordinary operation at most; later, it waits for its turn among the others.
const LATE: Duration = Duration::from_secs(5);

/// When a session that is woken this late has its turn, where that is not now.
fn waits_for(app: &App, claimed: &ClaimedConversation, late: Duration, now: Timestamp) -> Option<Timestamp> {
    if late <= LATE || claimed.waited {
        return None;
    }
    let turn = app.memory.paces.overdue_turn(claimed.channel, app.settings.messages_per_second, now);
    Some(turn).filter(|turn| *turn > now)
}

/// Hands the message at the head to the agent, or takes it as the answer to a question about the session.
async fn hand_over(
    app: &Arc<App>,
    line: &Arc<Line>,
    claimed: &ClaimedConversation,
    mut turn: Turn<'_>,
    head: &InboundHead,
) -> Result<(), Error> {
    let now = app.now();
    if !head.content.is_from_user() {
        // WhatsApp's own notices change who the user is, which the store has done; there is nothing to answer.
        let head = HeadOutcome::Delivered { message: head.id, duration_ms: 0 };
        return settle(app, ConversationOutcome { head, ..after(&turn) }).await;
    }
    if head.attempts == 0 && !claimed.user.identity.is_nobody() {
        show_as_read(app, line, head, claimed.user.room.as_deref());
    }
    let chosen = chosen(app, line, claimed, head).await;
    let content = chosen.as_ref().ok().and_then(Option::as_ref).unwrap_or(&head.content);
    if let Some(answer) = turn.answer(head, content).await? {
        turn.step(answer, now).await?;
        let head = HeadOutcome::Delivered { message: head.id, duration_ms: 0 };
        return settle(app, ConversationOutcome { head, ..after(&turn) }).await;
    }
    // It counted when it was tried first: where its session was ended since, it starts no other.
    if head.attempts == 0 || turn.state.open().is_some() {
        let starts = SessionId::started_by(head.id);
        turn.step(Event::UserMessage { starts, at: head.sent_at }, now).await?;
    }
    let started = app.now();
    let answer = match (chosen, app.directory.deployment(&app.store, &line.channel, now).await?) {
        (Ok(chosen), Some(deployment)) => {
            let content = chosen.as_ref().unwrap_or(&head.content);
            ask(app, line, &deployment, claimed, &turn.state, (head, content)).await
        }
        (Err(unread), Some(_)) => Err(unread),
        (_, None) => {
            Err(Unanswered::new("agent_missing", "the agent has no deployment for this environment"))
        }
    };
    let now = app.now();
    let duration_ms = millis(now.since(started));
    match answer {
        Ok(reply) => {
            metrics::counter!("warta_agent_delivery_total", "result" => "delivered").increment(1);
            let replies = new_replies(app, claimed, head, reply.replies, now);
            if !replies.is_empty() {
                turn.step(Event::AgentReplied, now).await?;
            }
            if reply.end_session {
                turn.step(Event::AgentEnded, now).await?;
            }
            let head = HeadOutcome::Delivered { message: head.id, duration_ms };
            let mut outcome = after(&turn);
            outcome.head = head;
            // The agent's own words come first.
            outcome.replies.splice(0..0, replies);
            settle(app, outcome).await
        }
        Err(unanswered) => {
            let head = if claimed.user.identity.is_nobody() {
                // A loop-back test shows how things are now.
                HeadOutcome::Dead { message: head.id, failure: unanswered.failure, duration_ms }
            } else {
                unanswered.outcome(head, now, app.minter.fraction(), duration_ms)
            };
            settle(app, ConversationOutcome { head, ..after(&turn) }).await
        }
    }
}

/// Tells the agent what happened to the session. Nobody waits for it: what is said in answer is not sent.
async fn tell(
    app: &Arc<App>,
    line: &Line,
    claimed: &ClaimedConversation,
    event: &SessionEvent,
) -> Result<(), Error> {
    let body = session::told(line, claimed, event);
    let answer = match app.directory.deployment(&app.store, &line.channel, app.now()).await? {
        Some(deployment) => call(app, &deployment, event.event.id, body).await.map(drop),
        None => Err(Unanswered::new("agent_missing", "the agent has no deployment for this environment")),
    };
    let now = app.now();
    let attempts = event.attempts.saturating_add(1);
    let told = match answer {
        Ok(()) => Told { id: event.event.id, again: None, delivered: true },
        Err(unanswered) => {
            let pause = retry::agent(attempts, unanswered.asked, app.minter.fraction());
            let again = pause.map(|pause| now.after(pause));
            if again.is_none() {
                let (id, code) = (event.event.id, unanswered.failure.code);
                tracing::error!(event.id = %id, code, "the agent is never told what happened to a session; its history tells");
            }
            Told { id: event.event.id, again, delivered: false }
        }
    };
    let turn = Turn::new(app, line, claimed);
    settle(app, ConversationOutcome { told: Some(told), ..after(&turn) }).await
}

/// Why the agent did not take a message.
struct Unanswered {
    failure: Failure,
    asked: Option<Duration>,
}

impl Unanswered {
    fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { failure: Failure::new(code, detail), asked: None }
    }

    fn outcome(self, head: &InboundHead, now: Timestamp, jitter: f64, duration_ms: i64) -> HeadOutcome {
        let attempts = head.attempts.saturating_add(1);
        let (message, failure) = (head.id, self.failure);
        if let Some(pause) = retry::agent(attempts, self.asked, jitter) {
            metrics::counter!("warta_agent_delivery_total", "result" => "retry").increment(1);
            return HeadOutcome::Retry { message, at: now.after(pause), failure, duration_ms };
        }
        metrics::counter!("warta_agent_delivery_total", "result" => "dead").increment(1);
        tracing::error!(message.id = %message, code = failure.code, "a message is given up; it can be replayed");
        HeadOutcome::Dead { message, failure, duration_ms }
    }
}

async fn ask(
    app: &App,
    line: &Line,
    deployment: &Deployment,
    claimed: &ClaimedConversation,
    state: &State,
    (head, content): (&InboundHead, &InboundContent),
) -> Result<agent::reply::Reply, Unanswered> {
    let event = event(app, line, claimed, state, (head, content));
    let answer = call(app, deployment, EventId::of_message(head.id), event).await?;
    let reply = agent::reply::read(answer.status, &answer.body)
        .map_err(|fault| Unanswered::new("agent_answer_unreadable", fault.to_string()))?;
    for fault in &reply.faults {
        metrics::counter!("warta_agent_replies_dropped_total").increment(1);
        tracing::warn!(message.id = %head.id, pointer = fault.pointer, detail = fault.detail, "a reply of the agent is left out");
    }
    Ok(reply)
}

/// Calls the agent with a signed event. Anything but a 2xx is no answer.
async fn call(
    app: &App,
    deployment: &Deployment,
    id: EventId,
    event: Vec<u8>,
) -> Result<egress::Answer, Unanswered> {
    let secrets = std::slice::from_ref(&deployment.secret);
    let headers = agent::sign::headers(id, app.now(), &event, secrets)
        .map_err(|fault| Unanswered::new("agent_secret_unusable", fault.to_string()))?;
    let answer = app
        .egress
        .call(Method::POST, &deployment.url, headers, Bytes::from(event), app.settings.agent_timeout)
        .await
        .map_err(|error| {
            Unanswered::new("agent_unreachable", format!("the agent did not answer: {error}"))
        })?;
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    let asked = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let detail = format!("the agent answered {}", answer.status);
    Err(Unanswered { failure: Failure::new("agent_refused", detail), asked: asked.map(Duration::from_secs) })
}

/// What the user chose, where choices come back as text: of the buttons or list they were last offered.
async fn chosen(
    app: &App,
    line: &Line,
    claimed: &ClaimedConversation,
    head: &InboundHead,
) -> Result<Option<InboundContent>, Unanswered> {
    let InboundContent::Text(text) = &head.content else { return Ok(None) };
    if !line.provider.choices_may_be_text() {
        return Ok(None);
    }
    let since = Timestamp::from_millis(head.received_at.as_millis() - OFFER);
    let offered = app.store.offered(claimed.organization, claimed.conversation, head.id, since).await;
    match offered {
        Ok(offered) => Ok(offered.and_then(|offered| fallback::chosen(&offered, &text.body))),
        Err(error) => {
            Err(Unanswered::new("not_readable", format!("what was offered cannot be read: {error}")))
        }
    }
}

/// The `message.received` event. It is the same on every attempt but for the time of the attempt.
fn event(
    app: &App,
    line: &Line,
    claimed: &ClaimedConversation,
    state: &State,
    (head, content): (&InboundHead, &InboundContent),
) -> Vec<u8> {
    let channel = &line.channel;
    let session = match state {
        State::Active(open) | State::AskedMore(Asked { open, .. }) | State::AskedEnd(Asked { open, .. }) => {
            agent::event::Session { id: open.id, state: state.name(), started_at: open.started_at }
        }
        // A message that comes in again after the session it belongs to has ended.
        State::Ended { id, ended_at, .. } => {
            agent::event::Session { id: *id, state: state.name(), started_at: *ended_at }
        }
        State::None => agent::event::Session {
            id: SessionId::started_by(head.id),
            state: state.name(),
            started_at: head.sent_at,
        },
    };
    agent::event::received(&agent::event::Received {
        id: EventId::of_message(head.id),
        at: app.now(),
        environment: channel.environment,
        channel: agent::event::Channel {
            id: channel.id,
            account: channel.account.as_ref().map_or("", Account::as_str),
            protocol: channel.protocol,
        },
        conversation: claimed.conversation,
        user: agent::event::User {
            identity: &claimed.user.identity,
            name: claimed.user.name.as_deref(),
            username: claimed.user.username.as_deref(),
        },
        session,
        messages: &[agent::event::Message {
            id: head.id,
            content,
            context: &head.context,
            reply_to: head.reply_to,
            sent_at: head.sent_at,
            received_at: head.received_at,
        }],
        synthetic: claimed.user.identity.is_nobody(),
    })
}

fn new_replies(
    app: &App,
    claimed: &ClaimedConversation,
    head: &InboundHead,
    replies: Vec<agent::reply::NewReply>,
    now: Timestamp,
) -> Vec<NewOutbound> {
    // The message being answered may be the user's last: its own time tells how long the window is open at least.
    let last_user_at = claimed.last_user_at.map_or(head.sent_at, |last| last.max(head.sent_at));
    replies
        .into_iter()
        .map(|reply| NewOutbound {
            id: outbound::id(app, &reply.content, now),
            conversation: claimed.conversation,
            priority: outbound::priority(&reply.content),
            content: reply.content,
            reply_to: reply.reply_to,
            expires_at: retry::reply_expires_at(last_user_at),
            silent_since: None,
        })
        .collect()
}

/// What a turn came to for the session.
fn after(turn: &Turn<'_>) -> ConversationOutcome {
    ConversationOutcome {
        session: turn.state,
        session_due: turn.due(),
        events: turn.events.clone(),
        replies: turn.words.clone(),
        ..outcome(turn.app(), turn.claimed())
    }
}

/// A claim that came to nothing.
fn outcome(app: &App, claimed: &ClaimedConversation) -> ConversationOutcome {
    ConversationOutcome {
        organization: claimed.organization,
        channel: claimed.channel,
        conversation: claimed.conversation,
        epoch: claimed.epoch,
        now: app.now(),
        session: claimed.session,
        head: HeadOutcome::Untouched,
        replies: Vec::new(),
        session_due: None,
        events: Vec::new(),
        told: None,
        end_taken: false,
        wait_until: None,
        woken: false,
    }
}

async fn settle(app: &App, outcome: ConversationOutcome) -> Result<(), Error> {
    app.store.settle_conversation(outcome).await?;
    Ok(())
}

/// Turns the user's ticks blue and shows that an answer is being written. Only a courtesy: nothing waits for it, nothing is
/// retried.
fn show_as_read(app: &Arc<App>, line: &Arc<Line>, head: &InboundHead, room: Option<&str>) {
    let now = app.now();
    let Some(key) = line.secrets(line.provider.key(None), now).next() else { return };
    let receipt = ReadReceipt { provider_id: &head.provider_id, room, typing: true };
    let request = line.provider.read_receipts().and_then(|receipts| receipts.request(key, receipt, now));
    let Some(request) = request else { return };
    let (tasks, app, message) = (&app.tasks, Arc::clone(app), head.id);
    tasks.spawn(async move {
        if let Err(error) = app.egress.execute(request, app.settings.send_timeout).await {
            tracing::debug!(message.id = %message, %error, "a read receipt did not go out");
        }
    });
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
