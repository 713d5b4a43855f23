//! The parts of a channel: environment, protocol, state, secrets, and the account that identifies it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::phone::Phone;
use crate::vocabulary::words;

words! {
    /// The environment of an agent that a channel belongs to.
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
    /// The state of a channel. A channel without a row is "not set up".
    State {
        /// Configured but not live: webhooks are verified and stored, nothing else happens.
        Saved = "saved",
        /// In operation.
        Live = "live",
        /// Webhooks are verified, stored and answered. Nothing goes to the agent, and outbound messages wait.
        Paused = "paused",
    }
}

words! {
    /// The kind of a channel's secret.
    SecretKind {
        /// Authorizes calls to the provider's API.
        AccessToken = "access_token",
        /// Signs the provider's webhooks (Meta).
        AppSecret = "app_secret",
        /// Proves that a webhook is meant for this channel. The gateway generates it.
        WebhookSecret = "webhook_secret",
        /// Authorizes sending templates, if the provider has a separate token for it (Coster).
        PushToken = "push_token",
        /// Signs calls to the provider, or renews the access token (Qontak, Mekari).
        ClientSecret = "client_secret",
        /// Renews the access token (Qontak).
        Password = "password",
        /// Renews the access token that it was issued with; usable once (Qontak).
        RefreshToken = "refresh_token",
    }
}

impl SecretKind {
    /// The kind to use instead if a channel has no secret of this kind: some providers issue one token for all calls.
    #[must_use]
    pub const fn fallback(self) -> Option<Self> {
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

    /// True if the secret verifies incoming webhooks. Such a secret stays valid for a while after its replacement, because webhooks sent
    /// before must still verify. All other secrets are used for outgoing calls and end once their replacement has worked.
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

    /// True if the secret moves with the credentials when they are promoted to another channel, as all secrets issued by the provider do. The
    /// webhook secret is generated here for the address of one channel, so it stays.
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

/// The account that identifies a channel to its provider: the digits of a phone number without `+`, or a code of 3 to 64 letters,
/// digits, `.`, `_` and `-`. Comparison ignores case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account(String);

/// The text is neither a phone number nor an account code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account is a phone number with country code, or 3 to 64 letters, digits, dots, dashes and underscores"
)]
pub struct InvalidAccount;

impl Account {
    /// The account in its normalized form, used for comparison and display.
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
    fn an_account_is_normalized() {
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
