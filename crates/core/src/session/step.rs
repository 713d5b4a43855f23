//! The session state machine. A user message starts a session and activity keeps it open. After a period without activity the user is
//! asked, and the session ends exactly once.

use std::time::Duration;

use super::settings::{Settings, WINDOW_MARGIN};
use super::state::{Asked, EndReason, Open, State};
use super::words::{Answer, Prompt};
use crate::ids::SessionId;
use crate::policy::window;
use crate::time::Timestamp;

/// How late a question may be asked, for example after an outage. If the timer is later, the session ends without a message.
const OVERDUE: Duration = Duration::from_mins(15);

/// An input of the state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The user wrote or tapped.
    UserMessage {
        /// The session this message would start.
        starts: SessionId,
        /// When the user did it.
        at: Timestamp,
    },
    /// The user answered a session question, by button or by text.
    UserAnswered {
        /// The session this message would start.
        starts: SessionId,
        /// When the user did it.
        at: Timestamp,
        /// The session of the question.
        session: SessionId,
        /// The answer.
        answer: Answer,
    },
    /// The agent sent a reply.
    AgentReplied,
    /// An answer or a question of ours left at this time, or the agent took a message then without answering it.
    Answered {
        /// When.
        at: Timestamp,
    },
    /// The agent asked to end the session.
    AgentEnded,
    /// A person or a program of the business asked to end the session.
    OperatorEnded,
    /// The timer requested by [`due()`] fired.
    Timer {
        /// The time that was requested. The settings may have changed since.
        armed_for: Timestamp,
    },
}

/// An output of the state machine; the gateway carries it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Record and report the start of a session.
    Started {
        /// The session.
        id: SessionId,
    },
    /// Ask the user a question; record and report it.
    Ask {
        /// The session.
        id: SessionId,
        /// The question.
        prompt: Prompt,
    },
    /// Record and report that the session resumed after a question.
    Resumed {
        /// The session.
        id: SessionId,
    },
    /// Send the closing message.
    Close {
        /// The session.
        id: SessionId,
    },
    /// Record and report the end of the session.
    Ended {
        /// The session.
        id: SessionId,
        /// Why it ended.
        reason: EndReason,
    },
}

/// Applies `event` to `state` at `now`; returns the new state and the effects. Never fails: an event that does not fit changes nothing.
/// Questions and closing messages are requested only within the user's 24-hour window.
#[must_use]
pub fn step(state: &State, settings: &Settings, event: Event, now: Timestamp) -> (State, Vec<Effect>) {
    match event {
        Event::UserMessage { starts, at }
        | Event::UserAnswered { answer: Answer::Continue, starts, at, .. } => {
            user_active(state, starts, at, now)
        }
        Event::UserAnswered { answer: Answer::End, session, starts, at } => match state.open() {
            Some(open) if open.id == session => {
                let open = Open { last_user_at: open.last_user_at.max(at.min(now)), ..*open };
                end(&open, EndReason::User, now, true)
            }
            // A button of an earlier session does not end this one. The tap still counts as activity and cancels an open question.
            Some(_) => user_active(state, starts, at, now),
            // No session is open, so there is nothing to end.
            None => (*state, Vec::new()),
        },
        Event::AgentReplied if settings.agent_counts => match state.open() {
            Some(open) => {
                let last_agent_at = open.last_agent_at.max(Some(now));
                resume(state, Open { last_agent_at, ..*open })
            }
            None => (*state, Vec::new()),
        },
        Event::AgentReplied => (*state, Vec::new()),
        Event::Answered { at } => (answered(state, at.min(now)), Vec::new()),
        Event::AgentEnded => ended_by(state, EndReason::Agent, now),
        Event::OperatorEnded => ended_by(state, EndReason::Operator, now),
        Event::Timer { armed_for } => timer(state, settings, armed_for, now),
    }
}

/// The time of the next [`Event::Timer`]; `None` if no timer is needed.
#[must_use]
pub fn due(state: &State, settings: &Settings) -> Option<Timestamp> {
    match state {
        State::Active(open) if !settings.ask => Some(open.silent_since().after(settings.silence())),
        State::Active(open) => {
            Some(open.silent_since().after(settings.ask_more_after()).min(last_call(open)))
        }
        State::AskedMore(asked) => {
            Some(asked.asked_at.after(settings.ask_end_after()).min(last_call(&asked.open)))
        }
        State::AskedEnd(asked) => Some(asked.asked_at.after(settings.grace())),
        State::None | State::Ended { .. } => None,
    }
}

