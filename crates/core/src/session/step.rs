//! The session machine: it starts with a message of the user, lives from activity, asks when there has been none for a while, and
//! ends once.

use std::time::Duration;

use super::settings::{Settings, WINDOW_MARGIN};
use super::state::{Asked, EndReason, Open, State};
use super::words::{Answer, Prompt};
use crate::ids::SessionId;
use crate::policy::window;
use crate::time::Timestamp;

/// How late a question may be asked, say after an outage. Later than this a session ends in silence instead.
const OVERDUE: Duration = Duration::from_mins(15);

/// Something that happened in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The user wrote or tapped.
    UserMessage {
        /// The session this message would start.
        starts: SessionId,
        /// When the user did it.
        at: Timestamp,
    },
    /// The user answered a question of ours, by its button or in words.
    UserAnswered {
        /// The session this message would start.
        starts: SessionId,
        /// When the user did it.
        at: Timestamp,
        /// The session whose question it was.
        session: SessionId,
        /// What it means.
        answer: Answer,
    },
    /// The agent said something.
    AgentReplied,
    /// The agent asked for the end.
    AgentEnded,
    /// A person of the business, or a program of theirs, asked for the end.
    OperatorEnded,
    /// The time has come that was asked for with [`due()`].
    Timer {
        /// The time that was asked for. The settings may have changed since.
        armed_for: Timestamp,
    },
}

/// What the server has to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Record and report that a session started.
    Started {
        /// The session.
        id: SessionId,
    },
    /// Ask the user, record and report it.
    Ask {
        /// The session.
        id: SessionId,
        /// What.
        prompt: Prompt,
    },
    /// Record and report that a session that was about to end goes on.
    Resumed {
        /// The session.
        id: SessionId,
    },
    /// Say the last word.
    Close {
        /// The session.
        id: SessionId,
    },
    /// Record and report that it ended.
    Ended {
        /// The session.
        id: SessionId,
        /// Why.
        reason: EndReason,
    },
}

/// What `event` makes of `state` at `now`. Never fails; an event that does not fit changes nothing. Questions and last words are
/// asked for within the user's 24-hour window only.
#[must_use]
pub fn step(state: &State, settings: &Settings, event: Event, now: Timestamp) -> (State, Vec<Effect>) {
    match event {
        Event::UserMessage { starts, at }
        | Event::UserAnswered { answer: Answer::Continue, starts, at, .. } => {
            user_did(state, starts, at, now)
        }
        Event::UserAnswered { answer: Answer::End, session, starts, at } => match state.open() {
            Some(open) if open.id == session => {
                let open = Open { last_user_at: open.last_user_at.max(at.min(now)), ..*open };
                end(&open, EndReason::User, now, true)
            }
            // The button of an earlier session does not end this one; but whoever presses it is there, and is not asked on.
            Some(_) => user_did(state, starts, at, now),
            // Of a session that is over: there is nothing to end.
            None => (*state, Vec::new()),
        },
        Event::AgentReplied if settings.agent_counts => match state.open() {
            Some(open) => {
                let last_agent_at = open.last_agent_at.max(Some(now));
                go_on(state, Open { last_agent_at, ..*open })
            }
            None => (*state, Vec::new()),
        },
        Event::AgentReplied => (*state, Vec::new()),
        Event::AgentEnded => ended_by(state, EndReason::Agent, now),
        Event::OperatorEnded => ended_by(state, EndReason::Operator, now),
        Event::Timer { armed_for } => timer(state, settings, armed_for, now),
    }
}

/// When the machine wants [`Event::Timer`] next; `None` while nothing can come of waiting.
#[must_use]
pub fn due(state: &State, settings: &Settings) -> Option<Timestamp> {
    match state {
        State::Active(open) if !settings.ask => Some(open.last_activity_at().after(settings.silence())),
        State::Active(open) => {
            Some(open.last_activity_at().after(settings.ask_more_after()).min(last_call(open)))
        }
        State::AskedMore(asked) => {
            Some(asked.asked_at.after(settings.ask_end_after()).min(last_call(&asked.open)))
        }
        State::AskedEnd(asked) => Some(asked.asked_at.after(settings.grace())),
        State::None | State::Ended { .. } => None,
    }
}

/// The time from which on nothing may be asked.
fn last_call(open: &Open) -> Timestamp {
    window::closes_at(open.last_user_at).before(WINDOW_MARGIN)
}

fn user_did(state: &State, starts: SessionId, at: Timestamp, now: Timestamp) -> (State, Vec<Effect>) {
    // By the provider's time, unchanged: a clock of ours that stepped back makes no message older.
    if let State::Ended { id, started_at, .. } = state
        && (*id == starts || started_at.is_some_and(|started_at| (at, starts) <= (started_at, *id)))
    {
        // Seen again, or replayed after a later session: what it started is over and starts no second time.
        return (*state, Vec::new());
    }
    let at = at.min(now);
    match state {
        State::None | State::Ended { .. } => {
            let open = Open::new(starts, at);
            (State::Active(open), vec![Effect::Started { id: starts }])
        }
        State::Active(open) => go_on(state, Open { last_user_at: open.last_user_at.max(at), ..*open }),
        State::AskedMore(Asked { open, asked_at }) | State::AskedEnd(Asked { open, asked_at }) => {
            // A message from before the question, which only now comes in, answers nothing; but whoever writes is not asked on.
            // It holds the window open from its own time all the same.
            let (last_user_at, resumed_at) = (open.last_user_at.max(at), Some(*asked_at));
            go_on(state, Open { last_user_at, resumed_at, ..*open })
        }
    }
}

fn go_on(state: &State, open: Open) -> (State, Vec<Effect>) {
    let effects = match state {
        State::AskedMore(_) | State::AskedEnd(_) => vec![Effect::Resumed { id: open.id }],
        State::None | State::Active(_) | State::Ended { .. } => Vec::new(),
    };
    (State::Active(open), effects)
}

fn ended_by(state: &State, reason: EndReason, now: Timestamp) -> (State, Vec<Effect>) {
    state.open().map_or_else(|| (*state, Vec::new()), |open| end(open, reason, now, false))
}

fn end(open: &Open, reason: EndReason, now: Timestamp, with_words: bool) -> (State, Vec<Effect>) {
    let id = open.id;
    let mut effects = Vec::with_capacity(2);
    if with_words && now < last_call(open) {
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
