//! Property test of the session state machine: random histories with late, early, repeated and foreign events and a clock that steps back.
//!
//! The observer keeps its own record of the user's actions. It reads nothing from the state, so that a wrong state cannot hide a fault.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::{Answer, Effect, Event, Prompt, Settings, State, due, step};
use crate::ids::SessionId;
use crate::policy::window;
use crate::time::Timestamp;

/// A random input.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// The user writes: message number, and its age in seconds. A repeated message keeps its first time.
    Wrote(u128, i64),
    /// The user answers: message number, age in seconds, session of the question, and whether the answer is "end".
    Answered(u128, i64, Question, bool),
    Replied,
    /// An answer left so many seconds ago.
    Left(i64),
    AgentEnded,
    OperatorEnded,
    /// A timer that was armed for this many seconds ago.
    Timer(i64),
    /// A timer exactly at its due time, or at once if that has passed.
    TimerAtDue,
    /// The same timer on two nodes at the same time.
    TimerTwice,
}

/// The session whose button is tapped.
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
        2 => (0_i64..3_000).prop_map(Choice::Left),
        1 => Just(Choice::AgentEnded),
        1 => Just(Choice::OperatorEnded),
        3 => (-900_i64..4_000).prop_map(Choice::Timer),
        8 => Just(Choice::TimerAtDue),
        1 => Just(Choice::TimerTwice),
    ]
}

/// Inputs, each with the seconds since the previous one: mostly minutes, sometimes hours, sometimes negative.
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

/// An independent record of the history, and the assertions on effects.
#[derive(Default)]
struct Observer {
    /// When the user was last active, by the provider's clock and never in the future.
    wrote: Option<Timestamp>,
    /// The same, within the open session.
    active: Option<Timestamp>,
    /// When our last answer within the open session left.
    answered: Option<Timestamp>,
    /// When each message was written.
    written: BTreeMap<u128, Timestamp>,
    /// Whether a message carried a time in the future.
    from_the_future: bool,
    /// The open session.
    open: Option<SessionId>,
    /// All sessions so far.
    started: BTreeSet<SessionId>,
    /// The questions since the last activity, and their times.
    asked: Vec<(Prompt, Timestamp)>,
}

impl Observer {
    /// Records a message of the user and returns its time.
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
            Choice::Left(ago) => {
                let at = seconds_before(now, ago);
                self.answered = self.answered.max(Some(at));
                Event::Answered { at }
            }
            Choice::AgentEnded => Event::AgentEnded,
            Choice::OperatorEnded => Event::OperatorEnded,
            Choice::Timer(late) => Event::Timer { armed_for: seconds_before(now, late) },
            Choice::TimerAtDue | Choice::TimerTwice => Event::Timer { armed_for: now },
        })
    }

    fn check_effects(
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
                        | Event::Answered { .. }
                        | Event::AgentEnded
                        | Event::OperatorEnded
                        | Event::Timer { .. } => None,
                    };
                    self.answered = None;
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
                    prop_assert!(said, "a closing message without a request, at {event:?}");
                    prop_assert!(window::is_open(self.wrote, now), "a closing message outside the window");
                }
                Effect::Ended { id, .. } => {
                    prop_assert_eq!(self.open, Some(id), "only an open session may end");
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
        prop_assert!(!again, "asked twice without activity in between");
        let since = match prompt {
            Prompt::More => self.active.unwrap().after(settings.ask_more_after()),
            Prompt::End => {
                let more = self.asked.iter().find(|(asked, _)| *asked == Prompt::More);
                prop_assert!(more.is_some(), "asked about the end before the first question");
                more.unwrap().1.after(settings.ask_end_after())
            }
        };
        prop_assert!(now >= since, "asked too early");
        let delay = if prompt == Prompt::More { settings.ask_more_after() } else { settings.ask_end_after() };
        let answered = self.answered.is_none_or(|at| {
            now >= at
                .after(delay)
                .min(window::closes_at(self.wrote.unwrap_or(at)).before(std::time::Duration::from_mins(1)))
        });
        prop_assert!(answered, "asked too early after our answer");
        Ok(())
    }
}

/// One step of the state machine, with all assertions.
fn checked_step(
    state: &State,
    settings: &Settings,
    (event, now): (Event, Timestamp),
    observer: &mut Observer,
) -> Result<State, TestCaseError> {
    let (next, effects) = step(state, settings, event, now);
    observer.check_effects(settings, event, &effects, now)?;
    prop_assert_eq!(
        observer.open,
        next.open().map(|open| open.id),
        "the open session differs from the reported one"
    );
    let by_user = matches!(event, Event::UserMessage { .. } | Event::UserAnswered { .. });
    if by_user && next.open().is_some() {
        prop_assert!(
            matches!(next, State::Active(_)),
            "a question stays open although the user is active: {next:?}"
        );
    }
    if let (Event::Timer { .. }, Some(was)) = (event, due(state, settings).filter(|due| *due <= now)) {
        let later = due(&next, settings).is_none_or(|due| due > was);
        prop_assert!(next != *state && later, "a due timer changed nothing at {was:?}: {state:?}");
    }
    Ok(next)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn no_history_leads_to_a_wrong_question_or_a_second_end(settings in any_settings(), history in any_history()) {
        let (mut state, mut observer) = (State::None, Observer::default());
        let mut now = Timestamp::from_millis(1_000_000_000_000);
        for (pause, choice) in history {
            now = seconds_before(now, -pause);
            if let (Choice::TimerAtDue, Some(due)) = (choice, due(&state, &settings)) {
                now = now.max(due);
            }
            let Some(event) = observer.event(choice, &settings, now) else { continue };
            state = checked_step(&state, &settings, (event, now), &mut observer)?;
            if matches!(choice, Choice::TimerTwice) {
                state = checked_step(&state, &settings, (event, now), &mut observer)?;
            }
        }
        let row = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&row).unwrap(), state);
    }
}
