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
use warta_core::policy::loop_guard::{self, Loop};
use warta_core::policy::retry;
use warta_core::session::{Asked, Event, State};
use warta_core::time::Timestamp;
use warta_protocol::agent;
use warta_protocol::fallback;
use warta_protocol::read_receipt::ReadReceipt;
use warta_store::{
    ClaimedConversation, ConversationOutcome, Deployment, HeadOutcome, InboundHead, SessionEvent, Told,
};

use crate::app::App;
use crate::directory::{self, ChannelRuntime};
use crate::egress;
use crate::flow::answer::{self, Answered};
use crate::flow::session::{self, SessionProgress};

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
    let Some(runtime) = app.directory.channel(&app.store, claimed.channel, now).await? else {
        let mut outcome = untouched(app, &claimed);
        outcome.session_due = claimed.session_due;
        return settle(app, outcome).await;
    };
    let mut progress = SessionProgress::new(app, &runtime, &claimed);
    if let Some(event) = claimed.event.as_ref().filter(|event| event.next_attempt_at <= now) {
        return deliver_event(app, &runtime, &claimed, event).await;
    }
    let paused = claimed.paused_until.is_some_and(|until| until > now);
    if let Some(head) = claimed.head.as_ref().filter(|head| head.next_attempt_at <= now && !paused) {
        return deliver_message(app, &runtime, &claimed, progress, head).await;
    }
    // After what the user has written: else the end would come first, and their words would start another session. A message that
    // waits for an agent which is not there holds it up no longer.
    if claimed.end_asked {
        progress.step(Event::OperatorEnded, now).await?;
        let outcome = ConversationOutcome { end_taken: true, ..outcome_of(&progress) };
        return settle(app, outcome).await;
    }
    match claimed.session_due.filter(|due| *due <= now && claimed.head.is_none()) {
        Some(armed_for) => {
            if let Some(turn_at) = overdue_turn_at(app, &claimed, now.since(armed_for), now) {
                return settle(
                    app,
                    ConversationOutcome {
                        wait_until: Some(turn_at),
                        session_due: Some(armed_for),
                        ..untouched(app, &claimed)
                    },
                )
                .await;
            }
            let left = app.store.departures(claimed.organization, claimed.conversation).await?;
            if left.waiting {
                // The user has not got our answer yet, so their silence means nothing.
                let again = Some(now.after(LOOK_AGAIN));
                return settle(app, ConversationOutcome { session_due: again, ..untouched(app, &claimed) })
                    .await;
            }
            if let Some(at) = left.last {
                progress.step(Event::Answered { at }, now).await?;
            }
            progress.step(Event::Timer { armed_for }, now).await?;
            settle(app, ConversationOutcome { woken: true, ..outcome_of(&progress) }).await
        }
        None => settle(app, outcome_of(&progress)).await,
    }
}

/// The greatest delay of a timer in ordinary operation. A session that is later waits in the queue of overdue sessions.
const LATE: Duration = Duration::from_secs(5);

/// How often a session looks whether an answer that waits has left. Less than the shortest delay.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// The later time at which to wake a session that is this late; `None` if it may be woken now.
fn overdue_turn_at(
    app: &App,
    claimed: &ClaimedConversation,
    late: Duration,
    now: Timestamp,
) -> Option<Timestamp> {
    if late <= LATE || claimed.waited {
        return None;
    }
    let slot = app.memory.paces.overdue_turn(claimed.channel, app.settings.messages_per_second, now);
    Some(slot).filter(|slot| *slot > now)
}

