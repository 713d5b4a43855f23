//! The session machine under random histories, with late, early, repeated and foreign events and a clock that steps back.
//!
//! The judge keeps its own record of what the user did. It takes nothing from the state: a machine that misremembers must not be
//! judged by its own memory.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::{Answer, Effect, Event, Prompt, Settings, State, due, step};
use crate::ids::SessionId;
use crate::policy::window;
use crate::time::Timestamp;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// The user writes: which message, and how many seconds ago it was. A message that was seen before keeps its time.
    Wrote(u128, i64),
    /// The user answers: by which message, how many seconds ago, to which session's question, and whether to end.
    Answered(u128, i64, Question, bool),
    Replied,
    AgentEnded,
    OperatorEnded,
    /// A timer, armed for this many seconds ago.
    Timer(i64),
    /// A timer exactly when it was asked for, or at once when that has passed.
    TimerAtDue,
    /// Two timers of two nodes at the same instant.
    TimerTwice,
}

/// Whose button is pressed.
#[derive(Debug, Clone, Copy)]
enum Question {
    Open,
    Other(u128),
}

fn any_choice() -> impl Strategy<Value = Choice> {
    let late = || prop_oneof![12 => 0_i64..3_000, 3 => 3_000_i64..90_000, 1 => -3_000_i64..0];
    let question = prop_oneof![3 => Just(Question::Open), 1 => (0_u128..12).prop_map(Question::Other)];
    prop_oneof![
        4 => (0_u128..12, late()).prop_map(|(message, late)| Choice::Wrote(message, late)),
        2 => (0_u128..12, late(), question, any::<bool>())
            .prop_map(|(message, late, question, end)| Choice::Answered(message, late, question, end)),
        1 => Just(Choice::Replied),
        1 => Just(Choice::AgentEnded),
        1 => Just(Choice::OperatorEnded),
        3 => (-900_i64..4_000).prop_map(Choice::Timer),
        8 => Just(Choice::TimerAtDue),
        1 => Just(Choice::TimerTwice),
    ]
}

/// Seconds since the event before, and the event. Mostly minutes; sometimes hours, sometimes backwards.
fn any_history() -> impl Strategy<Value = Vec<(i64, Choice)>> {
    let pause = prop_oneof![8 => 0_i64..1_500, 1 => 1_500_i64..80_000, 1 => -300_i64..0];
    proptest::collection::vec((pause, any_choice()), 0..18)
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let delay = || prop_oneof![4 => 1_u32..60, 1 => 60_u32..1_381];
    (prop::bool::weighted(0.8), delay(), delay(), delay(), any::<bool>()).prop_map(
        |(ask, ask_more_minutes, ask_end_minutes, grace_minutes, agent_counts)| Settings {
            ask,
            ask_more_minutes,
            ask_end_minutes,
            grace_minutes,
            agent_counts,
            ..Settings::default()
        },
    )
}

