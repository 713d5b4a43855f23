//! Setting the webhook URL of one channel by the provider's API, without touching the settings of others.

use warta_core::delivery::Failure;
use warta_core::secret::Secret;

use crate::http::{Request, Response};

/// A provider that takes a webhook URL for one channel.
pub trait WebhookTarget: Send + Sync {
    /// The requests that point the channel's webhooks at `callback`, in their order. With `subscribe` they subscribe the token's app
    /// to the account first. The provider proves the URL by a handshake with the secret `verify`.
    fn requests(&self, key: &Secret, callback: &str, verify: &Secret, subscribe: bool) -> Vec<Request>;

    /// Reads the answer to one of [`WebhookTarget::requests`].
    ///
    /// # Errors
    ///
    /// The provider's reason if it did not make the change.
    fn confirm(&self, response: Response<'_>) -> Result<(), Failure>;
}
