//! The session of a conversation, beside stage 2: what its machine wants done becomes questions to the user, events for the agent,
//! and the time at which it wants to be woken.

use warta_core::channel::Account;
use warta_core::ids::{EventId, SessionId};
use warta_core::message::{InboundContent, OutboundContent, Text};
use warta_core::policy::loop_guard::Loop;
use warta_core::policy::window;
use warta_core::session::{self, Effect, Event, Happened, Prompt, State, Texts, Values, render};
use warta_core::time::Timestamp;
use warta_protocol::agent;
use warta_store::{
    ClaimedConversation, Error, InboundHead, NewOutbound, NewSessionEvent, Priority, Scope, SessionEvent,
};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::flow::outbound;

/// The session of a claimed conversation: its current state, and the events and messages produced so far.
pub(crate) struct SessionProgress<'a> {
    app: &'a App,
    runtime: &'a ChannelRuntime,
    claimed: &'a ClaimedConversation,
    /// The current state.
    pub state: State,
    /// The events produced so far.
    pub events: Vec<NewSessionEvent>,
    /// The messages to the user produced so far.
    pub messages: Vec<NewOutbound>,
}

impl<'a> SessionProgress<'a> {
    /// The session as it was claimed.
    pub(crate) const fn new(
        app: &'a App,
        runtime: &'a ChannelRuntime,
        claimed: &'a ClaimedConversation,
    ) -> Self {
        Self { app, runtime, claimed, state: claimed.session, events: Vec::new(), messages: Vec::new() }
    }

    /// The claim.
    pub(crate) const fn claimed(&self) -> &'a ClaimedConversation {
        self.claimed
    }

    /// The shared state.
    pub(crate) const fn app(&self) -> &'a App {
        self.app
    }

    /// Steps the session machine and collects its events and messages.
    ///
    /// # Errors
    ///
    /// When the agent, which gives the name and language of the questions, cannot be read.
    pub(crate) async fn step(&mut self, event: Event, now: Timestamp) -> Result<(), Error> {
        let before = self.state;
        let (state, effects) = session::step(&before, &self.runtime.channel.session, event, now);
        self.state = state;
        // A loop-back test has no user: no questions to the user, no events for the agent.
        if self.claimed.user.identity.is_nobody() {
            return Ok(());
        }
        for effect in effects {
            match effect {
                Effect::Started { id } => self.note(id, Happened::Started, now),
                Effect::Resumed { id } => self.note(id, Happened::Resumed, now),
                Effect::Ended { id, reason } => self.note(id, Happened::Ended(reason), now),
                Effect::Ask { id, prompt } => {
                    let (texts, business) = self.texts().await?;
                    let values = Values { name: self.name(), business: &business };
                    let question = session::question(&texts, values, id, prompt);
                    self.say(OutboundContent::Buttons(question), &state, now);
                    self.note(id, Happened::Asked(prompt), now);
                }
                Effect::Close { .. } => {
                    let (texts, business) = self.texts().await?;
                    let values = Values { name: self.name(), business: &business };
                    let body = render(&texts.closing, values);
                    self.say(OutboundContent::Text(Text { body, preview_url: false }), &before, now);
                }
            }
        }
        Ok(())
    }

    /// When the session's timer is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let nobody = self.claimed.user.identity.is_nobody();
        session::due(&self.state, &self.runtime.channel.session).filter(|_| !nobody)
    }

    /// The event for a message that answers one of our questions; `None` if the message is for the agent.
    ///
    /// # Errors
    ///
    /// As [`SessionProgress::step`].
    pub(crate) async fn answer(
        &self,
        head: &InboundHead,
        content: &InboundContent,
    ) -> Result<Option<Event>, Error> {
        let starts = SessionId::started_by(head.id);
        let answered = |session, answer| Event::UserAnswered { starts, at: head.sent_at, session, answer };
        if let Some((session, answer)) = session::button_answer(content) {
            return Ok(Some(answered(session, answer)));
        }
        if self.state.open_question().is_none() {
            return Ok(None);
        }
        let (texts, _) = self.texts().await?;
        let words = &self.runtime.channel.session.words;
        let spoken = session::text_answer(&self.state, content, &texts, words);
        Ok(spoken.map(|(session, answer)| answered(session, answer)))
    }

    /// The session texts in the agent's language, and the agent's name.
    async fn texts(&self) -> Result<(Texts, String), Error> {
        let scope = Scope::new(self.claimed.organization);
        let agent = self.app.store.agent(scope, self.runtime.channel.agent).await?;
        let (name, language) = agent.map(|agent| (agent.name, agent.language)).unwrap_or_default();
        Ok((self.runtime.channel.session.texts(&language), name))
    }

    fn name(&self) -> Option<&'a str> {
        self.claimed.user.name.as_deref()
    }

    /// Records and reports that the agent is paused, in the open session or in the one that its message would start.
    pub(crate) fn pause(&mut self, why: Loop, starts: SessionId, now: Timestamp) {
        let session = self.state.open().map_or(starts, |open| open.id);
        tracing::warn!(conversation.id = %self.claimed.conversation, why = why.as_str(), "the agent is paused in a conversation: it and the user answer each other without end");
        self.note(session, Happened::Paused(why), now);
    }

    fn note(&mut self, session: SessionId, kind: Happened, at: Timestamp) {
        metrics::counter!("warta_session_events_total", "kind" => kind.as_str()).increment(1);
        self.events.push(NewSessionEvent {
            id: EventId::from_uuid(self.app.minter.uuid(at)),
            session,
            kind,
            at,
        });
    }

    /// Queues a message that is dropped if the user writes before it is sent.
    fn say(&mut self, content: OutboundContent, state: &State, now: Timestamp) {
        let wrote = self.claimed.last_user_at.or_else(|| state.open().map(|open| open.last_user_at));
        self.messages.push(NewOutbound {
            id: outbound::id(self.app, &content, now),
            conversation: self.claimed.conversation,
            content,
            reply_to: None,
            expires_at: wrote.map_or(now, window::closes_at),
            priority: Priority::Reply,
            silent_since: wrote,
        });
    }
}

/// The body of a session event, as sent to the agent.
pub(crate) fn event_body(
    runtime: &ChannelRuntime,
    claimed: &ClaimedConversation,
    event: &SessionEvent,
) -> Vec<u8> {
    let (channel, event) = (&runtime.channel, &event.event);
    agent::event::session_changed(&agent::event::SessionChanged {
        id: event.id,
        kind: match event.kind {
            Happened::Started => "session.started",
            Happened::Asked(_) => "session.prompted",
            Happened::Resumed => "session.resumed",
            Happened::Ended(_) => "session.ended",
            Happened::Paused(_) => "conversation.paused",
        },
        at: event.at,
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
        session: event.session,
        prompt: event.kind.prompt().map(Prompt::as_str),
        reason: event.kind.reason(),
    })
}
