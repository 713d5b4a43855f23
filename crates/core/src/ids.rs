//! Ids: a prefix that names the kind, and a time-ordered UUID (version 7) in 26 characters of Crockford's base 32: `msg_01kb3t5…`. They
//! sort by time and fit in URLs. They are not secrets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ENCODED_LEN: usize = 26;

/// Why a text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The prefix before `_` is missing or belongs to another kind.
    #[error("not a {expected}_… id")]
    Prefix {
        /// The prefix that was wanted.
        expected: &'static str,
    },
    /// The part after the prefix is not 26 characters of base 32.
    #[error("the part after {expected}_ is not an id")]
    Body {
        /// The prefix that was wanted.
        expected: &'static str,
    },
}

fn encode(prefix: &str, uuid: Uuid) -> String {
    let mut value = uuid.as_u128();
    let mut digits = [0_u8; ENCODED_LEN];
    for digit in digits.iter_mut().rev() {
        let index = usize::try_from(value & 31).unwrap_or_default();
        *digit = ALPHABET.get(index).copied().unwrap_or(b'0');
        value >>= 5;
    }
    let mut text = String::with_capacity(prefix.len() + 1 + ENCODED_LEN);
    text.push_str(prefix);
    text.push('_');
    text.extend(digits.iter().map(|digit| char::from(*digit)));
    text
}

fn decode(prefix: &'static str, text: &str) -> Result<Uuid, Error> {
    let body = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or(Error::Prefix { expected: prefix })?;
    let wrong = Error::Body { expected: prefix };
    // 26 digits hold 130 bits, so the first digit may use only three of its five bits.
    if body.len() != ENCODED_LEN || body.as_bytes().first().is_none_or(|first| *first > b'7') {
        return Err(wrong);
    }
    body.bytes()
        .try_fold(0_u128, |value, byte| {
            let digit = ALPHABET.iter().position(|known| *known == byte)?;
            Some((value << 5) | u128::try_from(digit).ok()?)
        })
        .map(Uuid::from_u128)
        .ok_or(wrong)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id with this UUID, which should have version 7.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID, as the database stores it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(Self::PREFIX, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                decode(Self::PREFIX, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// An organization: it owns agents and has members.
    OrganizationId, "org"
);
id!(
    /// An agent: a bot that is called over HTTP.
    AgentId, "agt"
);
id!(
    /// A channel: the WhatsApp configuration of one agent in one environment.
    ChannelId, "chn"
);
id!(
    /// A user: a WhatsApp user on one channel.
    UserId, "usr"
);
id!(
    /// A conversation: one user on one channel. It never ends.
    ConversationId, "cnv"
);
id!(
    /// A session: a period of activity in a conversation.
    SessionId, "ses"
);
id!(
    /// An event sent to an agent. All attempts have the same id.
    EventId, "evt"
);
id!(
    /// A raw webhook body.
    EnvelopeId, "env"
);
id!(
    /// The record of an API key. The key itself is a secret.
    ApiKeyId, "key"
);

id!(
    /// A person who uses the console.
    PersonId, "prs"
);
id!(
    /// A sign-in of a person in one browser.
    SignInId, "sin"
);
id!(
    /// A one-time link: set-up, sign-in, new password, invitation. Its token is secret, this id is not.
    LinkId, "lnk"
);
id!(
    /// An entry of the audit log.
    AuditId, "aud"
);
id!(
    /// A hand-off page for the provider's staff.
    HandoffId, "hof"
);
id!(
    /// A template declared in this gateway, for a provider whose API does not list templates.
    TemplateId, "tpl"
);

impl ConversationId {
    /// The user of this conversation. A conversation is one user on one channel, so both share one UUID and one row.
    #[must_use]
    pub const fn user(self) -> UserId {
        UserId::from_uuid(self.0)
    }
}

impl SessionId {
    /// The id of the session that this message starts. It is derived from the message, so a restart after a crash gives the same id.
    #[must_use]
    pub const fn started_by(message: MessageId) -> Self {
        Self(message.uuid)
    }
}

impl EventId {
    /// The `message.received` event of this message.
    #[must_use]
    pub const fn of_message(message: MessageId) -> Self {
        Self(message.uuid)
    }
}

/// An inbound or outbound message. Notifications are messages with a template: their ids start with `ntf_`, all others with `msg_`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    uuid: Uuid,
    notification: bool,
}

impl MessageId {
    const MESSAGE: &'static str = "msg";
    const NOTIFICATION: &'static str = "ntf";

    /// The id of an ordinary message.
    #[must_use]
    pub const fn message(uuid: Uuid) -> Self {
        Self { uuid, notification: false }
    }

    /// The id of a notification.
    #[must_use]
    pub const fn notification(uuid: Uuid) -> Self {
        Self { uuid, notification: true }
    }

    /// The UUID, as the database stores it. Both kinds share one table.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    /// True if this is a notification.
    #[must_use]
    pub const fn is_notification(self) -> bool {
        self.notification
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.notification { Self::NOTIFICATION } else { Self::MESSAGE };
        f.write_str(&encode(prefix, self.uuid))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MessageId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with(Self::NOTIFICATION) {
            return decode(Self::NOTIFICATION, text).map(Self::notification);
        }
        decode(Self::MESSAGE, text).map(Self::message)
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_round_trips_through_text(value: u128) {
            let id = ChannelId::from_uuid(Uuid::from_u128(value));
            prop_assert_eq!(id.to_string().parse::<ChannelId>(), Ok(id));
        }

        #[test]
        fn text_order_is_uuid_order(a: u128, b: u128) {
            let (a, b) = (UserId::from_uuid(Uuid::from_u128(a)), UserId::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn any_text_is_parsed_without_panic(text in "\\PC*") {
            prop_assert!(text.parse::<MessageId>().is_err() || text.len() == 30);
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let conversation = ConversationId::from_uuid(Uuid::from_u128(7)).to_string();
        assert_eq!(conversation.parse::<ChannelId>(), Err(Error::Prefix { expected: "chn" }));
    }

    #[test]
    fn a_number_above_128_bits_is_refused() {
        assert!("chn_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ChannelId>().is_err());
        assert!("chn_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ChannelId>().is_ok());
    }

    #[test]
    fn a_notification_keeps_its_prefix() {
        let id = MessageId::notification(Uuid::from_u128(9));
        assert!(id.to_string().starts_with("ntf_"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}
