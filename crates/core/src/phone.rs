//! Phone numbers in E.164 format, the only type for a number that receives messages.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An international phone number: 7 to 15 digits, not starting with 0 (ITU-T E.164). Stored as digits, displayed with `+`.
///
/// `Debug` shows only the first two and the last four digits, so that logs never contain a full number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Why a text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A character other than digits, spaces and the usual separators.
    #[error("a phone number may contain only digits, spaces and + - ( ) .")]
    Character,
    /// Fewer than 7 or more than 15 digits.
    #[error("a phone number has 7 to 15 digits, with its country code")]
    Length,
    /// The number starts with 0, which no country code does.
    #[error("a phone number starts with its country code, for example 62, not with 0")]
    LeadingZero,
}

impl Phone {
    /// The digits, without `+`.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Other forms of the number under which WhatsApp may know the same user. Brazil's and Argentina's extra 9 and Mexico's extra 1 may be
    /// in the dialled number and missing in the returned `wa_id`, or the reverse (facts/meta-cloud.md §0.2).
    #[must_use]
    pub fn aliases(&self) -> Vec<Phone> {
        let digits = self.0.as_str();
        let other = match digits.get(..2) {
            // Brazil: 55 + area (2) + [9] + 8 digits.
            Some("55") => toggle(digits, 4, "9", 12),
            // Mexico: 52 + [1] + 10 digits.
            Some("52") => toggle(digits, 2, "1", 12),
            // Argentina: 54 + [9] + 10 digits.
            Some("54") => toggle(digits, 2, "9", 12),
            _ => None,
        };
        other.map(Phone).into_iter().collect()
    }
}

/// Inserts `digit` at `position` if the number has `short` digits; removes it if the number is longer by that digit.
fn toggle(digits: &str, position: usize, digit: &str, short: usize) -> Option<String> {
    let (head, tail) = digits.split_at_checked(position)?;
    if digits.len() == short {
        return Some(format!("{head}{digit}{tail}"));
    }
    let tail = tail.strip_prefix(digit)?;
    (digits.len() == short + digit.len()).then(|| format!("{head}{tail}"))
}

impl FromStr for Phone {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut digits = String::with_capacity(15);
        for character in text.chars() {
            match character {
                '0'..='9' => digits.push(character),
                ' ' | '-' | '(' | ')' | '.' | '\u{a0}' => {}
                _ => return Err(Error::Character),
            }
        }
        if !(7..=15).contains(&digits.len()) {
            return Err(Error::Length);
        }
        if digits.starts_with('0') {
            return Err(Error::LeadingZero);
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let country = self.0.get(..2).unwrap_or_default();
        let last = self.0.len().checked_sub(4).and_then(|start| self.0.get(start..)).unwrap_or_default();
        write!(f, "+{country}•••{last}")
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_notations_are_the_same_number() {
        for text in ["+62 812-5550-1234", "6281255501234", " +62 (812) 5550.1234 "] {
            assert_eq!(text.parse::<Phone>().unwrap().digits(), "6281255501234");
        }
    }

    #[test]
    fn invalid_numbers_are_refused_with_the_reason() {
        for (text, error) in [
            ("081255501234", Error::LeadingZero),
            ("+62 812 call me", Error::Character),
            ("123", Error::Length),
            ("1234567890123456", Error::Length),
            ("", Error::Length),
        ] {
            assert_eq!(text.parse::<Phone>(), Err(error), "{text}");
        }
    }

    #[test]
    fn debug_hides_the_middle() {
        assert_eq!(format!("{:?}", "+6281255501234".parse::<Phone>().unwrap()), "+62•••1234");
    }

    #[test]
    fn numbers_with_an_optional_digit_have_an_alias() {
        for (one, other) in [
            ("5511987654321", "551187654321"),
            ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
        ] {
            let (one, other): (Phone, Phone) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(one.aliases(), vec![other.clone()]);
            assert_eq!(other.aliases(), vec![one]);
        }
        assert!("6281255501234".parse::<Phone>().unwrap().aliases().is_empty());
    }
}
