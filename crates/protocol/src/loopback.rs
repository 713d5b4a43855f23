//! What an event of our own tells that tries a channel's way (each protocol's `loopback` writes it).

use warta_core::identity::Bsuid;
use warta_core::time::Timestamp;

/// What the event tells.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The id of the message.
    pub id: &'a str,
    /// Who is made to write.
    pub from: &'a Bsuid,
    /// The name they show.
    pub name: &'a str,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: &'a str,
}
