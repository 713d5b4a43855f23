//! A second reading for bodies that a JSON reader refuses for the sake of one leaf: half a surrogate pair, a number beyond all bounds,
//! a key that is there twice. The first reading is strict and fast; only a body that it doubts is mended and read again.

use std::borrow::Cow;

use serde_json::Value;

use crate::webhook::{Unreadable, Webhook};

/// A webhook as one reading found it.
pub(crate) struct Reading {
    /// What was found.
    pub(crate) webhook: Webhook,
    /// True if something in it could not be read, so that a second reading may find more.
    pub(crate) doubtful: bool,
}

/// Reads a body, and once more with its leaves mended if the first reading is doubtful.
pub(crate) fn read_twice(
    body: &[u8],
    read: impl Fn(&[u8]) -> Result<Reading, Unreadable>,
) -> Result<Webhook, Unreadable> {
    let first = read(body);
    if matches!(first, Ok(Reading { doubtful: false, .. })) {
        return first.map(|reading| reading.webhook);
    }
    let second = mended(body).and_then(|body| read(body.as_bytes()).ok());
    second.map_or(first, Ok).map(|reading| reading.webhook)
}

/// The body without what a JSON reader refuses. `None` if it is no JSON or has nothing to mend.
fn mended(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let readable = readable(text);
    // Of a key that is there twice, a `Value` keeps the last.
    match serde_json::from_str::<Value>(&readable) {
        Ok(value) => Some(value.to_string()),
        Err(_) => match readable {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        },
    }
}

/// JSON with U+FFFD in place of each half of a surrogate pair, and `null` in place of each number that no `f64` holds.
fn readable(json: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let (mut copied, mut at, mut in_text) = (0, 0, false);
    while let Some(rest) = json.get(at..)
        && let Some(&byte) = rest.as_bytes().first()
    {
        let (length, replacement) = match byte {
            b'\\' if in_text => escape(rest),
            b'"' => {
                in_text = !in_text;
                (1, None)
            }
            b'-' | b'0'..=b'9' if !in_text => number(rest),
            _ => (rest.chars().next().map_or(1, char::len_utf8), None),
        };
        if let Some(replacement) = replacement {
            mended.push_str(json.get(copied..at).unwrap_or_default());
            mended.push_str(replacement);
            copied = at + length;
        }
        at += length;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    mended.push_str(json.get(copied..).unwrap_or_default());
    Cow::Owned(mended)
}

/// The length of an escape, and what stands in its place if it is half a pair.
fn escape(text: &str) -> (usize, Option<&'static str>) {
    let unit = |text: &str| u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    match unit(text) {
        Some(0xD800..=0xDBFF) if matches!(text.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => (12, None),
        Some(0xD800..=0xDFFF) => (6, Some("\\ufffd")),
        Some(_) => (6, None),
        None => (1 + text.chars().nth(1).map_or(0, char::len_utf8), None),
    }
}

/// The length of a number, and what stands in its place if it is beyond all bounds.
fn number(text: &str) -> (usize, Option<&'static str>) {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let length = text.find(|c| !part(c)).unwrap_or(text.len());
    let boundless =
        text.get(..length).and_then(|text| text.parse::<f64>().ok()).is_some_and(f64::is_infinite);
    (length, boundless.then_some("null"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_a_pair_is_replaced_and_a_whole_one_is_not() {
        for (json, mended) in [
            (r#""a\ud83d\ude00b""#, r#""a\ud83d\ude00b""#),
            (r#""a\ud83db""#, r#""a\ufffdb""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\"\ud83d""#, r#""\"\ufffd""#),
            (r#""é\ud83dé""#, r#""é\ufffdé""#),
        ] {
            assert_eq!(readable(json), mended);
        }
    }

    #[test]
    fn only_a_number_beyond_all_bounds_is_replaced() {
        for (json, mended) in [
            ("[1e999,-1e999,1e3,-2.5,0]", "[null,null,1e3,-2.5,0]"),
            (r#"{"1e999":"1e999"}"#, r#"{"1e999":"1e999"}"#),
        ] {
            assert_eq!(readable(json), mended);
        }
    }

    #[test]
    fn of_a_key_that_is_there_twice_the_last_stays() {
        assert_eq!(mended(br#"{"a":1,"a":2}"#).as_deref(), Some(r#"{"a":2}"#));
        assert_eq!(mended(b"{"), None);
        assert_eq!(mended(b"\xff"), None);
    }

    proptest! {
        #[test]
        fn what_can_be_read_is_not_changed(text in any::<String>(), number in any::<f64>()) {
            let json = serde_json::json!({text.clone(): [text, number]}).to_string();
            prop_assert_eq!(readable(&json), json.as_str());
        }

        #[test]
        fn any_text_is_taken_without_panic(text in any::<String>(), escapes in r#"(\\u?[dD][89aAcC]?|"|-|1e|é){0,12}"#) {
            readable(&text);
            readable(&escapes);
        }
    }
}
