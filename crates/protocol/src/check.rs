//! Questions about a channel's token and number, asked without sending a message. The connection page and the doctor ask them.

use serde::{Deserialize, Serialize};
use warta_core::checkup::{Number, Subscriber};
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::http::{Request, Response};

/// The code of failures caused by an invalid token.
pub const TOKEN_INVALID: &str = "token_invalid";

/// A question about a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Does the token work, whose is it, and when does it expire?
    Token,
    /// What is the state of the number?
    Number,
    /// Does the account list the number?
    Listed,
    /// Which apps receive the account's events?
    Subscribers,
    /// Does the app secret belong to the app?
    AppSecret,
}

/// The answer to a [`Question`] of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// About the token.
    Token(Box<TokenFacts>),
    /// About the number.
    Number(Number),
    /// True if the account lists the number.
    Listed(bool),
    /// The apps that receive the account's events.
    Subscribers(Vec<Subscriber>),
    /// True if the app secret belongs to the app.
    AppSecret(bool),
}

/// A provider that answers questions about a token and a number.
pub trait Questions: Send + Sync {
    /// The request that asks a question. `None` if the provider does not answer it. `app_secret` is for [`Question::AppSecret`].
    fn request(
        &self,
        question: Question,
        key: &Secret,
        app_secret: Option<&Secret>,
        now: Timestamp,
    ) -> Option<Request>;

    /// Reads the answer to [`Questions::request`].
    ///
    /// # Errors
    ///
    /// The provider's reason if the token is invalid or has no access.
    fn answer(&self, question: Question, response: Response<'_>) -> Result<Answer, Failure>;
}

/// What a provider says about a token. Fields that it does not report are `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenFacts {
    /// True if it works.
    pub valid: bool,
    /// The app it was made for.
    pub app_id: Option<String>,
    /// The name of that app, or of the account that the token gives access to.
    pub app_name: Option<String>,
    /// The kind of its owner, in the provider's words, such as Meta's `SYSTEM_USER`.
    pub kind: Option<String>,
    /// The id of its owner.
    pub user_id: Option<String>,
    /// The permissions it has.
    pub scopes: Vec<String>,
    /// The permissions it needs and lacks.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The accounts it is limited to. Empty means every account of its owner.
    pub accounts: Vec<String>,
    /// When it expires. `None` means never.
    pub expires_at: Option<Timestamp>,
    /// Why it does not work.
    pub failure: Option<Failure>,
}
