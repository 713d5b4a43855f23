//! What a user answers to a question of ours: a button of it, or a plain word. Anything else is the user writing on.

use serde::{Deserialize, Serialize};

use super::texts::Texts;
use crate::ids::SessionId;
use crate::vocabulary::words;

words! {
    /// A question of ours.
    Prompt {
        /// Whether there is anything else.
        More = "ask_more",
        /// Whether to end.
        End = "ask_end",
    }
}

words! {
    /// What an answer means, whichever question it answers.
    Answer {
        /// Go on.
        Continue = "continue",
        /// End.
        End = "end",
    }
}

/// Words of a channel's own, beyond those we know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    /// They mean: go on.
    pub go_on: Vec<String>,
    /// They mean: end.
    pub end: Vec<String>,
}

/// How our buttons' ids begin.
const MARK: &str = "warta.session";

/// Yes, in English and Indonesian.
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
/// No, in English and Indonesian.
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
/// Go on, whatever was asked.
const GO_ON: [&str; 12] = [
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
/// End, whatever was asked.
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

/// What a text means as an answer to the question that was asked last; `None` when it is something else. Only a text that is the
/// word itself counts: "no, the blue one" is the user writing on.
#[must_use]
pub fn understood(text: &str, prompt: Prompt, texts: &Texts, extra: &Extra) -> Option<Answer> {
    let said = plain(text);
    if said.is_empty() {
        return None;
    }
    let is = |word: &str| plain(word) == said;
    let (go_on, end) = match prompt {
        Prompt::More => (&texts.more_yes, &texts.more_no),
        Prompt::End => (&texts.end_no, &texts.end_yes),
    };
    if is(go_on) || extra.go_on.iter().any(|word| is(word)) || GO_ON.contains(&said.as_str()) {
        return Some(Answer::Continue);
    }
    if is(end) || extra.end.iter().any(|word| is(word)) || END.contains(&said.as_str()) {
        return Some(Answer::End);
    }
    let (yes, no) = match prompt {
        Prompt::More => (Answer::Continue, Answer::End),
        Prompt::End => (Answer::End, Answer::Continue),
    };
    // "yesss" and "okeee" are said with a smile.
    let short = shortened(&said);
    let among = |words: &[&str]| words.iter().any(|word| *word == said || *word == short);
    if among(&YES) {
        return Some(yes);
    }
    among(&NO).then_some(no)
}

/// The id of a button of ours.
#[must_use]
pub fn button_id(session: SessionId, prompt: Prompt, answer: Answer) -> String {
    format!("{MARK}:{session}:{prompt}:{answer}")
}

/// Which button of ours has this id; `None` for every other button.
#[must_use]
pub fn read_button(id: &str) -> Option<(SessionId, Prompt, Answer)> {
    let mut parts = id.strip_prefix(MARK)?.strip_prefix(':')?.split(':');
    let read = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(read)
}

/// Small letters and digits, one blank between words.
fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|sign| !matches!(sign, '\'' | '’'))
        .map(|sign| if sign.is_alphanumeric() { sign } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every letter that is repeated, once.
fn shortened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if !out.ends_with(sign) {
            out.push(sign);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn means(text: &str, prompt: Prompt) -> Option<Answer> {
        let extra = Extra { go_on: vec!["Moal waka".to_owned()], end: vec!["Cekap!".to_owned()] };
        understood(text, prompt, &Texts::of("id"), &extra)
    }

    #[test]
    fn yes_and_no_mean_what_was_asked() {
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
    fn some_words_mean_the_same_whatever_was_asked() {
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
    fn whoever_writes_on_has_not_answered() {
        for text in
            ["no, the blue one", "yes I want two", "ya tapi ukuran M", "", "👍", "ok?! where is it", "1"]
        {
            assert_eq!(means(text, Prompt::More), None, "{text}");
        }
    }

    #[test]
    fn our_buttons_are_known_again_and_no_others() {
        let session = SessionId::from_uuid(Uuid::from_u128(7));
        for prompt in Prompt::ALL.iter().copied() {
            for answer in Answer::ALL.iter().copied() {
                let id = button_id(session, prompt, answer);
                assert!(id.len() <= 200, "{id}");
                assert_eq!(read_button(&id), Some((session, prompt, answer)));
                assert_eq!(read_button(&format!("{id}:more")), None);
            }
        }
        for other in ["", "warta.session", "warta.session:ses_1:ask_more:end", "id.hours"] {
            assert_eq!(read_button(other), None, "{other}");
        }
    }
}
