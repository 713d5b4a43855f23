//! The form of the section: conversion between settings and fields, and the labels.

use std::borrow::Cow;

use warta_core::session::{Part, Problem as Fault, ProblemKind, Settings, Texts};
use warta_store::Change;

use crate::form::Typed;
use crate::texts::Lang;

/// The languages that texts are kept in.
pub(super) const LANGUAGES: [&str; 2] = ["en", "id"];
/// The fields with words of a channel's own, and what they mean.
pub(super) const WORDS: [&str; 2] = ["words.go_on", "words.end"];
/// The fields of texts: as a form names them, which is as [`Settings::problems`] does.
pub(super) const TEXTS: [(&str, &str, Part); 14] = [
    ("texts.en.ask_more", "en", Part::AskMore),
    ("texts.en.more_yes", "en", Part::MoreYes),
    ("texts.en.more_no", "en", Part::MoreNo),
    ("texts.en.ask_end", "en", Part::AskEnd),
    ("texts.en.end_yes", "en", Part::EndYes),
    ("texts.en.end_no", "en", Part::EndNo),
    ("texts.en.closing", "en", Part::Closing),
    ("texts.id.ask_more", "id", Part::AskMore),
    ("texts.id.more_yes", "id", Part::MoreYes),
    ("texts.id.more_no", "id", Part::MoreNo),
    ("texts.id.ask_end", "id", Part::AskEnd),
    ("texts.id.end_yes", "id", Part::EndYes),
    ("texts.id.end_no", "id", Part::EndNo),
    ("texts.id.closing", "id", Part::Closing),
];

/// The form's values, by field name.
pub(super) struct Form(Vec<(&'static str, String)>);

impl Form {
    pub(super) fn of(settings: &Settings) -> Self {
        let mut fields = vec![
            ("ask", settings.ask.to_string()),
            ("ask_more_minutes", settings.ask_more_minutes.to_string()),
            ("ask_end_minutes", settings.ask_end_minutes.to_string()),
            ("grace_minutes", settings.grace_minutes.to_string()),
            ("agent_counts", settings.agent_counts.to_string()),
        ];
        let text = |(name, language, part): &(&'static str, &str, Part)| {
            (*name, settings.texts(language).part(*part).to_owned())
        };
        fields.extend(TEXTS.iter().map(text));
        let [go_on, end] = WORDS;
        fields.extend([(go_on, settings.words.go_on.join(", ")), (end, settings.words.end.join(", "))]);
        Self(fields)
    }

    /// Reads the submitted form; `None` if it was not submitted.
    pub(super) fn sent(typed: &Typed) -> Option<Self> {
        typed.has("ask_more_minutes").then(|| Self::typed(typed))
    }

    pub(super) fn typed(typed: &Typed) -> Self {
        let names = Self::of(&Settings::default()).0.into_iter().map(|(name, _)| name);
        Self(names.map(|name| (name, typed.text(name).to_owned())).collect())
    }

    /// The fields' names and values.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    pub(super) fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| *found == name).map_or("", |(_, value)| value)
    }

    /// The settings in the form, and the invalid fields. A text equal to our default is not stored, so it follows later versions.
    pub(super) fn settings(&self) -> (Settings, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut minutes = |name: &'static str| {
            self.value(name).parse().unwrap_or_else(|_| {
                // Zero is out of range, and so is what is no number.
                faults.push(name);
                0
            })
        };
        let mut settings = Settings {
            ask: self.value("ask") == "true",
            ask_more_minutes: minutes("ask_more_minutes"),
            ask_end_minutes: minutes("ask_end_minutes"),
            grace_minutes: minutes("grace_minutes"),
            agent_counts: self.value("agent_counts") == "true",
            ..Settings::default()
        };
        for language in LANGUAGES {
            let texts = self.texts(language);
            if texts != Texts::of(language) {
                settings.texts.insert(language.to_owned(), texts);
            }
        }
        let words = |name| {
            let words = self.value(name).split(',').map(str::trim).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let [go_on, end] = WORDS;
        (settings.words.go_on, settings.words.end) = (words(go_on), words(end));
        let problems = settings.problems();
        (settings, problems)
    }

    /// What is wrong with the fields, in words.
    pub(super) fn faults(&self, problems: &[Fault], l: Lang) -> Vec<(&'static str, Cow<'static, str>)> {
        let fault = |name: &'static str| {
            let problem = problems.iter().find(|problem| problem.field == name)?;
            Some((name, words(&problem.kind, l)))
        };
        self.0.iter().filter_map(|(name, _)| fault(name)).collect()
    }

    /// What is said in a language.
    pub(super) fn texts(&self, language: &str) -> Texts {
        let mut texts = Texts::of(language);
        for (name, _, part) in TEXTS.iter().filter(|(_, of, _)| *of == language) {
            self.value(name).clone_into(texts.part_mut(*part));
        }
        texts
    }

    /// What is different.
    pub(super) fn changes(&self, before: &Self) -> Vec<Change> {
        let pairs = self.0.iter().zip(&before.0).filter(|(after, before)| after.1 != before.1);
        pairs
            .map(|((name, after), (_, before))| Change {
                field: (*name).to_owned(),
                before: Some(before.clone()),
                after: Some(after.clone()),
            })
            .collect()
    }
}

