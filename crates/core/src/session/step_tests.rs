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

/// The final state and all effects after these events, each at its minute.
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
fn a_silent_user_is_asked_twice_and_the_session_ends_without_a_message() {
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
fn any_message_resumes_the_session_and_restarts_the_delay() {
    let settings = Settings::default();
    let (state, effects) = after(&settings, &[(0, wrote(1, 0)), timer(15), (16, wrote(2, 16)), timer(25)]);
    assert_eq!(due(&state, &settings), Some(at(31)));
    assert_eq!(effects.last(), Some(&Effect::Resumed { id: session(1) }));
    // A late message from before the question restarts the delay at the question.
    let (state, _) = after(&settings, &[(0, wrote(1, 0)), timer(15), (16, wrote(2, 14))]);
    assert_eq!(due(&state, &settings), Some(at(30)));
}

#[test]
fn no_ends_at_once_with_the_closing_message_and_yes_resumes() {
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
fn after_a_long_outage_sessions_end_without_a_question() {
    let late = (31, Event::Timer { armed_for: at(15) });
    let (state, effects) = after(&Settings::default(), &[(0, wrote(1, 0)), late]);
    assert!(matches!(state, State::Ended { reason: EndReason::Inactive, .. }), "{state:?}");
    assert_eq!(effects.len(), 2, "no question: {effects:?}");
    let within = (30, Event::Timer { armed_for: at(15) });
    assert!(matches!(after(&Settings::default(), &[(0, wrote(1, 0)), within]).0, State::AskedMore(_)));
}

#[test]
fn a_delay_shortened_during_a_session_is_not_taken_for_an_outage() {
    let long = Settings { ask_more_minutes: 120, ..Settings::default() };
    let (state, _) = after(&long, &[(0, wrote(1, 0))]);
    let armed_for = due(&state, &long).unwrap();
    let (state, _) = step(&state, &Settings::default(), Event::Timer { armed_for }, armed_for);
    assert!(matches!(state, State::AskedMore(_)), "{state:?}");
}

#[test]
fn agent_replies_count_as_activity_only_if_the_settings_say_so() {
    let counts = Settings { agent_counts: true, ..Settings::default() };
    let events = [(0, wrote(1, 0)), (10, Event::AgentReplied)];
    assert_eq!(due(&after(&counts, &events).0, &counts), Some(at(25)));
    assert_eq!(due(&after(&Settings::default(), &events).0, &Settings::default()), Some(at(15)));
}

#[test]
fn the_delays_count_from_the_departure_of_our_answer_and_of_the_first_question() {
    let settings = Settings::default();
    let late = [(31, wrote(1, 0)), (31, Event::Answered { at: at(31) })];
    assert_eq!(due(&after(&settings, &late).0, &settings), Some(at(46)));
    let asked = [&late[..], &[timer(46), (58, Event::Answered { at: at(57) })]].concat();
    let (state, effects) = after(&settings, &asked);
    assert_eq!(effects.last(), Some(&Effect::Ask { id: session(1), prompt: Prompt::More }));
    assert_eq!(due(&state, &settings), Some(at(67)));
    // An answer that left before the user wrote again starts nothing.
    let before = [(0, wrote(1, 0)), (5, wrote(2, 5)), (6, Event::Answered { at: at(3) })];
    assert_eq!(due(&after(&settings, &before).0, &settings), Some(at(20)));
}

#[test]
fn nothing_is_asked_when_the_window_is_about_to_close() {
    let settings = Settings { ask_more_minutes: 1_380, ask_end_minutes: 120, ..Settings::default() };
    let (state, effects) = after(&settings, &[(0, wrote(1, 0)), timer(1_380), timer(1_439)]);
    assert!(matches!(state, State::Ended { reason: EndReason::WindowClosed, .. }), "{state:?}");
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Ask { .. })).count(), 1);
}

#[test]
fn a_late_message_does_not_extend_the_window() {
    let settings = Settings { ask_more_minutes: 1_380, ..Settings::default() };
    let (state, _) = after(&settings, &[(0, wrote(1, 0)), timer(1_380), (1_381, wrote(2, 60))]);
    // The window closes a day after the message of minute 60; the next question would come later.
    assert_eq!(due(&state, &settings), Some(at(1_499)));
    let (state, effects) = step(&state, &settings, timer(1_499).1, at(1_499));
    assert!(matches!(state, State::Ended { reason: EndReason::WindowClosed, .. }), "{effects:?}");
}

#[test]
fn a_button_of_an_earlier_session_cancels_the_question_and_ends_nothing() {
    let asked = [(0, wrote(1, 0)), (1, Event::AgentEnded), (2, wrote(2, 2)), timer(17)];
    let press = (18, answered(3, Answer::End, 18));
    let (state, effects) = after(&Settings::default(), &[&asked[..], &[press]].concat());
    assert_eq!(effects.last(), Some(&Effect::Resumed { id: session(2) }));
    assert_eq!(due(&state, &Settings::default()), Some(at(33)));
}

#[test]
fn a_message_replayed_after_a_later_session_does_not_restart_its_own() {
    let both = [
        (0, wrote(1, 0)),
        (1, Event::AgentEnded),
        (2, wrote(2, 2)),
        (3, Event::AgentEnded),
        (9, wrote(1, 0)),
    ];
    let (state, effects) = after(&Settings::default(), &both);
    assert!(matches!(state, State::Ended { id, .. } if id == session(2)), "{state:?}");
    assert_eq!(effects.len(), 4, "{effects:?}");
}

#[test]
fn a_clock_that_steps_back_does_not_stop_a_message_from_starting_a_session() {
    let back = [(10, wrote(1, 10)), (12, Event::AgentEnded), (5, wrote(2, 13))];
    let (state, _) = after(&Settings::default(), &back);
    assert!(matches!(state, State::Active(open) if open.id == session(2)), "{state:?}");
}
