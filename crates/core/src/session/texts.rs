//! The texts that a session sends to the user, and the variables in them.

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

/// The texts of one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// The question whether the user needs anything else.
    pub ask_more: String,
    /// The button "yes, there is".
    pub more_yes: String,
    /// The button "that is all".
    pub more_no: String,
    /// The question whether to end the session.
    pub ask_end: String,
    /// The button "yes, end it".
    pub end_yes: String,
    /// The button "not yet".
    pub end_no: String,
    /// The closing message, sent when the user ends the session.
    pub closing: String,
}

words! {
    /// A field of [`Texts`].
    Part {
        /// The question whether the user needs anything else.
        AskMore = "ask_more",
        /// The button "yes, there is".
        MoreYes = "more_yes",
        /// The button "that is all".
        MoreNo = "more_no",
        /// The question whether to end the session.
        AskEnd = "ask_end",
        /// The button "yes, end it".
        EndYes = "end_yes",
        /// The button "not yet".
        EndNo = "end_no",
        /// The closing message.
        Closing = "closing",
    }
}

/// The values of the variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Values<'a> {
    /// `{name}`: the user's WhatsApp name, if known.
    pub name: Option<&'a str>,
    /// `{business}`: the agent's name.
    pub business: &'a str,
}

impl Part {
    /// WhatsApp's maximum length in characters (facts/meta-cloud.md §5.4).
    #[must_use]
    pub const fn max_chars(self) -> usize {
        if self.is_button() { 20 } else { 1_024 }
    }

    /// True for button titles. They are the same for every user, so they take no variables.
    #[must_use]
    pub const fn is_button(self) -> bool {
        matches!(self, Self::MoreYes | Self::MoreNo | Self::EndYes | Self::EndNo)
    }

    /// Whether this variable is allowed in the part.
    #[must_use]
    pub fn allows_variable(self, variable: &str) -> bool {
        !self.is_button() && matches!(variable, "name" | "business")
    }
}

impl Texts {
    /// The built-in texts of a language: Indonesian for `id`, English for all others.
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

    /// The text of a part.
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

    /// The text of a part, mutable.
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

/// The variable names in a text.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Fills the variables in and cuts the text to WhatsApp's maximum length. An unknown name is removed together with the comma or
/// space before it, so that the sentence still reads well. Variables inside the user's name are not expanded.
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
    out.trim().chars().take(Part::Closing.max_chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_leaves_no_gap() {
        let ask = Texts::of("en").ask_more;
        let values = |name| Values { name, business: "Kopi Nusa" };
        assert_eq!(render(&ask, values(Some("Budi"))), "Is there anything else we can help you with, Budi?");
        assert_eq!(render(&ask, values(None)), "Is there anything else we can help you with?");
        assert_eq!(render(&ask, values(Some("  "))), "Is there anything else we can help you with?");
        assert_eq!(render("{name}, halo", values(None)), ", halo");
        assert_eq!(render("Bye from {business}!", values(None)), "Bye from Kopi Nusa!");
    }

    #[test]
    fn a_name_that_looks_like_a_variable_is_not_expanded() {
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
