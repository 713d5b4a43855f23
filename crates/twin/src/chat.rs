//! Chats as the phone in the browser shows them, for every provider.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message in a chat, in either direction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ChatItem {
    /// `wamid.…`
    pub(crate) id: String,
    /// Whether the user wrote it.
    pub(crate) from_user: bool,
    /// Meta's message object, `{"type":"text","text":{…}}`. A template has one more key,
    /// `shown`: `{"header":…,"body":…,"footer":…,"buttons":[…]}`, filled in as the user sees it.
    pub(crate) content: Value,
    /// When it was written, in the twin's time.
    pub(crate) at_ms: i64,
    /// Its delivery state.
    pub(crate) ticks: Ticks,
    /// Why it failed.
    pub(crate) error: Option<Failure>,
    /// Id of the message it quotes or answers.
    pub(crate) context_id: Option<String>,
}

/// The delivery state of a message. A user's own message is `sent` once WhatsApp has it, `delivered` once the business
/// answered the webhook, `read` once the business marked it as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ticks {
    #[default]
    None,
    Sent,
    Delivered,
    Read,
    Failed,
}

/// Why a message failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// Meta's error code.
    pub(crate) code: u32,
    /// Meta's title of the code.
    pub(crate) title: String,
}

/// Says that a chat changed and must be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChatChange {
    /// Id of the account: Meta's phone number id, Coster's account id, Qontak's channel integration id.
    pub(crate) account: String,
    pub(crate) user: String,
}

/// The person who holds the phone.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Digits without `+`.
    pub(crate) phone: String,
    /// Profile name.
    pub(crate) name: String,
}

/// Why a user's message was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error("no account has this id")]
    NoSuchAccount,
    #[error("{0}")]
    Malformed(&'static str),
    #[error("the journal could not be written")]
    Journal(#[from] std::io::Error),
}

/// The media id in a message object, `{"type":"image","image":{"id":…}}`.
pub(crate) fn media_id(content: &Value) -> Option<&str> {
    content.get(content.get("type")?.as_str()?)?.get("id")?.as_str()
}

/// The order of ticks, as a number.
pub(crate) const fn rank(ticks: Ticks) -> u8 {
    match ticks {
        Ticks::None => 0,
        Ticks::Sent => 1,
        Ticks::Delivered => 2,
        Ticks::Read => 3,
        Ticks::Failed => 4,
    }
}

/// The digits of a phone number in any usual notation; 7 to 15 of them, the first not zero.
pub(crate) fn digits_of(phone: &str) -> Option<String> {
    let mut digits = String::with_capacity(phone.len());
    for (place, sign) in phone.chars().enumerate() {
        match sign {
            '0'..='9' => digits.push(sign),
            '+' if place == 0 => {}
            ' ' | '-' | '(' | ')' | '.' => {}
            _ => return None,
        }
    }
    ((7..=15).contains(&digits.len()) && !digits.starts_with('0')).then_some(digits)
}