/// Hands the message at the head to the agent, or takes it as the answer to a question about the session.
async fn deliver_message(
    app: &Arc<App>,
    runtime: &Arc<ChannelRuntime>,
    claimed: &ClaimedConversation,
    mut progress: SessionProgress<'_>,
    head: &InboundHead,
) -> Result<(), Error> {
    let now = app.now();
    if !head.content.is_from_user() {
        // WhatsApp's own notices change who the user is, which the store has done; there is nothing to answer.
        let head = HeadOutcome::taken(head.id);
        return settle(app, ConversationOutcome { head, ..outcome_of(&progress) }).await;
    }
    if head.attempts == 0 && !claimed.user.identity.is_nobody() {
        show_as_read(app, runtime, head, claimed.user.room.as_deref());
    }
    let chosen = chosen_option(app, runtime, claimed, head).await;
    let content = chosen.as_ref().ok().and_then(Option::as_ref).unwrap_or(&head.content);
    if let Some(answer) = progress.answer(head, content).await? {
        progress.step(answer, now).await?;
        let head = HeadOutcome::taken(head.id);
        return settle(app, ConversationOutcome { head, ..outcome_of(&progress) }).await;
    }
    if head.attempts == 0
        && let Some(looping) = looping(app, claimed, now).await?
    {
        progress.pause(looping, SessionId::started_by(head.id), now);
        let pause_until = Some(now.after(loop_guard::PAUSE));
        return settle(app, ConversationOutcome { pause_until, ..outcome_of(&progress) }).await;
    }
    // It counted when it was tried first: where its session was ended since, it starts no other.
    let counts = head.content.is_activity();
    if counts && (head.attempts == 0 || progress.state.open().is_some()) {
        let starts = SessionId::started_by(head.id);
        progress.step(Event::UserMessage { starts, at: head.sent_at }, now).await?;
    }
    let started = app.now();
    let answer = match (chosen, app.directory.deployment(&app.store, &runtime.channel, now).await?) {
        (Ok(chosen), Some(deployment)) => {
            let content = chosen.as_ref().unwrap_or(&head.content);
            ask_agent(app, runtime, &deployment, claimed, &progress.state, (head, content)).await
        }
        (Err(unread), Some(_)) => Err(unread),
        (_, None) => {
            Err(AgentError::new("agent_missing", "the agent has no deployment for this environment"))
        }
    };
    let now = app.now();
    let duration_ms = millis(now.since(started));
    match answer {
        Ok(reply) => {
            metrics::counter!("warta_agent_delivery_total", "result" => "delivered").increment(1);
            let end_session = reply.end_session;
            let Answered { replies, warnings } =
                answer::answered(app, runtime, (claimed, head), reply, now).await?;
            // Until now the message was unanswered. Once an answer has left, that time counts.
            if counts {
                progress.step(Event::Answered { at: now }, now).await?;
            }
            if !replies.is_empty() {
                progress.step(Event::AgentReplied, now).await?;
            }
            if end_session {
                progress.step(Event::AgentEnded, now).await?;
            }
            let head = HeadOutcome::Delivered { message: head.id, duration_ms, warnings };
            let mut outcome = outcome_of(&progress);
            outcome.head = head;
            // The agent's own words come first.
            outcome.replies.splice(0..0, replies);
            settle(app, outcome).await
        }
        Err(error) => {
            let head = if claimed.user.identity.is_nobody() {
                // A loop-back test shows how things are now.
                HeadOutcome::Dead { message: head.id, failure: error.failure, duration_ms }
            } else {
                error.outcome(head, now, app.minter.fraction(), duration_ms)
            };
            settle(app, ConversationOutcome { head, ..outcome_of(&progress) }).await
        }
    }
}

/// Whether agent and user have lately answered each other as only programs do.
async fn looping(
    app: &App,
    claimed: &ClaimedConversation,
    now: Timestamp,
) -> Result<Option<Loop>, warta_store::Error> {
    if claimed.user.identity.is_nobody() {
        return Ok(None);
    }
    let since = now.before(loop_guard::WITHIN);
    let since = claimed.paused_until.map_or(since, |until| until.max(since));
    let said = app.store.said(claimed.organization, claimed.conversation, since).await?;
    Ok(loop_guard::detect(&said, now))
}

/// Tells the agent what happened to the session. Nobody waits for it: what is said in answer is not sent.
async fn deliver_event(
    app: &Arc<App>,
    runtime: &ChannelRuntime,
    claimed: &ClaimedConversation,
    event: &SessionEvent,
) -> Result<(), Error> {
    let body = session::event_body(runtime, claimed, event);
    let answer = match app.directory.deployment(&app.store, &runtime.channel, app.now()).await? {
        Some(deployment) => call(app, &deployment, event.event.id, body).await.map(drop),
        None => Err(AgentError::new("agent_missing", "the agent has no deployment for this environment")),
    };
    let now = app.now();
    let attempts = event.attempts.saturating_add(1);
    let told = match answer {
        Ok(()) => Told { id: event.event.id, again: None, delivered: true },
        Err(error) => {
            let pause = retry::agent(attempts, error.retry_after, app.minter.fraction());
            let again = pause.map(|pause| now.after(pause));
            if again.is_none() {
                let (id, code) = (event.event.id, error.failure.code);
                tracing::error!(event.id = %id, code, "the agent is never told what happened to a session; its history tells");
            }
            Told { id: event.event.id, again, delivered: false }
        }
    };
    let progress = SessionProgress::new(app, runtime, claimed);
    settle(app, ConversationOutcome { told: Some(told), ..outcome_of(&progress) }).await
}

/// Why a call to the agent failed.
struct AgentError {
    failure: Failure,
    retry_after: Option<Duration>,
}

