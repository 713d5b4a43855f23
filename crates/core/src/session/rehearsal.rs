//! A simulated conversation: the state machine runs on scripted user actions and a simulated clock. The console shows it as a preview.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dialogue::{button_answer, question, text_answer};
use super::settings::Settings;
use super::state::{EndReason, State};
use super::step::{Effect, Event, due, step};
use super::texts::{Texts, Values, render};
use super::words::Prompt;
use crate::ids::SessionId;
use crate::message::{ButtonReply, Buttons, InboundContent, Text};
use crate::policy::window;
use crate::time::Timestamp;

/// A user action and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedAction {
    /// Milliseconds after the start.
    pub at_ms: u64,
    /// The action.
    pub what: UserAction,
}

/// An action of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserAction {
    /// The user sends a text.
    Write(String),
    /// The user taps a button of a question.
    Tap {
        /// The button's id.
        id: String,
        /// Its title.
        title: String,
    },
}

/// A rehearsal event and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedEvent {
    /// Time after the start.
    pub after: Duration,
    /// The event.
    pub event: RehearsalEvent,
}

/// An event of a rehearsal, as the user's phone or the history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RehearsalEvent {
    /// The user wrote or tapped.
    User(String),
    /// The agent would answer here. No agent takes part in a rehearsal.
    Agent,
    /// The user was asked a question.
    Question(Prompt, Buttons),
    /// The closing message.
    Closing(String),
    /// A session started.
    Started,
    /// A session resumed after a question.
    Resumed,
    /// A session ended.
    Ended(EndReason),
}

impl RehearsalEvent {
    /// The question's message, if the event is a question.
    #[must_use]
    pub const fn question(&self) -> Option<&Buttons> {
        match self {
            Self::Question(_, question) => Some(question),
            Self::User(_)
            | Self::Agent
            | Self::Closing(_)
            | Self::Started
            | Self::Resumed
            | Self::Ended(_) => None,
        }
    }
}

/// The result of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// The events in order of time.
    pub events: Vec<TimedEvent>,
    /// The session state at the end.
    pub state: State,
    /// Time of the next timer, after the start; `None` if no timer is due.
    pub next: Option<Duration>,
    /// Time at which WhatsApp's window closes, after the start; `None` before the first message.
    pub window_closes: Option<Duration>,
}

/// Simulates the conversation until `now` after its start. Sorts the actions by time and leaves out later ones.
#[must_use]
pub fn rehearse(
    settings: &Settings,
    texts: &Texts,
    values: Values<'_>,
    actions: &[TimedAction],
    now: Duration,
) -> Rehearsal {
    let mut simulation =
        Simulation { settings, texts, values, state: State::None, events: Vec::new(), last_user_at: None };
    let mut actions: Vec<_> =
        actions.iter().map(|one| (Duration::from_millis(one.at_ms), &one.what)).collect();
    actions.sort_by_key(|(at, _)| *at);
    for (nth, (at, action)) in (1..).zip(actions).take_while(|(_, (at, _))| *at <= now) {
        simulation.wait(clock(at));
        simulation.user(SessionId::from_uuid(Uuid::from_u128(nth)), action, clock(at));
    }
    simulation.wait(clock(now));
    Rehearsal {
        next: due(&simulation.state, settings).map(after),
        window_closes: simulation.last_user_at.map(window::closes_at).map(after),
        events: simulation.events,
        state: simulation.state,
    }
}

struct Simulation<'a> {
    settings: &'a Settings,
    texts: &'a Texts,
    values: Values<'a>,
    state: State,
    events: Vec<TimedEvent>,
    last_user_at: Option<Timestamp>,
}

impl Simulation<'_> {
    /// Fires every timer that is due until `now`.
    fn wait(&mut self, now: Timestamp) {
        while let Some(at) = due(&self.state, self.settings).filter(|at| *at <= now) {
            let before = self.state;
            self.step(Event::Timer { armed_for: at }, at);
            if self.state == before {
                break;
            }
        }
    }

    fn user(&mut self, starts: SessionId, action: &UserAction, at: Timestamp) {
        let (shown, content) = match action {
            UserAction::Write(body) => {
                (body, InboundContent::Text(Text { body: body.clone(), preview_url: false }))
            }
            UserAction::Tap { id, title } => {
                (title, InboundContent::ButtonReply(ButtonReply { id: id.clone(), title: title.clone() }))
            }
        };
        self.show(RehearsalEvent::User(shown.clone()), at);
        self.last_user_at = Some(at);
        let answer = button_answer(&content)
            .or_else(|| text_answer(&self.state, &content, self.texts, &self.settings.words));
        if let Some((session, answer)) = answer {
            self.step(Event::UserAnswered { starts, at, session, answer }, at);
        } else {
            self.step(Event::UserMessage { starts, at }, at);
            self.show(RehearsalEvent::Agent, at);
            self.step(Event::AgentReplied, at);
        }
    }

    fn step(&mut self, event: Event, now: Timestamp) {
        let (state, effects) = step(&self.state, self.settings, event, now);
        self.state = state;
        for effect in effects {
            let event = match effect {
                Effect::Started { .. } => RehearsalEvent::Started,
                Effect::Resumed { .. } => RehearsalEvent::Resumed,
                Effect::Ended { reason, .. } => RehearsalEvent::Ended(reason),
                Effect::Ask { id, prompt } => {
                    RehearsalEvent::Question(prompt, question(self.texts, self.values, id, prompt))
                }
                Effect::Close { .. } => RehearsalEvent::Closing(render(&self.texts.closing, self.values)),
            };
            self.show(event, now);
        }
    }

    fn show(&mut self, event: RehearsalEvent, at: Timestamp) {
        self.events.push(TimedEvent { after: after(at), event });
    }
}

