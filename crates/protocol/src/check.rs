//! Asking a provider about a channel without sending anything: what the connection page and the doctor ask.

use serde::{Deserialize, Serialize};
use warta_core::checkup::{Number, Subscriber};
use warta_core::delivery::Failure;
use warta_core::time::Timestamp;

/// The word of the failures that mean "this token is no good", whatever else is right.
pub const TOKEN_INVALID: &str = "token_invalid";

/// Something to be asked. A protocol that knows no such question has no request for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Whether the token works, whose it is, and until when.
    Token,
    /// How the number does.
    Number,
    /// Whether the account lists the number.
    Listed,
    /// Who gets the account's events.
    Subscribers,
    /// Whether the app secret is the app's.
    AppSecret,
}

/// What a provider said.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// About the token.
    Token(Box<TokenFacts>),
    /// About the number.
    Number(Number),
    /// Whether the account lists the number.
    Listed(bool),
    /// Who gets the account's events.
    Subscribers(Vec<Subscriber>),
    /// Whether the app secret is the app's.
    AppSecret(bool),
}

/// What a provider says about a token. What it does not tell is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenFacts {
    /// Whether it works.
    pub valid: bool,
    /// The app it was made for.
    pub app_id: Option<String>,
    /// The name of that app, or of the account it opens.
    pub app_name: Option<String>,
    /// Whose it is, in the provider's words, such as Meta's `SYSTEM_USER`.
    pub kind: Option<String>,
    /// The id of the one it belongs to.
    pub user_id: Option<String>,
    /// What it is allowed.
    pub scopes: Vec<String>,
    /// What it would have to be allowed, and is not.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The accounts that it is limited to; none means all that its owner can reach.
    pub accounts: Vec<String>,
    /// When it ends; `None` means never.
    pub expires_at: Option<Timestamp>,
    /// Why it does not work.
    pub failure: Option<Failure>,
}
