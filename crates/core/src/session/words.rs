//! Recognizes answers to session questions: a button of the question, or a known word. Every other message is ordinary conversation.

use serde::{Deserialize, Serialize};

use super::texts::Texts;
use crate::ids::SessionId;
use crate::vocabulary::words;

words! {
    /// A question that a session asks.
    Prompt {
        /// Whether the user needs anything else.
        More = "ask_more",
        /// Whether to end the session.
        End = "ask_end",
    }
}

words! {
    /// The meaning of an answer, independent of the question.
    Answer {
        /// Continue the session.
        Continue = "continue",
        /// End the session.
        End = "end",
    }
}

/// Answer words of one channel, in addition to the built-in ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtraWords {
    /// Words that mean "continue".
    pub go_on: Vec<String>,
    /// Words that mean "end".
    pub end: Vec<String>,
}

/// Prefix of the ids of session buttons.
const BUTTON_PREFIX: &str = "warta.session";

/// "Yes" in English and Indonesian.
const YES: [&str; 21] = [
    "yes",
    "yes please",
    "yep",
    "yeah",
    "yup",
    "y",
    "sure",
    "of course",
    "ok",
    "okay",
    "oke",
    "ya",
    "iya",
    "ya masih",
    "yoi",
    "betul",
    "boleh",
    "tentu",
    "silakan",
    "silahkan",
    "baik",
];
/// "No" in English and Indonesian.
const NO: [&str; 21] = [
    "no",
    "no thanks",
    "no thank you",
    "nope",
    "nah",
    "n",
    "not yet",
    "tidak",
    "tidak ada",
    "tak",
    "tdk",
    "gak",
    "ga",
    "gak ada",
    "nggak",
    "enggak",
    "ngga",
    "belum",
    "jangan",
    "jangan dulu",
    "nanti dulu",
];
/// Words that mean "continue" for both questions.
const CONTINUE: [&str; 12] = [
    "continue",
    "go on",
    "wait",
    "still here",
    "masih",
    "masih ada",
    "lanjut",
    "lanjutkan",
    "tunggu",
    "sebentar",
    "yes there is",
    "ada lagi",
];
/// Words that mean "end" for both questions.
const END: [&str; 24] = [
    "end",
    "end it",
    "done",
    "bye",
    "goodbye",
    "stop",
    "thats all",
    "that is all",
    "thanks",
    "thank you",
    "nothing else",
    "selesai",
    "akhiri",
    "sudah",
    "udah",
    "cukup",
    "sudah cukup",
    "itu saja",
    "makasih",
    "terima kasih",
    "terimakasih",
    "dadah",
    "yes end it",
    "ya akhiri",
];

/// The answer that a text gives to a question; `None` if the text is no answer. Only a text that consists of nothing but a known word
/// is an answer: "no, the blue one" is ordinary conversation.
#[must_use]
pub fn interpret(text: &str, prompt: Prompt, texts: &Texts, extra: &ExtraWords) -> Option<Answer> {
    let normalized = normalize(text);
    if normalized.is_empty() {
        return None;
    }
    let is = |word: &str| normalize(word) == normalized;
    let (go_on, end) = match prompt {
        Prompt::More => (&texts.more_yes, &texts.more_no),
        Prompt::End => (&texts.end_no, &texts.end_yes),
    };
    if is(go_on) || extra.go_on.iter().any(|word| is(word)) || CONTINUE.contains(&normalized.as_str()) {
        return Some(Answer::Continue);
    }
    if is(end) || extra.end.iter().any(|word| is(word)) || END.contains(&normalized.as_str()) {
        return Some(Answer::End);
    }
    let (yes, no) = match prompt {
        Prompt::More => (Answer::Continue, Answer::End),
        Prompt::End => (Answer::End, Answer::Continue),
    };
    // Users stretch words: "yesss", "okeee".
    let collapsed = collapse_repeats(&normalized);
    let among = |words: &[&str]| words.iter().any(|word| *word == normalized || *word == collapsed);
    if among(&YES) {
        return Some(yes);
    }
    among(&NO).then_some(no)
}

/// The id of a session button.
#[must_use]
pub fn button_id(session: SessionId, prompt: Prompt, answer: Answer) -> String {
    format!("{BUTTON_PREFIX}:{session}:{prompt}:{answer}")
}

/// Parses the id of a session button; `None` for every other button.
#[must_use]
pub fn parse_button_id(id: &str) -> Option<(SessionId, Prompt, Answer)> {
    let mut parts = id.strip_prefix(BUTTON_PREFIX)?.strip_prefix(':')?.split(':');
    let read = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(read)
}

/// Lower-case letters and digits, with one space between words.
fn normalize(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|character| !matches!(character, '\'' | '’'))
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reduces repeated letters to one.
fn collapse_repeats(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if !out.ends_with(letter) {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn means(text: &str, prompt: Prompt) -> Option<Answer> {
        let extra = ExtraWords { go_on: vec!["Moal waka".to_owned()], end: vec!["Cekap!".to_owned()] };
        interpret(text, prompt, &Texts::of("id"), &extra)
    }

    #[test]
    fn the_meaning_of_yes_and_no_depends_on_the_question() {
        for yes in ["Yes", "ya", "IYA!", "yesss", "okeee 👍", " y "] {
            assert_eq!(means(yes, Prompt::More), Some(Answer::Continue), "{yes}");
            assert_eq!(means(yes, Prompt::End), Some(Answer::End), "{yes}");
        }
        for no in ["no", "Tidak.", "gak ada", "no thanks", "Nope", "Jangan dulu"] {
            assert_eq!(means(no, Prompt::More), Some(Answer::End), "{no}");
            assert_eq!(means(no, Prompt::End), Some(Answer::Continue), "{no}");
        }
    }

    #[test]
    fn some_words_mean_the_same_for_both_questions() {
        for prompt in Prompt::ALL.iter().copied() {
            for end in ["selesai", "That's all", "makasih", "cekap", "Ya, akhiri", "Yes, end it"] {
                assert_eq!(means(end, prompt), Some(Answer::End), "{end}");
            }
            for go_on in ["lanjut", "wait", "moal waka"] {
                assert_eq!(means(go_on, prompt), Some(Answer::Continue), "{go_on}");
            }
        }
        let texts = Texts::of("id");
        assert_eq!(means(&texts.more_no, Prompt::More), Some(Answer::End));
        assert_eq!(means(&texts.end_no, Prompt::End), Some(Answer::Continue));
    }

    #[test]
    fn a_longer_text_is_not_an_answer() {
        for text in
            ["no, the blue one", "yes I want two", "ya tapi ukuran M", "", "👍", "ok?! where is it", "1"]
        {
            assert_eq!(means(text, Prompt::More), None, "{text}");
        }
    }

    #[test]
    fn only_session_button_ids_are_parsed() {
        let session = SessionId::from_uuid(Uuid::from_u128(7));
        for prompt in Prompt::ALL.iter().copied() {
            for answer in Answer::ALL.iter().copied() {
                let id = button_id(session, prompt, answer);
                assert!(id.len() <= 200, "{id}");
                assert_eq!(parse_button_id(&id), Some((session, prompt, answer)));
                assert_eq!(parse_button_id(&format!("{id}:more")), None);
            }
        }
        for other in ["", "warta.session", "warta.session:ses_1:ask_more:end", "id.hours"] {
            assert_eq!(parse_button_id(other), None, "{other}");
        }
    }
}