const START: Timestamp = Timestamp::from_millis(0);

fn clock(after: Duration) -> Timestamp {
    START.after(after)
}

fn after(at: Timestamp) -> Duration {
    at.since(START)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    fn play(settings: &Settings, actions: &[TimedAction], minutes: u64) -> Rehearsal {
        let values = Values { name: Some("Budi"), business: "Kopi Nusa" };
        rehearse(settings, &Texts::of("en"), values, actions, Duration::from_mins(minutes))
    }

    fn write(minute: u64, text: &str) -> TimedAction {
        TimedAction { at_ms: minute * MINUTE, what: UserAction::Write(text.to_owned()) }
    }

    fn transcript(rehearsal: &Rehearsal) -> Vec<(u64, String)> {
        let word = |event: &RehearsalEvent| match event {
            RehearsalEvent::User(text) => format!("user: {text}"),
            RehearsalEvent::Question(prompt, _) => prompt.to_string(),
            RehearsalEvent::Ended(reason) => format!("ended: {reason}"),
            other @ (RehearsalEvent::Agent
            | RehearsalEvent::Closing(_)
            | RehearsalEvent::Started
            | RehearsalEvent::Resumed) => {
                format!("{other:?}")
            }
        };
        rehearsal.events.iter().map(|timed| (timed.after.as_secs() / 60, word(&timed.event))).collect()
    }

    #[test]
    fn a_silent_user_is_asked_twice_and_the_session_ends() {
        let rehearsal = play(&Settings::default(), &[write(0, "Hi")], 60);
        let expected = [
            (0, "user: Hi"),
            (0, "Started"),
            (0, "Agent"),
            (15, "ask_more"),
            (25, "ask_end"),
            (30, "ended: inactive"),
        ];
        assert_eq!(transcript(&rehearsal), expected.map(|(at, what)| (at, what.to_owned())));
        assert_eq!((rehearsal.next, rehearsal.window_closes), (None, Some(Duration::from_hours(24))));
    }

    #[test]
    fn answers_by_button_and_by_text_are_recognized() {
        let settings = Settings::default();
        let asked = play(&settings, &[write(0, "Hi")], 16);
        assert_eq!(asked.next, Some(Duration::from_mins(25)));
        let Some(RehearsalEvent::Question(_, buttons)) = asked.events.last().map(|timed| timed.event.clone())
        else {
            panic!("{asked:?}")
        };
        assert_eq!(buttons.body, "Is there anything else we can help you with, Budi?");
        let [more, enough] = buttons.buttons.as_slice() else { panic!("{buttons:?}") };
        let tap = |button: &crate::message::Button| TimedAction {
            at_ms: 16 * MINUTE,
            what: UserAction::Tap { id: button.id.clone(), title: button.title.clone() },
        };
        let on = play(&settings, &[write(0, "Hi"), tap(more)], 17);
        assert_eq!(transcript(&on).last().unwrap(), &(16, "Resumed".to_owned()));
        for end in [tap(enough), write(16, "no thanks")] {
            let ended = play(&settings, &[write(0, "Hi"), end], 17);
            let words: Vec<_> = transcript(&ended).split_off(5).into_iter().map(|(_, word)| word).collect();
            assert_eq!(words.len(), 2, "{words:?}");
            assert!(words[0].contains("Thank you for writing to Kopi Nusa"), "{words:?}");
            assert_eq!(words[1], "ended: user");
        }
    }

    #[test]
    fn actions_run_in_order_of_time_and_future_ones_are_ignored() {
        let actions = [write(20, "later"), write(0, "first"), write(99, "never")];
        let words = transcript(&play(&Settings::default(), &actions, 21));
        assert_eq!(words[0].1, "user: first");
        assert_eq!(words[3..6].iter().map(|(at, _)| *at).collect::<Vec<_>>(), [15, 20, 20]);
        assert!(!words.iter().any(|(_, word)| word.contains("never")));
    }
}
