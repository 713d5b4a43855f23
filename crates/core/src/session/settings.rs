//! The session settings of a channel: whether users are asked, the delays, the texts and extra answer words.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::texts::{Part, Texts, variables};
use super::words::ExtraWords;
use crate::policy::window;

/// No question is asked in this last part of the 24-hour window: a message needs time to reach the provider.
pub(super) const WINDOW_MARGIN: Duration = Duration::from_mins(1);
/// The shortest delay, in minutes.
const SHORTEST: u32 = 1;
/// The longest delay, in minutes: 23 hours.
const LONGEST: u32 = 23 * 60;

/// The session settings of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether the user is asked before the end. If false, a session ends without a message after the sum of the three delays.
    pub ask: bool,
    /// Minutes from the last activity to the question "anything else?".
    pub ask_more_minutes: u32,
    /// Minutes from that question to the question "shall we end?".
    pub ask_end_minutes: u32,
    /// Minutes from that question to the end without a message.
    pub grace_minutes: u32,
    /// Whether the agent's replies count as activity too.
    pub agent_counts: bool,
    /// Custom texts by language; other languages use the built-in texts.
    pub texts: BTreeMap<String, Texts>,
    /// Answer words in addition to the built-in ones.
    pub words: ExtraWords,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ask: true,
            ask_more_minutes: 15,
            ask_end_minutes: 10,
            grace_minutes: 5,
            agent_counts: false,
            texts: BTreeMap::new(),
            words: ExtraWords::default(),
        }
    }
}

/// A fault in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name in JSON: `ask_more_minutes`, or `texts.id.closing`.
    pub field: String,
    /// The kind of fault.
    pub kind: ProblemKind,
}

/// A kind of fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// A delay is outside this range of minutes.
    OutOfRange(u32, u32),
    /// The 24-hour window closes before this delay ends.
    NeverFires,
    /// The text is empty.
    Empty,
    /// The text is longer than WhatsApp's maximum, given in characters.
    TooLong(usize),
    /// The text contains an unknown variable.
    UnknownVariable(String),
    /// The two buttons of a question have the same title.
    SameTitle,
}

impl Settings {
    /// The texts of a language: the custom ones, else the built-in ones.
    #[must_use]
    pub fn texts(&self, language: &str) -> Texts {
        self.texts.get(language).cloned().unwrap_or_else(|| Texts::of(language))
    }

    /// The delay from the last activity to "anything else?".
    #[must_use]
    pub fn ask_more_after(&self) -> Duration {
        minutes(self.ask_more_minutes)
    }

    /// The delay from "anything else?" to "shall we end?".
    #[must_use]
    pub fn ask_end_after(&self) -> Duration {
        minutes(self.ask_end_minutes)
    }

    /// The delay from "shall we end?" to the end without a message.
    #[must_use]
    pub fn grace(&self) -> Duration {
        minutes(self.grace_minutes)
    }

    /// The delay from the last activity to the end if the user is not asked.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.ask_more_after().saturating_add(self.ask_end_after()).saturating_add(self.grace())
    }

    /// All faults in the settings. If empty, the settings can be saved.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let delays = [
            ("ask_more_minutes", self.ask_more_minutes),
            ("ask_end_minutes", self.ask_end_minutes),
            ("grace_minutes", self.grace_minutes),
        ];
        for (field, value) in delays {
            if !(SHORTEST..=LONGEST).contains(&value) {
                problems.push(Problem::new(field, ProblemKind::OutOfRange(SHORTEST, LONGEST)));
            }
        }
        if problems.is_empty() && self.ask {
            let last = window::LENGTH.saturating_sub(WINDOW_MARGIN);
            if self.ask_more_after() >= last {
                problems.push(Problem::new("ask_more_minutes", ProblemKind::NeverFires));
            } else if self.ask_more_after().saturating_add(self.ask_end_after()) >= last {
                problems.push(Problem::new("ask_end_minutes", ProblemKind::NeverFires));
            }
        }
        for (language, texts) in &self.texts {
            problems.extend(text_problems(language, texts));
        }
        problems
    }
}

impl Problem {
    fn new(field: impl Into<String>, kind: ProblemKind) -> Self {
        Self { field: field.into(), kind }
    }
}

fn text_problems(language: &str, texts: &Texts) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut found = |part: Part, kind| problems.push(Problem::new(format!("texts.{language}.{part}"), kind));
    for part in Part::ALL.iter().copied() {
        let text = texts.part(part);
        if text.trim().is_empty() {
            found(part, ProblemKind::Empty);
        } else if text.chars().count() > part.max_chars() {
            found(part, ProblemKind::TooLong(part.max_chars()));
        }
        if let Some(unknown) = variables(text).find(|name| !part.allows_variable(name)) {
            found(part, ProblemKind::UnknownVariable(unknown.to_owned()));
        }
    }
    for (yes, no) in [(Part::MoreYes, Part::MoreNo), (Part::EndYes, Part::EndNo)] {
        let same = texts.part(yes).trim().to_lowercase() == texts.part(no).trim().to_lowercase();
        if same && !texts.part(no).trim().is_empty() {
            found(no, ProblemKind::SameTitle);
        }
    }
    problems
}

fn minutes(minutes: u32) -> Duration {
    Duration::from_mins(u64::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_texts_have_no_problems() {
        let texts = ["en", "id"].map(|language| (language.to_owned(), Texts::of(language)));
        let settings = Settings { texts: texts.into(), ..Settings::default() };
        assert_eq!(settings.problems(), []);
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }

    #[test]
    fn each_problem_is_found_at_its_field() {
        let mut texts = Texts::of("en");
        texts.ask_more = String::from("  ");
        texts.closing = "x".repeat(1_025);
        texts.end_yes = "Yes, please end this now!".to_owned();
        texts.ask_end = "Shall we, {nam}?".to_owned();
        texts.more_no = texts.more_yes.clone();
        let settings = Settings {
            ask_end_minutes: 0,
            grace_minutes: 1_381,
            texts: [("en".to_owned(), texts)].into(),
            ..Settings::default()
        };
        let problems = settings.problems();
        let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), &problem.kind)).collect();
        assert_eq!(
            found,
            [
                ("ask_end_minutes", &ProblemKind::OutOfRange(1, 1_380)),
                ("grace_minutes", &ProblemKind::OutOfRange(1, 1_380)),
                ("texts.en.ask_more", &ProblemKind::Empty),
                ("texts.en.ask_end", &ProblemKind::UnknownVariable("nam".to_owned())),
                ("texts.en.end_yes", &ProblemKind::TooLong(20)),
                ("texts.en.closing", &ProblemKind::TooLong(1_024)),
                ("texts.en.more_no", &ProblemKind::SameTitle),
            ]
        );
    }

    #[test]
    fn a_question_after_the_window_closes_is_a_problem() {
        let settings =
            |more, end| Settings { ask_more_minutes: more, ask_end_minutes: end, ..Settings::default() };
        assert_eq!(settings(1_380, 58).problems(), []);
        assert_eq!(
            settings(1_380, 59).problems(),
            [Problem::new("ask_end_minutes", ProblemKind::NeverFires)]
        );
        let silent = Settings { ask: false, ..settings(1_380, 1_380) };
        assert_eq!(silent.problems(), [], "nobody is asked, so no window matters");
    }
}
