use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const MINUTE: i64 = 60_000;

fn session(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

const fn at(minute: i64) -> Timestamp {
    Timestamp::from_millis(minute * MINUTE)
}

fn wrote(number: u128, minute: i64) -> Event {
    Event::UserMessage { starts: session(number), at: at(minute) }
}

fn answered(number: u128, answer: Answer, minute: i64) -> Event {
    Event::UserAnswered { starts: session(number), at: at(minute), session: session(1), answer }
}

/// The machine after these events, each at its minute, and what it wanted done.
fn after(settings: &Settings, events: &[(i64, Event)]) -> (State, Vec<Effect>) {
    let mut all = Vec::new();
    let mut state = State::None;
    for (minute, event) in events {
        let (next, effects) = step(&state, settings, *event, at(*minute));
        all.extend(effects);
        state = next;
    }
    (state, all)
}

const fn timer(minute: i64) -> (i64, Event) {
    (minute, Event::Timer { armed_for: at(minute) })
}

#[test]
fn silence_is_asked_about_twice_and_then_ends_without_a_word() {
    let id = session(1);
    let (state, effects) = after(
        &Settings::default(),
        &[(0, wrote(1, 0)), timer(14), timer(15), timer(24), timer(25), timer(29), timer(30)],
    );
    assert!(matches!(state, State::Ended { reason: EndReason::Inactive, .. }), "{state:?}");
    let asked = |prompt| Effect::Ask { id, prompt };
    let ended = Effect::Ended { id, reason: EndReason::Inactive };
    assert_eq!(effects, [Effect::Started { id }, asked(Prompt::More), asked(Prompt::End), ended]);
}

#[test]
fn any_message_brings_the_session_back_and_the_clock_starts_anew() {
    let settings = Settings::default();
    let (state, effects) = after(&settings, &[(0, wrote(1, 0)), timer(15), (16, wrote(2, 16)), timer(25)]);
    assert_eq!(due(&state, &settings), Some(at(31)));
    assert_eq!(effects.last(), Some(&Effect::Resumed { id: session(1) }));
    // One from before the question that comes in late counts from the question on.
    let (state, _) = after(&settings, &[(0, wrote(1, 0)), timer(15), (16, wrote(2, 14))]);
    assert_eq!(due(&state, &settings), Some(at(30)));
}

#[test]
fn no_ends_at_once_with_the_last_word_and_yes_goes_on() {
    let asked = [(0, wrote(1, 0)), timer(15)];
    let (state, effects) =
        after(&Settings::default(), &[&asked[..], &[(16, answered(2, Answer::End, 16))]].concat());
    assert!(matches!(state, State::Ended { reason: EndReason::User, .. }), "{state:?}");
    assert!(effects.contains(&Effect::Close { id: session(1) }));
    let (state, _) =
        after(&Settings::default(), &[&asked[..], &[(16, answered(2, Answer::Continue, 16))]].concat());
    assert!(matches!(state, State::Active(_)), "{state:?}");
}

#[test]
fn a_late_press_on_an_old_button_does_what_the_user_would_expect() {
    let over = [(0, wrote(1, 0)), (1, Event::AgentEnded)];
    let (state, effects) =
        after(&Settings::default(), &[&over[..], &[(2, answered(2, Answer::End, 2))]].concat());
    assert!(
        matches!(state, State::Ended { reason: EndReason::Agent, .. }) && effects.len() == 2,
        "{effects:?}"
    );
    let (state, effects) =
        after(&Settings::default(), &[&over[..], &[(2, answered(2, Answer::Continue, 2))]].concat());
    assert!(matches!(state, State::Active(open) if open.id == session(2)), "{state:?}");
    assert_eq!(effects.last(), Some(&Effect::Started { id: session(2) }));
}

#[test]
fn a_message_seen_twice_does_not_reopen_the_session_it_started() {
    let (state, effects) =
        after(&Settings::default(), &[(0, wrote(1, 0)), (1, Event::AgentEnded), (2, wrote(1, 0))]);
    assert!(matches!(state, State::Ended { .. }));
    assert_eq!(effects.len(), 2);
    let (state, _) =
        after(&Settings::default(), &[(0, wrote(1, 0)), (1, Event::OperatorEnded), (2, wrote(2, 2))]);
    assert!(matches!(state, State::Active(open) if open.id == session(2)));
}

#[test]
fn after_an_outage_nobody_is_asked_about_yesterday() {
    let late = (31, Event::Timer { armed_for: at(15) });
    let (state, effects) = after(&Settings::default(), &[(0, wrote(1, 0)), late]);
    assert!(matches!(state, State::Ended { reason: EndReason::Inactive, .. }), "{state:?}");
    assert_eq!(effects.len(), 2, "no word: {effects:?}");
    let within = (30, Event::Timer { armed_for: at(15) });
    assert!(matches!(after(&Settings::default(), &[(0, wrote(1, 0)), within]).0, State::AskedMore(_)));
}

#[test]
fn a_delay_that_was_shortened_while_a_session_waited_is_no_outage() {
    let long = Settings { ask_more_minutes: 120, ..Settings::default() };
    let (state, _) = after(&long, &[(0, wrote(1, 0))]);
    let armed_for = due(&state, &long).unwrap();
    let (state, _) = step(&state, &Settings::default(), Event::Timer { armed_for }, armed_for);
    assert!(matches!(state, State::AskedMore(_)), "{state:?}");
}

#[test]
fn what_the_agent_says_counts_only_where_it_is_set_so() {
    let counts = Settings { agent_counts: true, ..Settings::default() };
    let events = [(0, wrote(1, 0)), (10, Event::AgentReplied)];
    assert_eq!(due(&after(&counts, &events).0, &counts), Some(at(25)));
    assert_eq!(due(&after(&Settings::default(), &events).0, &Settings::default()), Some(at(15)));
}

#[test]
fn nothing_is_asked_when_the_window_is_about_to_close() {
    let settings = Settings { ask_more_minutes: 1_380, ask_end_minutes: 120, ..Settings::default() };
    let (state, effects) = after(&settings, &[(0, wrote(1, 0)), timer(1_380), timer(1_439)]);
    assert!(matches!(state, State::Ended { reason: EndReason::WindowClosed, .. }), "{state:?}");
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Ask { .. })).count(), 1);
}

