//! Renewing an access token that has ended, or is about to: with what was given out beside it, or with a user's password.

use warta_core::channel::SecretKind;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::http::{Request, Response};

/// The word of the failures that mean "no token for this": what was shown is wrong, whatever else is right.
pub const GRANT_REFUSED: &str = "grant_refused";

/// A token that was given out. Its `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Opens the API.
    pub access_token: Secret,
    /// Renews it once.
    pub refresh_token: Option<Secret>,
    /// When it ends, where that was said.
    pub expires_at: Option<Timestamp>,
}

/// What a provider needs to be asked for a new access token.
pub trait Renewal: Send + Sync {
    /// The kinds of secret that get one, the gentlest first.
    fn kinds(&self) -> &'static [SecretKind];

    /// The call that asks for one with a secret of such a kind; `None` where the settings lack something it takes.
    fn ask(&self, kind: SecretKind, secret: &Secret, client_secret: &Secret) -> Option<Request>;

    /// The token that was given out, from the answer to [`Renewal::ask`].
    ///
    /// # Errors
    ///
    /// What the provider says instead: [`GRANT_REFUSED`] where asking again with the same will not help.
    fn granted(&self, response: Response<'_>, received_at: Timestamp) -> Result<Granted, Failure>;
}
