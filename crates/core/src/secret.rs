//! Secrets that cannot be printed.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A token, app secret or signing secret. It has no `Display`, no `Serialize`, and its `Debug` shows nothing;
/// its memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a pasted secret. Removes surrounding white space, the most common pasting mistake.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.trim()))
    }

    /// Wraps a password that a person chose, unchanged: spaces at its ends belong to it.
    #[must_use]
    pub fn verbatim(text: &str) -> Self {
        Self(SecretString::from(text))
    }

    /// The plain secret. Use it only in the call that signs, sends or seals it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The last four characters, for recognition. Empty if the secret has fewer than 12 characters, so that a short one is not revealed.
    #[must_use]
    pub fn last_four(&self) -> String {
        let text = self.expose();
        let count = text.chars().count();
        if count < 12 {
            return String::new();
        }
        text.chars().skip(count - 4).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("EAAG-very-secret")), "Secret(•••)");
    }

    #[test]
    fn a_short_secret_has_no_last_four() {
        assert_eq!(Secret::new("EAAG-very-secret").last_four(), "cret");
        assert_eq!(Secret::new("short").last_four(), "");
    }
}
