//! The timeline of a session from the user's last message to its end. The console draws it next to the settings.

use std::time::Duration;

use super::rehearsal::{RehearsalEvent, TimedAction, UserAction, rehearse};
use super::settings::Settings;
use super::texts::{Texts, Values};
use super::words::Prompt;
use crate::policy::window;

/// A point on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The user's last message.
    Message,
    /// The question whether the user needs anything else.
    AskMore,
    /// The question whether to end the session.
    AskEnd,
    /// The session ends.
    End,
    /// WhatsApp's window closes.
    WindowCloses,
}

/// A point on the timeline and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The point.
    pub mark: Mark,
    /// Time after the user's last message.
    pub after: Duration,
}

/// The events in order of time if the user never writes again. The state machine itself produces them, so the drawing cannot differ
/// from real sessions.
#[must_use]
pub fn timeline(settings: &Settings) -> Vec<Moment> {
    // Longer than the three longest delays.
    const FOREVER: Duration = Duration::from_hours(24 * 7);
    let silence = [TimedAction { at_ms: 0, what: UserAction::Write(String::new()) }];
    let played = rehearse(settings, &Texts::of("en"), Values::default(), &silence, FOREVER);
    let mark = |event: &RehearsalEvent| match event {
        RehearsalEvent::User(_) => Some(Mark::Message),
        RehearsalEvent::Question(Prompt::More, _) => Some(Mark::AskMore),
        RehearsalEvent::Question(Prompt::End, _) => Some(Mark::AskEnd),
        RehearsalEvent::Ended(_) => Some(Mark::End),
        RehearsalEvent::Agent
        | RehearsalEvent::Closing(_)
        | RehearsalEvent::Started
        | RehearsalEvent::Resumed => None,
    };
    let events = played.events.iter();
    let mut moments: Vec<_> =
        events.filter_map(|timed| Some(Moment { mark: mark(&timed.event)?, after: timed.after })).collect();
    moments.push(Moment { mark: Mark::WindowCloses, after: window::LENGTH });
    moments.sort_by_key(|moment| moment.after);
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(settings: &Settings) -> Vec<(Mark, u64)> {
        timeline(settings).into_iter().map(|moment| (moment.mark, moment.after.as_secs() / 60)).collect()
    }

    #[test]
    fn the_timeline_matches_the_state_machine() {
        let asked = [
            (Mark::Message, 0),
            (Mark::AskMore, 15),
            (Mark::AskEnd, 25),
            (Mark::End, 30),
            (Mark::WindowCloses, 1_440),
        ];
        assert_eq!(minutes(&Settings::default()), asked);
        let silent = Settings { ask: false, ..Settings::default() };
        assert_eq!(minutes(&silent), [(Mark::Message, 0), (Mark::End, 30), (Mark::WindowCloses, 1_440)]);
        let cut = Settings { ask_more_minutes: 1_380, ask_end_minutes: 1_380, ..Settings::default() };
        let cut = minutes(&cut);
        assert_eq!(cut[1..3], [(Mark::AskMore, 1_380), (Mark::End, 1_439)], "the window closes before");
    }
}