fn session(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

fn seconds_before(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_millis(now.as_millis() - seconds * 1_000)
}

/// What is known beside the machine.
#[derive(Default)]
struct Judge {
    /// When the user last did something, by the provider's clock and never in the future.
    wrote: Option<Timestamp>,
    /// The same, within the session that is open.
    active: Option<Timestamp>,
    /// When each message was written.
    written: BTreeMap<u128, Timestamp>,
    /// Whether a message bore a time that had not come yet.
    from_the_future: bool,
    /// Which session is open.
    open: Option<SessionId>,
    /// Every session there has been.
    started: BTreeSet<SessionId>,
    /// What the user was asked, and when, since somebody whose words count last did something.
    asked: Vec<(Prompt, Timestamp)>,
}

impl Judge {
    /// When a message was written. The user did something, whatever the machine makes of it.
    fn wrote(&mut self, message: u128, late: i64, now: Timestamp) -> Timestamp {
        let at = *self.written.entry(message).or_insert_with(|| seconds_before(now, late));
        self.from_the_future |= at > now;
        self.wrote = self.wrote.max(Some(at.min(now)));
        self.active = self.active.max(Some(at.min(now)));
        self.asked.clear();
        at
    }

    fn event(&mut self, choice: Choice, settings: &Settings, now: Timestamp) -> Option<Event> {
        Some(match choice {
            Choice::Wrote(message, late) => {
                Event::UserMessage { starts: session(message), at: self.wrote(message, late, now) }
            }
            Choice::Answered(message, late, question, end) => {
                let asked = match question {
                    Question::Open => self.open?,
                    Question::Other(number) => session(number),
                };
                let answer = if end { Answer::End } else { Answer::Continue };
                let at = self.wrote(message, late, now);
                Event::UserAnswered { starts: session(message), at, session: asked, answer }
            }
            Choice::Replied => {
                if settings.agent_counts {
                    self.asked.clear();
                }
                Event::AgentReplied
            }
            Choice::AgentEnded => Event::AgentEnded,
            Choice::OperatorEnded => Event::OperatorEnded,
            Choice::Timer(late) => Event::Timer { armed_for: seconds_before(now, late) },
            Choice::TimerAtDue | Choice::TimerTwice => Event::Timer { armed_for: now },
        })
    }

    fn saw(
        &mut self,
        settings: &Settings,
        event: Event,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<(), TestCaseError> {
        for effect in effects {
            match *effect {
                Effect::Started { id } => {
                    prop_assert_eq!(self.open, None);
                    let first = self.started.insert(id);
                    prop_assert!(first || self.from_the_future, "{id} started a second time");
                    self.open = Some(id);
                    self.active = match event {
                        Event::UserMessage { at, .. } | Event::UserAnswered { at, .. } => Some(at.min(now)),
                        Event::AgentReplied
                        | Event::AgentEnded
                        | Event::OperatorEnded
                        | Event::Timer { .. } => None,
                    };
                    self.asked.clear();
                }
                Effect::Ask { id, prompt } => {
                    prop_assert!(matches!(event, Event::Timer { .. }), "asked at {event:?}");
                    prop_assert_eq!(self.open, Some(id));
                    self.may_ask(settings, prompt, now)?;
                    self.asked.push((prompt, now));
                }
                Effect::Resumed { id } => prop_assert_eq!(self.open, Some(id)),
                Effect::Close { id } => {
                    prop_assert_eq!(self.open, Some(id));
                    let said = matches!(event, Event::UserAnswered { answer: Answer::End, .. });
                    prop_assert!(said, "a last word that nobody asked for, at {event:?}");
                    prop_assert!(window::is_open(self.wrote, now), "a last word outside the window");
                }
                Effect::Ended { id, .. } => {
                    prop_assert_eq!(self.open, Some(id), "ended once, and only what was open");
                    self.open = None;
                }
            }
        }
        Ok(())
    }

    fn may_ask(&self, settings: &Settings, prompt: Prompt, now: Timestamp) -> Result<(), TestCaseError> {
        prop_assert!(settings.ask);
        prop_assert!(window::is_open(self.wrote, now), "asked outside the window");
        let again = self.asked.iter().any(|(asked, _)| *asked == prompt);
        prop_assert!(!again, "asked twice in one silence");
        let since = match prompt {
            Prompt::More => self.active.unwrap().after(settings.ask_more_after()),
            Prompt::End => {
                let more = self.asked.iter().find(|(asked, _)| *asked == Prompt::More);
                prop_assert!(more.is_some(), "shall we end, before anything else");
                more.unwrap().1.after(settings.ask_end_after())
            }
        };
        prop_assert!(now >= since, "asked too early, or of a user who has just written");
        Ok(())
    }
}

/// One step of the machine, watched.
fn watched(
    state: &State,
    settings: &Settings,
    (event, now): (Event, Timestamp),
    judge: &mut Judge,
) -> Result<State, TestCaseError> {
    let (next, effects) = step(state, settings, event, now);
    judge.saw(settings, event, &effects, now)?;
    prop_assert_eq!(judge.open, next.open().map(|open| open.id), "what is open was told");
    let by_user = matches!(event, Event::UserMessage { .. } | Event::UserAnswered { .. });
    if by_user && next.open().is_some() {
        prop_assert!(matches!(next, State::Active(_)), "the user did something, and is asked on: {next:?}");
    }
    if let (Event::Timer { .. }, Some(was)) = (event, due(state, settings).filter(|due| *due <= now)) {
        let later = due(&next, settings).is_none_or(|due| due > was);
        prop_assert!(next != *state && later, "woken in vain at {was:?}: {state:?}");
    }
    Ok(next)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn no_history_makes_it_ask_wrongly_or_end_twice(settings in any_settings(), history in any_history()) {
        let (mut state, mut judge) = (State::None, Judge::default());
        let mut now = Timestamp::from_millis(1_000_000_000_000);
        for (pause, choice) in history {
            now = seconds_before(now, -pause);
            if let (Choice::TimerAtDue, Some(due)) = (choice, due(&state, &settings)) {
                now = now.max(due);
            }
            let Some(event) = judge.event(choice, &settings, now) else { continue };
            state = watched(&state, &settings, (event, now), &mut judge)?;
            if matches!(choice, Choice::TimerTwice) {
                state = watched(&state, &settings, (event, now), &mut judge)?;
            }
        }
        let row = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&row).unwrap(), state);
    }
}
