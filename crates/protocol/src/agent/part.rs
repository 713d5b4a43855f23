//! What reading a reply of an agent and reading a message of the API have in common: the kinds, the message itself, and its faults.

use warta_core::ids::MessageId;
use warta_core::message::{Invalid, OutboundContent};

/// The kinds of messages that can be sent.
pub(super) const KINDS: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "buttons",
    "list",
    "cta_url",
    "location_request",
    "reaction",
    "template",
];

/// A message to send.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReply {
    /// Its content.
    pub content: OutboundContent,
    /// Our id of the message that it answers.
    pub reply_to: Option<MessageId>,
}

/// The fault of a reaction to something that is not a message.
pub(super) fn reaction_fault(content: &OutboundContent) -> Option<Invalid> {
    let OutboundContent::Reaction(reaction) = content else { return None };
    let known = reaction.message_id.parse::<MessageId>().is_ok();
    (!known).then(|| invalid("/reaction/message_id", "must be the id of a message, such as msg_…"))
}

/// A fault at this place.
pub(super) fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Invalid {
    Invalid { pointer: pointer.into(), detail: detail.into() }
}

/// Serde's error without the value it quotes, which may be text of a message.
pub(super) fn unquoted(text: &str) -> String {
    match (text.split_once('"'), text.rsplit_once('"')) {
        (Some((head, _)), Some((_, tail))) => format!("{head}…{tail}"),
        _ => text.to_owned(),
    }
}
