//! A conversation as the settings have it, from the last message to its end: for a drawing.

use std::time::Duration;

use super::settings::Settings;
use super::state::State;
use super::step::{Effect, Event, due, step};
use super::words::Prompt;
use crate::ids::SessionId;
use crate::policy::window;
use crate::time::Timestamp;

/// Something on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The user's last message.
    Message,
    /// "Anything else?"
    AskMore,
    /// "Shall we end?"
    AskEnd,
    /// The end.
    End,
    /// WhatsApp's window closes.
    WindowCloses,
}

/// When it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What.
    pub mark: Mark,
    /// After the user's last message.
    pub after: Duration,
}

/// What happens when the user never writes again, in order. Told by the machine itself, so that it cannot promise what the machine
/// does not do.
#[must_use]
pub fn timeline(settings: &Settings) -> Vec<Moment> {
    let start = Timestamp::from_millis(0);
    let id = SessionId::from_uuid(uuid::Uuid::nil());
    let (mut state, _) = step(&State::None, settings, Event::UserMessage { starts: id, at: start }, start);
    let mut moments = vec![Moment { mark: Mark::Message, after: Duration::ZERO }];
    while let Some(at) = due(&state, settings) {
        let (next, effects) = step(&state, settings, Event::Timer { armed_for: at }, at);
        let marks = effects.iter().filter_map(|effect| match effect {
            Effect::Ask { prompt: Prompt::More, .. } => Some(Mark::AskMore),
            Effect::Ask { prompt: Prompt::End, .. } => Some(Mark::AskEnd),
            Effect::Ended { .. } => Some(Mark::End),
            Effect::Started { .. } | Effect::Resumed { .. } | Effect::Close { .. } => None,
        });
        moments.extend(marks.map(|mark| Moment { mark, after: at.since(start) }));
        if next == state {
            break;
        }
        state = next;
    }
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
    fn the_line_shows_what_the_machine_does() {
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
