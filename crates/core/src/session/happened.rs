//! The events of a session, as the history stores them and the agent receives them.

use super::state::EndReason;
use super::words::Prompt;
use crate::policy::loop_guard::Loop;

/// An event of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// The session started.
    Started,
    /// The user was asked a question.
    Asked(Prompt),
    /// The session resumed after a question.
    Resumed,
    /// The session ended.
    Ended(EndReason),
    /// The agent was paused in the conversation, because it and the user answer each other without end.
    Paused(Loop),
}

impl Happened {
    /// The word of the event: `started`, `ask_more`, `ask_end`, `resumed`, `ended` or `paused`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Asked(prompt) => prompt.as_str(),
            Self::Resumed => "resumed",
            Self::Ended(_) => "ended",
            Self::Paused(_) => "paused",
        }
    }

    /// The question, if the event is one.
    #[must_use]
    pub const fn prompt(self) -> Option<Prompt> {
        match self {
            Self::Asked(prompt) => Some(prompt),
            Self::Started | Self::Resumed | Self::Ended(_) | Self::Paused(_) => None,
        }
    }

    /// The word of the reason, if the event is an end or a pause.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Ended(reason) => Some(reason.as_str()),
            Self::Paused(why) => Some(why.as_str()),
            Self::Started | Self::Asked(_) | Self::Resumed => None,
        }
    }

    /// Parses a stored word and reason; `None` if they do not fit together.
    #[must_use]
    pub fn parse(word: &str, reason: Option<&str>) -> Option<Self> {
        match (word, reason) {
            ("started", None) => Some(Self::Started),
            ("resumed", None) => Some(Self::Resumed),
            ("ended", Some(reason)) => reason.parse().ok().map(Self::Ended),
            ("paused", Some(reason)) => reason.parse().ok().map(Self::Paused),
            (prompt, None) => prompt.parse().ok().map(Self::Asked),
            (_, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_parsed_back_from_its_words() {
        let asked = Prompt::ALL.iter().copied().map(Happened::Asked);
        let ended = EndReason::ALL.iter().copied().map(Happened::Ended);
        let paused = Loop::ALL.iter().copied().map(Happened::Paused);
        for happened in asked.chain(ended).chain(paused).chain([Happened::Started, Happened::Resumed]) {
            let reason = happened.reason();
            assert_eq!(Happened::parse(happened.as_str(), reason), Some(happened));
        }
    }

    #[test]
    fn unknown_words_and_reasons_are_rejected() {
        for (word, reason) in [
            ("ended", None),
            ("ended", Some("tired")),
            ("started", Some("user")),
            ("prompted", None),
            ("", None),
        ] {
            assert_eq!(Happened::parse(word, reason), None, "{word} {reason:?}");
        }
    }
}
