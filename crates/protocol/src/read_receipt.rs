//! Showing a user that a message was read and is being answered.

use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::http::{Request, Response};

/// The message to show as read.
#[derive(Debug, Clone, Copy)]
pub struct ReadReceipt<'a> {
    /// The provider's id of the message.
    pub provider_id: &'a str,
    /// The provider's room of the conversation, if it has rooms.
    pub room: Option<&'a str>,
    /// Also show that an answer is being written.
    pub typing: bool,
}

/// A provider that sends read receipts.
pub trait ReadReceipts: Send + Sync {
    /// The request that sends a receipt. `None` if the provider needs a room and none is known.
    fn request(&self, key: &Secret, receipt: ReadReceipt<'_>, now: Timestamp) -> Option<Request>;

    /// Reads the answer to [`ReadReceipts::request`].
    ///
    /// # Errors
    ///
    /// The provider's reason if it sent no receipt.
    fn confirm(&self, response: Response<'_>) -> Result<(), Failure>;
}
