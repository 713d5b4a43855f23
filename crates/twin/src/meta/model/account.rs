//! Test accounts: a number with its WABA, app, token and secret.

use serde::{Deserialize, Serialize};

use crate::engine;

/// Reads and changes of WABA, templates, subscriptions and numbers.
pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
/// Sends and media.
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";

/// A test account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Verified name of the number.
    pub(crate) name: String,
    /// Digits without `+`.
    pub(crate) phone: String,
    /// `+62 811-0000-0001`.
    pub(crate) display_phone_number: String,
    pub(crate) phone_number_id: String,
    pub(crate) waba_id: String,
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) access_token: String,
    #[serde(default)]
    pub(crate) token: TokenState,
    /// The scopes of the token.
    #[serde(default = "all_scopes")]
    pub(crate) scopes: Vec<String>,
    /// When the token expires; 0: never.
    #[serde(default)]
    pub(crate) expires_at_ms: i64,
    #[serde(default)]
    pub(crate) status: NumberStatus,
    #[serde(default)]
    pub(crate) quality: Quality,
    /// When it was issued.
    pub(crate) at_ms: i64,
}

/// The state of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenState {
    #[default]
    Valid,
    Revoked,
    Expired,
}

/// `status` of a phone number (facts/meta-cloud.md §8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum NumberStatus {
    #[default]
    Connected,
    Pending,
    Flagged,
    Restricted,
    RateLimited,
    Banned,
    Deleted,
    Disconnected,
    Migrated,
    Unverified,
    Unknown,
}

/// `quality_rating` of a phone number (facts/meta-cloud.md §8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Quality {
    #[default]
    Green,
    Yellow,
    Red,
    Unknown,
}

/// The scopes of a system user's token (§8.4).
pub(crate) fn all_scopes() -> Vec<String> {
    [MANAGEMENT, MESSAGING, "public_profile"].map(str::to_owned).to_vec()
}

impl engine::Account for Account {
    fn phone(&self) -> &str {
        &self.phone
    }

    fn at_ms(&self) -> i64 {
        self.at_ms
    }
}

impl Account {
    /// The state of the token at `now_ms`.
    pub(crate) const fn token_at(&self, now_ms: i64) -> TokenState {
        let over = self.expires_at_ms != 0 && self.expires_at_ms <= now_ms;
        if over && matches!(self.token, TokenState::Valid) { TokenState::Expired } else { self.token }
    }
}

impl NumberStatus {
    /// The error code that refuses a send from a number with this status.
    pub(crate) const fn refusal(self) -> Option<u32> {
        match self {
            Self::Connected | Self::Flagged => None,
            Self::RateLimited => Some(131_048),
            Self::Restricted | Self::Banned => Some(131_031),
            Self::Pending
            | Self::Deleted
            | Self::Disconnected
            | Self::Migrated
            | Self::Unverified
            | Self::Unknown => Some(133_010),
        }
    }
}
