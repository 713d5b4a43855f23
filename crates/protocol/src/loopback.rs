//! The synthetic message of a loop-back test. Each protocol's `loopback` file writes it as a webhook of its provider.

use warta_core::identity::Bsuid;
use warta_core::time::Timestamp;

/// The synthetic message.
#[derive(Debug, Clone, Copy)]
pub struct SyntheticMessage<'a> {
    /// The id of the message.
    pub id: &'a str,
    /// The synthetic user who sends it.
    pub from: &'a Bsuid,
    /// The user's display name.
    pub name: &'a str,
    /// When it was sent.
    pub at: Timestamp,
    /// Its text.
    pub text: &'a str,
}
