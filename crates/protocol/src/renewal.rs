//! Renewal of an access token that has expired or is about to, with a refresh token or with a user's password.

use warta_core::channel::SecretKind;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::http::{Request, Response};

/// The code of failures caused by a wrong secret: asking again with the same secret will not help.
pub const GRANT_REFUSED: &str = "grant_refused";

/// An issued token. Its `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The access token.
    pub access_token: Secret,
    /// The token that renews it once.
    pub refresh_token: Option<Secret>,
    /// When it expires, if the provider says so.
    pub expires_at: Option<Timestamp>,
}

/// A provider that issues new access tokens.
pub trait Renewal: Send + Sync {
    /// The kinds of secret that a token is issued for, the least sensitive first.
    fn kinds(&self) -> &'static [SecretKind];

    /// The request for a token, made with a secret of this kind. `None` if the settings lack a field that it needs.
    fn request(&self, kind: SecretKind, secret: &Secret, client_secret: &Secret) -> Option<Request>;

    /// Reads the issued token from the answer to [`Renewal::request`].
    ///
    /// # Errors
    ///
    /// The provider's reason. [`GRANT_REFUSED`] if asking again with the same secret will not help.
    fn granted(&self, response: Response<'_>, received_at: Timestamp) -> Result<Granted, Failure>;
}
