//! What every protocol's sending is made of: what is to go out, and how it can be that nothing came back.

use warta_core::identity::Identity;
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::time::Timestamp;

use crate::http::File;

/// The word for "no connection came about".
pub const NOT_CONNECTED: &str = "not_connected";
/// The word for "this provider has nothing like it". The detail says what to do instead.
pub const UNSUPPORTED: &str = "unsupported_by_provider";
/// The word for "the user has not written since the provider closed the room".
pub const ROOM_UNKNOWN: &str = "room_unknown";
/// The word for "buttons and lists are not taken here". The same message may go out as numbered text.
pub const INTERACTIVE_REFUSED: &str = "interactive_refused";

/// A message to be sent. Its content has no [`OutboundContent::faults`], and the protocol can carry it: as it is, or as numbered
/// text (see [`crate::fallback`]).
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Our id of it, which goes along wherever the provider gives it back.
    pub message: MessageId,
    /// To whom.
    pub to: &'a Identity,
    /// The name they show, where it is known.
    pub name: Option<&'a str>,
    /// What.
    pub content: &'a OutboundContent,
    /// The provider's id of the message that this answers; of a reaction, the message it is put on.
    pub reply_to: Option<&'a str>,
    /// The provider's room of the conversation, where it has rooms and one is known.
    pub room: Option<&'a str>,
    /// The bytes behind the content's link, where [`crate::Provider::wants_file`] asked for them.
    pub file: Option<&'a File>,
    /// The present.
    pub now: Timestamp,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// No connection came about: nothing left.
    NotConnected,
    /// Bytes left, then the call timed out or the connection broke.
    BytesLeft,
}
