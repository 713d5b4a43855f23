//! The words that the sample agent understands, in two languages, and how it detects the language.

/// The language of an answer. Ids of buttons and rows carry it (`id.hours`), so that a tap keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Indonesian.
    Id,
    /// English.
    En,
}

/// A user's intent, from one word or from the id of a button or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// A greeting.
    Greet,
    /// The choice of three buttons.
    Menu,
    /// The list with sections.
    List,
    /// The opening hours, asked for by a button.
    Hours,
    /// A picture.
    Picture,
    /// Where the shop is, as a location.
    Place,
    /// A contact card.
    Contact,
    /// A document.
    Document,
    /// Thanks.
    Thank,
    /// A button that opens a page.
    Link,
    /// The end of the session.
    End,
}

/// Every word the agent knows. A word that both languages use has no language of its own.
const WORDS: [(&str, Intent, Option<Language>); 33] = {
    use Intent::{Contact, Document, End, Greet, Hours, Link, List, Menu, Picture, Place, Thank};
    use Language::{En, Id};
    [
        ("halo", Greet, Some(Id)),
        ("hallo", Greet, Some(Id)),
        ("hai", Greet, Some(Id)),
        ("hello", Greet, Some(En)),
        ("hi", Greet, Some(En)),
        ("hey", Greet, Some(En)),
        ("menu", Menu, None),
        ("list", List, Some(En)),
        ("daftar", List, Some(Id)),
        ("jam", List, Some(Id)),
        ("jadwal", List, Some(Id)),
        ("times", List, Some(En)),
        ("hours", Hours, Some(En)),
        ("buka", Hours, Some(Id)),
        ("gambar", Picture, Some(Id)),
        ("foto", Picture, Some(Id)),
        ("picture", Picture, Some(En)),
        ("photo", Picture, Some(En)),
        ("lokasi", Place, Some(Id)),
        ("location", Place, Some(En)),
        ("kontak", Contact, Some(Id)),
        ("contact", Contact, Some(En)),
        ("dokumen", Document, Some(Id)),
        ("document", Document, Some(En)),
        ("makasih", Thank, Some(Id)),
        ("terima", Thank, Some(Id)),
        ("thanks", Thank, Some(En)),
        ("link", Link, None),
        ("tautan", Link, Some(Id)),
        ("selesai", End, Some(Id)),
        ("bye", End, Some(En)),
        ("end", End, Some(En)),
        ("dadah", End, Some(Id)),
    ]
};

/// Common words that show the language of a sentence without an intent.
const INDONESIAN: [&str; 20] = [
    "ada", "apa", "apakah", "berapa", "bisa", "dan", "di", "ini", "itu", "kapan", "ke", "mau", "mohon",
    "pesan", "saya", "terima", "tidak", "tolong", "ya", "yang",
];
const ENGLISH: [&str; 20] = [
    "a", "an", "and", "are", "can", "do", "how", "i", "is", "me", "my", "no", "please", "thanks", "the",
    "to", "want", "what", "yes", "you",
];

/// The intent and language of a text; `fallback` is the language of a user who has not shown one.
///
/// Only a text that is the word itself, or a greeting or thanks that start a sentence, counts as a wish: somebody who
/// writes "I met him at the end of the street" does not want to leave.
pub(super) fn understand(text: &str, fallback: Language) -> (Option<Intent>, Language) {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let known = words.first().and_then(|first| WORDS.iter().find(|(word, ..)| word == first));
    let shown = words.iter().find_map(|word| match word {
        word if INDONESIAN.contains(word) => Some(Language::Id),
        word if ENGLISH.contains(word) => Some(Language::En),
        _ => None,
    });
    let wish =
        known.filter(|(_, intent, _)| words.len() == 1 || matches!(intent, Intent::Greet | Intent::Thank));
    let language = wish.and_then(|(_, _, language)| *language).or(shown).unwrap_or(fallback);
    (wish.map(|(_, intent, _)| *intent), language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_in_their_language() {
        let cases = [
            ("Halo", Some(Intent::Greet), Language::Id),
            ("halo, ada orang?", Some(Intent::Greet), Language::Id),
            ("Hi there!", Some(Intent::Greet), Language::En),
            ("MENU", Some(Intent::Menu), Language::Id),
            (" selesai. ", Some(Intent::End), Language::Id),
            ("bye", Some(Intent::End), Language::En),
            ("jam", Some(Intent::List), Language::Id),
            ("menu the one with rice", None, Language::En),
            ("the end of the street", None, Language::En),
            ("saya mau kopi", None, Language::Id),
            ("👍", None, Language::Id),
            ("", None, Language::Id),
        ];
        for (text, intent, language) in cases {
            assert_eq!(understand(text, Language::Id), (intent, language), "{text:?}");
        }
    }

    #[test]
    fn the_fallback_language_decides_when_nothing_else_does() {
        assert_eq!(understand("menu", Language::En), (Some(Intent::Menu), Language::En));
        assert_eq!(understand("12345", Language::En), (None, Language::En));
    }
}
