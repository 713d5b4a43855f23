//! What the user is asked and told, and the variables in it.

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

/// What is said in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Whether there is anything else.
    pub ask_more: String,
    /// The button for: there is.
    pub more_yes: String,
    /// The button for: that is all.
    pub more_no: String,
    /// Whether to end.
    pub ask_end: String,
    /// The button for: end.
    pub end_yes: String,
    /// The button for: go on.
    pub end_no: String,
    /// The last word, once the user has ended it.
    pub closing: String,
}

words! {
    /// A part of what is said.
    Part {
        /// Whether there is anything else.
        AskMore = "ask_more",
        /// The button for: there is.
        MoreYes = "more_yes",
        /// The button for: that is all.
        MoreNo = "more_no",
        /// Whether to end.
        AskEnd = "ask_end",
        /// The button for: end.
        EndYes = "end_yes",
        /// The button for: go on.
        EndNo = "end_no",
        /// The last word.
        Closing = "closing",
    }
}

/// What variables stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Values<'a> {
    /// `{name}`: what the user calls themself.
    pub name: Option<&'a str>,
    /// `{business}`: what the agent is called.
    pub business: &'a str,
}

impl Part {
    /// The most characters WhatsApp takes there (facts/meta-cloud.md §5.4).
    #[must_use]
    pub const fn most(self) -> usize {
        if self.is_button() { 20 } else { 1_024 }
    }

    /// Whether it is the title of a button, which is the same for everybody.
    #[must_use]
    pub const fn is_button(self) -> bool {
        matches!(self, Self::MoreYes | Self::MoreNo | Self::EndYes | Self::EndNo)
    }

    /// Whether this variable may stand there.
    #[must_use]
    pub fn knows(self, variable: &str) -> bool {
        !self.is_button() && matches!(variable, "name" | "business")
    }
}

impl Texts {
    /// What we wrote in a language: Indonesian, and English for every other.
    #[must_use]
    pub fn of(language: &str) -> Self {
        let text = str::to_owned;
        if language.split(['-', '_']).next() == Some("id") {
            Self {
                ask_more: text("Masih ada yang bisa kami bantu, {name}?"),
                more_yes: text("Masih ada"),
                more_no: text("Sudah cukup"),
                ask_end: text("Sepertinya percakapan kita sudah selesai. Boleh kami akhiri?"),
                end_yes: text("Ya, akhiri"),
                end_no: text("Jangan dulu"),
                closing: text("Terima kasih sudah menghubungi {business}. Tulis lagi kapan saja, ya!"),
            }
        } else {
            Self {
                ask_more: text("Is there anything else we can help you with, {name}?"),
                more_yes: text("Yes, there is"),
                more_no: text("That's all"),
                ask_end: text("It has been quiet for a while. Shall we end this chat?"),
                end_yes: text("Yes, end it"),
                end_no: text("Not yet"),
                closing: text("Thank you for writing to {business}. Message us again any time!"),
            }
        }
    }

    /// One of them.
    #[must_use]
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::AskMore => &self.ask_more,
            Part::MoreYes => &self.more_yes,
            Part::MoreNo => &self.more_no,
            Part::AskEnd => &self.ask_end,
            Part::EndYes => &self.end_yes,
            Part::EndNo => &self.end_no,
            Part::Closing => &self.closing,
        }
    }

    /// One of them, to be changed.
    pub const fn part_mut(&mut self, part: Part) -> &mut String {
        match part {
            Part::AskMore => &mut self.ask_more,
            Part::MoreYes => &mut self.more_yes,
            Part::MoreNo => &mut self.more_no,
            Part::AskEnd => &mut self.ask_end,
            Part::EndYes => &mut self.end_yes,
            Part::EndNo => &mut self.end_no,
            Part::Closing => &mut self.closing,
        }
    }
}

/// The names in braces.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// A text with its variables filled in, cut to what WhatsApp takes. A name that is not known goes together with the comma or
/// blank before it, so that the sentence still reads well. What users call themselves is not looked through for variables.
#[must_use]
pub fn render(text: &str, values: Values<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value = match after.split_once('}') {
            Some(("name", _)) => values.name.map(str::trim).filter(|name| !name.is_empty()),
            Some(("business", _)) => Some(values.business),
            _ => {
                out.push('{');
                rest = after;
                continue;
            }
        };
        if let Some(value) = value {
            out.push_str(value);
        } else {
            let kept = out.trim_end_matches([' ', ',']).len();
            out.truncate(kept);
        }
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out.trim().chars().take(Part::Closing.most()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_known_leaves_no_gap() {
        let ask = Texts::of("en").ask_more;
        let values = |name| Values { name, business: "Kopi Nusa" };
        assert_eq!(render(&ask, values(Some("Budi"))), "Is there anything else we can help you with, Budi?");
        assert_eq!(render(&ask, values(None)), "Is there anything else we can help you with?");
        assert_eq!(render(&ask, values(Some("  "))), "Is there anything else we can help you with?");
        assert_eq!(render("{name}, halo", values(None)), ", halo");
        assert_eq!(render("Bye from {business}!", values(None)), "Bye from Kopi Nusa!");
    }

    #[test]
    fn a_name_that_looks_like_a_variable_is_said_as_it_is() {
        let values = Values { name: Some("{business} {name}"), business: "Kopi" };
        assert_eq!(render("Hi {name}", values), "Hi {business} {name}");
        assert_eq!(render("open { and {what}", values), "open { and {what}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_rendered_within_the_limit(text: String, name: Option<String>, business: String) {
            let out = render(&text, Values { name: name.as_deref(), business: &business });
            proptest::prop_assert!(out.chars().count() <= 1_024);
        }
    }
}
