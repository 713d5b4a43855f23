//! How sessions end on a channel: whether users are asked, after how long, and in which words.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::texts::{Part, Texts, variables};
use super::words::Extra;
use crate::policy::window;

/// No question is asked in this last part of the 24-hour window: a message needs time to reach the provider.
pub(super) const WINDOW_MARGIN: Duration = Duration::from_mins(1);
/// The shortest delay, in minutes.
const SHORTEST: u32 = 1;
/// The longest delay, in minutes: 23 hours.
const LONGEST: u32 = 23 * 60;

/// How sessions end on a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether the user is asked. Off: a session ends in silence after the sum of the three delays.
    pub ask: bool,
    /// Minutes from the last activity to "anything else?".
    pub ask_more_minutes: u32,
    /// Minutes from there to "shall we end?".
    pub ask_end_minutes: u32,
    /// Minutes from there to the silent end.
    pub grace_minutes: u32,
    /// Whether what the agent says counts as activity too.
    pub agent_counts: bool,
    /// What is said, by language; a language that is not here has the texts we wrote.
    pub texts: BTreeMap<String, Texts>,
    /// What is understood beyond the words we know.
    pub words: Extra,
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
            words: Extra::default(),
        }
    }
}

/// Something in the settings that cannot stay so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, by its name in the JSON: `ask_more_minutes`, or `texts.id.closing`.
    pub field: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A delay is not within the two, in minutes.
    OutOfRange(u32, u32),
    /// The window closes before this could ever happen.
    NeverFires,
    /// Nothing is written there.
    Empty,
    /// More characters than WhatsApp takes, which is this many.
    TooLong(usize),
    /// There is no such variable.
    UnknownVariable(String),
    /// The two buttons of a question have the same title.
    SameTitle,
}

impl Settings {
    /// What is said in a language; where it has no texts, in English.
    #[must_use]
    pub fn texts(&self, language: &str) -> Texts {
        self.texts.get(language).cloned().unwrap_or_else(|| Texts::of(language))
    }

    /// From the last activity to "anything else?".
    #[must_use]
    pub fn ask_more_after(&self) -> Duration {
        minutes(self.ask_more_minutes)
    }

    /// From there to "shall we end?".
    #[must_use]
    pub fn ask_end_after(&self) -> Duration {
        minutes(self.ask_end_minutes)
    }

    /// From there to the silent end.
    #[must_use]
    pub fn grace(&self) -> Duration {
        minutes(self.grace_minutes)
    }

    /// From the last activity to the end, where nobody is asked.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.ask_more_after().saturating_add(self.ask_end_after()).saturating_add(self.grace())
    }

    /// Everything that cannot stay so. None: the settings can be saved.
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
                problems.push(Problem::new(field, What::OutOfRange(SHORTEST, LONGEST)));
            }
        }
        if problems.is_empty() && self.ask {
            let last = window::LENGTH.saturating_sub(WINDOW_MARGIN);
            if self.ask_more_after() >= last {
                problems.push(Problem::new("ask_more_minutes", What::NeverFires));
            } else if self.ask_more_after().saturating_add(self.ask_end_after()) >= last {
                problems.push(Problem::new("ask_end_minutes", What::NeverFires));
            }
        }
        for (language, texts) in &self.texts {
            problems.extend(text_problems(language, texts));
        }
        problems
    }
}

impl Problem {
    fn new(field: impl Into<String>, what: What) -> Self {
        Self { field: field.into(), what }
    }
}

fn text_problems(language: &str, texts: &Texts) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut found = |part: Part, what| problems.push(Problem::new(format!("texts.{language}.{part}"), what));
    for part in Part::ALL.iter().copied() {
        let text = texts.part(part);
        if text.trim().is_empty() {
            found(part, What::Empty);
        } else if text.chars().count() > part.most() {
            found(part, What::TooLong(part.most()));
        }
        if let Some(unknown) = variables(text).find(|name| !part.knows(name)) {
            found(part, What::UnknownVariable(unknown.to_owned()));
        }
    }
    for (yes, no) in [(Part::MoreYes, Part::MoreNo), (Part::EndYes, Part::EndNo)] {
        let same = texts.part(yes).trim().to_lowercase() == texts.part(no).trim().to_lowercase();
        if same && !texts.part(no).trim().is_empty() {
            found(no, What::SameTitle);
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
    fn what_we_wrote_has_no_problems() {
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
        let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), &problem.what)).collect();
        assert_eq!(
            found,
            [
                ("ask_end_minutes", &What::OutOfRange(1, 1_380)),
                ("grace_minutes", &What::OutOfRange(1, 1_380)),
                ("texts.en.ask_more", &What::Empty),
                ("texts.en.ask_end", &What::UnknownVariable("nam".to_owned())),
                ("texts.en.end_yes", &What::TooLong(20)),
                ("texts.en.closing", &What::TooLong(1_024)),
                ("texts.en.more_no", &What::SameTitle),
            ]
        );
    }

    #[test]
    fn a_question_that_the_window_cuts_off_is_told() {
        let settings =
            |more, end| Settings { ask_more_minutes: more, ask_end_minutes: end, ..Settings::default() };
        assert_eq!(settings(1_380, 58).problems(), []);
        assert_eq!(settings(1_380, 59).problems(), [Problem::new("ask_end_minutes", What::NeverFires)]);
        let silent = Settings { ask: false, ..settings(1_380, 1_380) };
        assert_eq!(silent.problems(), [], "nobody is asked, so no window matters");
    }
}
