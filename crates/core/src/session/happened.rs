//! What happens to a session, as its history keeps it and the agent is told it.

use super::state::EndReason;
use super::words::Prompt;

/// Something that happened to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It started.
    Started,
    /// The user was asked something.
    Asked(Prompt),
    /// It goes on.
    Resumed,
    /// It ended.
    Ended(EndReason),
}

impl Happened {
    /// The word for it: `started`, `ask_more`, `ask_end`, `resumed` or `ended`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Asked(prompt) => prompt.as_str(),
            Self::Resumed => "resumed",
            Self::Ended(_) => "ended",
        }
    }

    /// Of a question: which.
    #[must_use]
    pub const fn prompt(self) -> Option<Prompt> {
        match self {
            Self::Asked(prompt) => Some(prompt),
            Self::Started | Self::Resumed | Self::Ended(_) => None,
        }
    }

    /// Of an end: why.
    #[must_use]
    pub const fn reason(self) -> Option<EndReason> {
        match self {
            Self::Ended(reason) => Some(reason),
            Self::Started | Self::Asked(_) | Self::Resumed => None,
        }
    }

    /// What a word and a reason mean; `None` where they mean nothing together.
    #[must_use]
    pub fn read(word: &str, reason: Option<&str>) -> Option<Self> {
        match (word, reason) {
            ("started", None) => Some(Self::Started),
            ("resumed", None) => Some(Self::Resumed),
            ("ended", Some(reason)) => reason.parse().ok().map(Self::Ended),
            (prompt, None) => prompt.parse().ok().map(Self::Asked),
            (_, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_read_back_from_its_words() {
        let asked = Prompt::ALL.iter().copied().map(Happened::Asked);
        let ended = EndReason::ALL.iter().copied().map(Happened::Ended);
        for happened in asked.chain(ended).chain([Happened::Started, Happened::Resumed]) {
            let reason = happened.reason().map(EndReason::as_str);
            assert_eq!(Happened::read(happened.as_str(), reason), Some(happened));
        }
    }

    #[test]
    fn what_means_nothing_is_taken_for_nothing_else() {
        for (word, reason) in [
            ("ended", None),
            ("ended", Some("tired")),
            ("started", Some("user")),
            ("prompted", None),
            ("", None),
        ] {
            assert_eq!(Happened::read(word, reason), None, "{word} {reason:?}");
        }
    }
}
