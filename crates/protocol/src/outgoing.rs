//! A message to send, and how a send can end without an answer. All protocols share these types.

use warta_core::identity::Identity;
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::time::Timestamp;

use crate::http::File;

/// The code for a failed connection.
pub const NOT_CONNECTED: &str = "not_connected";
/// The code for something that the provider does not support. The detail says what to do instead.
pub const UNSUPPORTED: &str = "unsupported_by_provider";
/// The code for a user who has not written since the provider closed the room.
pub const ROOM_UNKNOWN: &str = "room_unknown";
/// The code for refused buttons or lists. The same message may be sent as numbered text.
pub const INTERACTIVE_REFUSED: &str = "interactive_refused";

/// A message to send. Its content has no [`OutboundContent::faults`], and the protocol supports it, perhaps as numbered text
/// (see [`crate::fallback`]).
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Our id of the message. It is sent along if the provider returns it in statuses.
    pub message: MessageId,
    /// The recipient.
    pub to: &'a Identity,
    /// The recipient's display name, if known.
    pub name: Option<&'a str>,
    /// The content.
    pub content: &'a OutboundContent,
    /// The provider's id of the message that this one answers or reacts to.
    pub reply_to: Option<&'a str>,
    /// The provider's room of the conversation, if it has rooms and one is known.
    pub room: Option<&'a str>,
    /// The bytes of the content's link, if [`crate::Provider::wants_file`] asked for them.
    pub file: Option<&'a File>,
    /// The current time.
    pub now: Timestamp,
}

/// Why a request got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportError {
    /// The connection failed: nothing was sent.
    NotConnected,
    /// Bytes were sent, then the call timed out or the connection broke.
    BytesLeft,
}
