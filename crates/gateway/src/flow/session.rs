//! The session of a conversation, beside stage 2: what its machine wants done becomes questions to the user, events for the agent,
//! and the time at which it wants to be woken.

use warta_core::channel::Account;
use warta_core::ids::{EventId, SessionId};
use warta_core::message::{InboundContent, OutboundContent, Text};
use warta_core::policy::window;
use warta_core::session::{self, Effect, EndReason, Event, Happened, Prompt, State, Texts, Values, render};
use warta_core::time::Timestamp;
use warta_protocol::agent;
use warta_store::{
    ClaimedConversation, Error, InboundHead, NewOutbound, NewSessionEvent, Priority, Scope, SessionEvent,
};

use crate::app::App;
use crate::directory::Line;
use crate::flow::outbound;

/// One turn of a conversation: where its session stands, and what has come of it so far.
pub(crate) struct Turn<'a> {
    app: &'a App,
    line: &'a Line,
    claimed: &'a ClaimedConversation,
    /// Where the session stands now.
    pub state: State,
    /// What happened to it.
    pub events: Vec<NewSessionEvent>,
    /// What is said to the user about it.
    pub words: Vec<NewOutbound>,
}

impl<'a> Turn<'a> {
    /// A turn in which nothing has happened yet.
    pub(crate) const fn new(app: &'a App, line: &'a Line, claimed: &'a ClaimedConversation) -> Self {
        Self { app, line, claimed, state: claimed.session, events: Vec::new(), words: Vec::new() }
    }

    /// Whose turn it is.
    pub(crate) const fn claimed(&self) -> &'a ClaimedConversation {
        self.claimed
    }

    /// Where it is taken.
    pub(crate) const fn app(&self) -> &'a App {
        self.app
    }

    /// Takes a step and keeps what comes of it.
    ///
    /// # Errors
    ///
    /// When the agent cannot be read, whose name and language the questions are in.
    pub(crate) async fn step(&mut self, event: Event, now: Timestamp) -> Result<(), Error> {
        let before = self.state;
        let (state, effects) = session::step(&before, &self.line.channel.session, event, now);
        self.state = state;
        // Nobody is behind a loop-back test: nothing is asked, nothing is told.
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

    /// When the session wants to be woken.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let nobody = self.claimed.user.identity.is_nobody();
        session::due(&self.state, &self.line.channel.session).filter(|_| !nobody)
    }

    /// What the message answers, where it answers a question of ours; what else it is, is the agent's.
    ///
    /// # Errors
    ///
    /// As [`Turn::step`].
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
        let words = &self.line.channel.session.words;
        let spoken = session::text_answer(&self.state, content, &texts, words);
        Ok(spoken.map(|(session, answer)| answered(session, answer)))
    }

    /// What is said, in the agent's language, and what the agent is called.
    async fn texts(&self) -> Result<(Texts, String), Error> {
        let scope = Scope::new(self.claimed.organization);
        let agent = self.app.store.agent(scope, self.line.channel.agent).await?;
        let (name, language) = agent.map(|agent| (agent.name, agent.language)).unwrap_or_default();
        Ok((self.line.channel.session.texts(&language), name))
    }

    fn name(&self) -> Option<&'a str> {
        self.claimed.user.name.as_deref()
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

    /// Has something said while the user is silent: it does not go out once they have written again.
    fn say(&mut self, content: OutboundContent, state: &State, now: Timestamp) {
        let wrote = self.claimed.last_user_at.or_else(|| state.open().map(|open| open.last_user_at));
        self.words.push(NewOutbound {
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

/// The event as the agent is told it.
pub(crate) fn told(line: &Line, claimed: &ClaimedConversation, event: &SessionEvent) -> Vec<u8> {
    let (channel, event) = (&line.channel, &event.event);
    agent::event::session_changed(&agent::event::SessionChanged {
        id: event.id,
        kind: match event.kind {
            Happened::Started => "session.started",
            Happened::Asked(_) => "session.prompted",
            Happened::Resumed => "session.resumed",
            Happened::Ended(_) => "session.ended",
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
        reason: event.kind.reason().map(EndReason::as_str),
    })
}