impl AgentError {
    fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { failure: Failure::new(code, detail), retry_after: None }
    }

    fn outcome(self, head: &InboundHead, now: Timestamp, jitter: f64, duration_ms: i64) -> HeadOutcome {
        let attempts = head.attempts.saturating_add(1);
        let (message, failure) = (head.id, self.failure);
        if let Some(pause) = retry::agent(attempts, self.retry_after, jitter) {
            metrics::counter!("warta_agent_delivery_total", "result" => "retry").increment(1);
            return HeadOutcome::Retry { message, at: now.after(pause), failure, duration_ms };
        }
        metrics::counter!("warta_agent_delivery_total", "result" => "dead").increment(1);
        tracing::error!(message.id = %message, code = failure.code, "a message is given up; it can be replayed");
        HeadOutcome::Dead { message, failure, duration_ms }
    }
}

async fn ask_agent(
    app: &App,
    runtime: &ChannelRuntime,
    deployment: &Deployment,
    claimed: &ClaimedConversation,
    state: &State,
    (head, content): (&InboundHead, &InboundContent),
) -> Result<agent::reply::Reply, AgentError> {
    let event = event(app, runtime, claimed, state, (head, content));
    let answer = call(app, deployment, EventId::of_message(head.id), event).await?;
    agent::reply::read(answer.status, &answer.body)
        .map_err(|fault| AgentError::new("agent_refused", fault.to_string()))
}

/// Calls the agent with a signed event. Anything but a 2xx is no answer.
async fn call(
    app: &App,
    deployment: &Deployment,
    id: EventId,
    event: Vec<u8>,
) -> Result<egress::Answer, AgentError> {
    let secrets = std::slice::from_ref(&deployment.secret);
    let headers = agent::sign::headers(id, app.now(), &event, secrets)
        .map_err(|fault| AgentError::new("agent_secret_unusable", fault.to_string()))?;
    let answer = app
        .egress
        .call(Method::POST, &deployment.url, headers, Bytes::from(event), app.settings.agent_timeout)
        .await
        .map_err(|error| {
            AgentError::new("agent_unreachable", format!("the agent did not answer: {error}"))
        })?;
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    let seconds = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let detail = format!("the agent answered {}", answer.status);
    Err(AgentError {
        failure: Failure::new("agent_refused", detail),
        retry_after: seconds.map(Duration::from_secs),
    })
}

/// What the user chose, where choices come back as text: of the buttons or list they were last offered.
async fn chosen_option(
    app: &App,
    runtime: &ChannelRuntime,
    claimed: &ClaimedConversation,
    head: &InboundHead,
) -> Result<Option<InboundContent>, AgentError> {
    let InboundContent::Text(text) = &head.content else { return Ok(None) };
    if !runtime.provider.choices_may_be_text() {
        return Ok(None);
    }
    let since = Timestamp::from_millis(head.received_at.as_millis() - OFFER);
    let offered = app.store.offered(claimed.organization, claimed.conversation, head.id, since).await;
    match offered {
        Ok(offered) => Ok(offered.and_then(|offered| fallback::chosen(&offered, &text.body))),
        Err(error) => {
            Err(AgentError::new("not_readable", format!("what was offered cannot be read: {error}")))
        }
    }
}

/// The `message.received` event. It is the same on every attempt but for the time of the attempt.
fn event(
    app: &App,
    runtime: &ChannelRuntime,
    claimed: &ClaimedConversation,
    state: &State,
    (head, content): (&InboundHead, &InboundContent),
) -> Vec<u8> {
    let channel = &runtime.channel;
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

/// The outcome that stores the session with its events and messages.
fn outcome_of(progress: &SessionProgress<'_>) -> ConversationOutcome {
    ConversationOutcome {
        session: progress.state,
        session_due: progress.due(),
        events: progress.events.clone(),
        replies: progress.messages.clone(),
        ..untouched(progress.app(), progress.claimed())
    }
}

/// The outcome that changes nothing.
fn untouched(app: &App, claimed: &ClaimedConversation) -> ConversationOutcome {
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
        pause_until: None,
        woken: false,
    }
}

async fn settle(app: &App, outcome: ConversationOutcome) -> Result<(), Error> {
    app.store.settle_conversation(outcome).await?;
    Ok(())
}

/// Turns the user's ticks blue and shows that an answer is being written. Only a courtesy: nothing waits for it, nothing is
/// retried.
fn show_as_read(app: &Arc<App>, runtime: &Arc<ChannelRuntime>, head: &InboundHead, room: Option<&str>) {
    let now = app.now();
    let Some(key) = runtime.secrets(runtime.provider.key(None), now).next() else { return };
    let receipt = ReadReceipt { provider_id: &head.provider_id, room, typing: true };
    let request = runtime.provider.read_receipts().and_then(|receipts| receipts.request(key, receipt, now));
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