/// The delays count from `at` or later.
fn answered(state: &State, at: Timestamp) -> State {
    let later = |open: &Open| Open { answered_at: open.answered_at.max(Some(at)), ..*open };
    let asked = |asked: &Asked| Asked { open: later(&asked.open), asked_at: asked.asked_at.max(at) };
    match state {
        State::Active(open) => State::Active(later(open)),
        State::AskedMore(question) => State::AskedMore(asked(question)),
        State::AskedEnd(question) => State::AskedEnd(asked(question)),
        State::None | State::Ended { .. } => *state,
    }
}

/// From this time on no question may be asked.
fn last_call(open: &Open) -> Timestamp {
    window::closes_at(open.last_user_at).before(WINDOW_MARGIN)
}

fn user_active(state: &State, starts: SessionId, at: Timestamp, now: Timestamp) -> (State, Vec<Effect>) {
    // Compare the provider's times unchanged, so that a gateway clock that stepped back cannot make a message look older.
    if let State::Ended { id, started_at, .. } = state
        && (*id == starts || started_at.is_some_and(|started_at| (at, starts) <= (started_at, *id)))
    {
        // A repeated message, or one replayed after a later session: its session has ended and must not start again.
        return (*state, Vec::new());
    }
    let at = at.min(now);
    match state {
        State::None | State::Ended { .. } => {
            let open = Open::new(starts, at);
            (State::Active(open), vec![Effect::Started { id: starts }])
        }
        State::Active(open) => resume(state, Open { last_user_at: open.last_user_at.max(at), ..*open }),
        State::AskedMore(Asked { open, asked_at }) | State::AskedEnd(Asked { open, asked_at }) => {
            // A late message written before the question is no answer, but it cancels the question: the user is active.
            // The 24-hour window still counts from the message's own time.
            let (last_user_at, resumed_at) = (open.last_user_at.max(at), Some(*asked_at));
            resume(state, Open { last_user_at, resumed_at, ..*open })
        }
    }
}

fn resume(state: &State, open: Open) -> (State, Vec<Effect>) {
    let effects = match state {
        State::AskedMore(_) | State::AskedEnd(_) => vec![Effect::Resumed { id: open.id }],
        State::None | State::Active(_) | State::Ended { .. } => Vec::new(),
    };
    (State::Active(open), effects)
}

fn ended_by(state: &State, reason: EndReason, now: Timestamp) -> (State, Vec<Effect>) {
    state.open().map_or_else(|| (*state, Vec::new()), |open| end(open, reason, now, false))
}

fn end(open: &Open, reason: EndReason, now: Timestamp, with_closing: bool) -> (State, Vec<Effect>) {
    let id = open.id;
    let mut effects = Vec::with_capacity(2);
    if with_closing && now < last_call(open) {
        effects.push(Effect::Close { id });
    }
    effects.push(Effect::Ended { id, reason });
    (State::Ended { id, started_at: Some(open.started_at), ended_at: now, reason }, effects)
}

fn timer(state: &State, settings: &Settings, armed_for: Timestamp, now: Timestamp) -> (State, Vec<Effect>) {
    let Some(due) = due(state, settings).filter(|due| *due <= now) else { return (*state, Vec::new()) };
    let late = now.since(due.max(armed_for.min(now))) > OVERDUE;
    let ask = |open: &Open, prompt| {
        let asked = Asked { open: *open, asked_at: now };
        let next = match prompt {
            Prompt::More => State::AskedMore(asked),
            Prompt::End => State::AskedEnd(asked),
        };
        (next, vec![Effect::Ask { id: open.id, prompt }])
    };
    match state {
        State::Active(open) | State::AskedMore(Asked { open, .. }) if !settings.ask || late => {
            end(open, EndReason::Inactive, now, false)
        }
        State::Active(open) | State::AskedMore(Asked { open, .. }) if now >= last_call(open) => {
            end(open, EndReason::WindowClosed, now, false)
        }
        State::Active(open) => ask(open, Prompt::More),
        State::AskedMore(asked) => ask(&asked.open, Prompt::End),
        State::AskedEnd(asked) => end(&asked.open, EndReason::Inactive, now, false),
        State::None | State::Ended { .. } => (*state, Vec::new()),
    }
}

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;
