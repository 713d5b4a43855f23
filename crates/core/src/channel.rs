//! What a channel is: its environment, its protocol, its state and the account that identifies it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::phone::Phone;
use crate::vocabulary::words;

words! {
    /// Which of an agent's two lives a channel belongs to.
    Environment {
        /// Live users.
        Published = "published",
        /// Internal testing.
        Draft = "draft",
    }
}

words! {
    /// The provider behind a channel.
    Protocol {
        /// Meta's WhatsApp Cloud API.
        MetaCloud = "meta_cloud",
        /// Coster.
        Coster = "coster",
        /// Qontak.
        Qontak = "qontak",
    }
}

words! {
    /// Where a channel stands. Without a row a channel is "not set up".
    State {
        /// Configured, not yet live: webhooks are verified and stored, nothing else happens.
        Saved = "saved",
        /// At work.
        Live = "live",
        /// Webhooks are still verified, stored and answered; nothing goes to the agent, what goes out waits.
        Paused = "paused",
    }
}

words! {
    /// What a secret of a channel is for.
    SecretKind {
        /// Opens the provider's API.
        AccessToken = "access_token",
        /// Signs the provider's webhooks (Meta).
        AppSecret = "app_secret",
        /// Proves that a webhook is meant for us; generated.
        WebhookSecret = "webhook_secret",
        /// Opens the door for templates, where it is not the access token (Coster).
        PushToken = "push_token",
        /// Signs our calls, or renews the access token (Qontak, Mekari).
        ClientSecret = "client_secret",
        /// Renews the access token (Qontak).
        Password = "password",
        /// Renews the access token it was given out with, once (Qontak).
        RefreshToken = "refresh_token",
    }
}

impl SecretKind {
    /// The kind that opens the same door where a channel has none of this one: the provider may give out one token for everything.
    #[must_use]
    pub const fn stand_in(self) -> Option<Self> {
        match self {
            Self::PushToken => Some(Self::AccessToken),
            Self::AccessToken
            | Self::AppSecret
            | Self::WebhookSecret
            | Self::ClientSecret
            | Self::Password
            | Self::RefreshToken => None,
        }
    }

    /// Whether it proves what comes in. What the provider sent before it was replaced must still verify, so it overlaps with its
    /// successor for a while; all others are used by us, and end when the successor has worked.
    #[must_use]
    pub const fn verifies(self) -> bool {
        match self {
            Self::AppSecret | Self::WebhookSecret => true,
            Self::AccessToken
            | Self::PushToken
            | Self::ClientSecret
            | Self::Password
            | Self::RefreshToken => false,
        }
    }

    /// Whether it goes along when credentials move from one channel to another: all that the provider gave. A webhook secret is
    /// ours, and stands at the provider's for one channel's address.
    #[must_use]
    pub const fn moves(self) -> bool {
        match self {
            Self::WebhookSecret => false,
            Self::AccessToken
            | Self::AppSecret
            | Self::PushToken
            | Self::ClientSecret
            | Self::Password
            | Self::RefreshToken => true,
        }
    }
}

/// The account code or phone that identifies a channel to its provider: digits of a phone number without `+`,
/// or a code of 3 to 64 letters, digits, `.`, `_` and `-`. Compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(String);

/// The text is neither a phone number nor an account code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account is a phone number with country code, or 3 to 64 letters, digits, dots, dashes and underscores"
)]
pub struct InvalidAccount;

impl Account {
    /// The account in the form in which it is compared and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Account {
    type Err = InvalidAccount;

    fn from_str(text: &str) -> Result<Self, InvalidAccount> {
        if let Ok(phone) = text.parse::<Phone>() {
            return Ok(Self(phone.digits().to_owned()));
        }
        let text = text.trim();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if (3..=64).contains(&text.len()) && text.bytes().all(plain) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(InvalidAccount)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_compared_in_one_form() {
        for (text, account) in
            [("+62 811-1000-00001", "62811100000001"), ("Acme.ID_01", "acme.id_01"), (" nusa-1 ", "nusa-1")]
        {
            assert_eq!(text.parse::<Account>().unwrap().as_str(), account);
        }
        for text in ["", "ab", "with space", "naïve", &"x".repeat(65)] {
            assert_eq!(text.parse::<Account>(), Err(InvalidAccount), "{text}");
        }
    }
}