/// What happens, and how many seconds after the event before; the clock may go backwards.
fn any_event() -> impl Strategy<Value = (i64, Choice)> {
    let choice = prop_oneof![
        4 => (0_u128..30, -3_000_i64..3_000).prop_map(|(starts, late)| Choice::Wrote(starts, late)),
        2 => (0_u128..30, any::<bool>()).prop_map(|(starts, end)| Choice::Answered(starts, end)),
        1 => Just(Choice::Replied),
        1 => Just(Choice::Ended),
        6 => (-900_i64..4_000).prop_map(Choice::Timer),
        6 => Just(Choice::TimerAtDue),
    ];
    (-300_i64..4_000, choice)
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Wrote(u128, i64),
    Answered(u128, bool),
    Replied,
    Ended,
    Timer(i64),
    TimerAtDue,
}

fn any_settings() -> impl Strategy<Value = Settings> {
    (any::<bool>(), 1_u32..1_400, 1_u32..1_400, 1_u32..200, any::<bool>()).prop_map(
        |(ask, ask_more_minutes, ask_end_minutes, grace_minutes, agent_counts)| Settings {
            ask,
            ask_more_minutes: if ask_more_minutes > 700 { 15 } else { ask_more_minutes },
            ask_end_minutes,
            grace_minutes,
            agent_counts,
            ..Settings::default()
        },
    )
}

/// What is known beside the machine, to judge it by.
#[derive(Default)]
struct Judge {
    open: Option<SessionId>,
    last_user: Option<Timestamp>,
    asked: Vec<Prompt>,
}

impl Judge {
    fn saw(&mut self, settings: &Settings, effects: &[Effect], now: Timestamp) -> Result<(), TestCaseError> {
        for effect in effects {
            match *effect {
                Effect::Started { id } => {
                    prop_assert_eq!(self.open, None);
                    self.open = Some(id);
                    self.asked.clear();
                }
                Effect::Ask { id, prompt } => {
                    prop_assert_eq!(self.open, Some(id));
                    prop_assert!(settings.ask && !self.asked.contains(&prompt), "asked twice in one silence");
                    self.asked.push(prompt);
                    let wrote = self.last_user.unwrap();
                    prop_assert!(now < window::closes_at(wrote), "outside the window");
                    prop_assert!(now >= wrote.after(settings.ask_more_after()), "too early");
                }
                Effect::Resumed { id } => {
                    prop_assert_eq!(self.open, Some(id));
                    self.asked.clear();
                }
                Effect::Close { id } => {
                    prop_assert_eq!(self.open, Some(id));
                    prop_assert!(now < window::closes_at(self.last_user.unwrap()));
                }
                Effect::Ended { id, .. } => {
                    prop_assert_eq!(self.open, Some(id), "ended once, and only what was open");
                    self.open = None;
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn no_history_makes_it_ask_wrongly_or_end_twice(
        settings in any_settings(),
        history in proptest::collection::vec(any_event(), 0..40),
    ) {
        let (mut state, mut judge) = (State::None, Judge::default());
        let mut now = Timestamp::from_millis(1_000_000_000);
        for (seconds, choice) in history {
            now = Timestamp::from_millis(now.as_millis() + seconds * 1_000);
            let event = match choice {
                Choice::Wrote(starts, late) => {
                    let at = Timestamp::from_millis(now.as_millis() - late * 1_000);
                    Event::UserMessage { starts: session(starts), at }
                }
                Choice::Answered(starts, end) => {
                    let answer = if end { Answer::End } else { Answer::Continue };
                    let session = state.open().map_or(session(starts), |open| open.id);
                    Event::UserAnswered { starts: super::tests::session(starts), at: now, session, answer }
                }
                Choice::Replied => Event::AgentReplied,
                Choice::Ended => Event::AgentEnded,
                Choice::Timer(late) => Event::Timer { armed_for: Timestamp::from_millis(now.as_millis() - late * 1_000) },
                Choice::TimerAtDue => {
                    let Some(due) = due(&state, &settings) else { continue };
                    now = now.max(due);
                    Event::Timer { armed_for: due }
                }
            };
            let (next, effects) = step(&state, &settings, event, now);
            if let Some(open) = next.open() {
                prop_assert!(open.last_user_at <= now || state.open().is_some(), "from the future");
                judge.last_user = Some(open.last_user_at);
            } else if let (Some(open), Choice::Answered(..)) = (state.open(), choice) {
                judge.last_user = Some(open.last_user_at.max(now));
            }
            judge.saw(&settings, &effects, now)?;
            prop_assert_eq!(judge.open, next.open().map(|open| open.id));
            if let (Choice::TimerAtDue, Some(before)) = (choice, due(&state, &settings)) {
                let moved = due(&next, &settings).is_none_or(|after| after > before);
                prop_assert!(next != state && moved, "woken in vain at {before:?}: {state:?}");
            }
            let row = serde_json::to_string(&next).unwrap();
            prop_assert_eq!(serde_json::from_str::<State>(&row).unwrap(), next);
            state = next;
        }
    }
}
