//! Our own values as JSON. They always have one: their maps have text for keys, and none of them refuses to be serialized. So a
//! failure is a bug of ours, and it stops the work rather than store or send an empty text.

use serde::Serialize;
use serde_json::Value;

/// The JSON text of a value of ours.
///
/// # Panics
///
/// If a type refuses to be serialized: a bug.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "an empty text in its place would be stored or sent as if it were the value"
)]
pub fn text(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("our own types have a JSON text")
}

/// The JSON text of a value of ours, as bytes.
///
/// # Panics
///
/// As [`text`].
#[must_use]
pub fn bytes(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    text(value).into_bytes()
}

/// A value of ours as a JSON value.
///
/// # Panics
///
/// As [`text`].
#[must_use]
#[expect(clippy::expect_used, reason = "as in `text`")]
pub fn value(value: &(impl Serialize + ?Sized)) -> Value {
    serde_json::to_value(value).expect("our own types have a JSON value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_value_is_written_the_same_in_each_form() {
        let pairs = [("a", 1), ("b", 2)];
        let given = BTreeMap::from(pairs);
        assert_eq!(text(&given), r#"{"a":1,"b":2}"#);
        assert_eq!(bytes(&given), text(&given).as_bytes());
        assert_eq!(value(&given).to_string(), text(&given));
    }

    #[test]
    #[should_panic(expected = "our own types have a JSON text")]
    fn a_value_without_json_stops_the_work() {
        let _text = text(&BTreeMap::from([((1, 2), "a key that is no text")]));
    }
}