pub(super) fn label(name: &str, l: Lang) -> Cow<'static, str> {
    match name {
        "ask" => l.session_ask(),
        "ask_more_minutes" => l.session_ask_more_delay(),
        "ask_end_minutes" => l.session_ask_end_delay(),
        "grace_minutes" => l.session_grace(),
        "agent_counts" => l.session_agent_counts(),
        "words.go_on" => l.session_words_go_on(),
        "words.end" => l.session_words_end(),
        _ => {
            let part = TEXTS.iter().find(|(known, ..)| *known == name).map(|(.., part)| *part);
            match part {
                Some(Part::AskMore) | None => l.session_text_ask_more(),
                Some(Part::MoreYes) => l.session_text_more_yes(),
                Some(Part::MoreNo) => l.session_text_more_no(),
                Some(Part::AskEnd) => l.session_text_ask_end(),
                Some(Part::EndYes) => l.session_text_end_yes(),
                Some(Part::EndNo) => l.session_text_end_no(),
                Some(Part::Closing) => l.session_text_closing(),
            }
        }
    }
}

/// The label of a field that stands apart from its group: a text with its language.
pub(crate) fn label_alone(name: &str, l: Lang) -> Cow<'static, str> {
    let word = label(name, l);
    match TEXTS.iter().find(|(known, ..)| *known == name) {
        Some((_, language, _)) => format!("{word} ({})", l.language_name(language)).into(),
        None => word,
    }
}

pub(super) fn help(name: &str, l: Lang) -> Cow<'static, str> {
    match name {
        "ask" => l.session_ask_help(),
        "ask_more_minutes" => l.session_ask_more_delay_help(),
        "ask_end_minutes" => l.session_ask_end_delay_help(),
        "grace_minutes" => l.session_grace_help(),
        "agent_counts" => l.session_agent_counts_help(),
        "words.go_on" | "words.end" => l.session_words_help(),
        _ => Cow::default(),
    }
}

fn words(kind: &ProblemKind, l: Lang) -> Cow<'static, str> {
    match kind {
        ProblemKind::OutOfRange(least, most) => l.session_out_of_range(*least, *most),
        ProblemKind::NeverFires => l.session_never_fires(),
        ProblemKind::Empty => l.session_empty(),
        ProblemKind::TooLong(most) => l.session_too_long(*most),
        ProblemKind::UnknownVariable(name) => l.session_unknown_variable(name),
        ProblemKind::SameTitle => l.session_same_title(),
    }
}
