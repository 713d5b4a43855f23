//! The settings of a channel that are no secrets, as the database keeps them and a person enters them.

use serde_json::Value;
use warta_core::channel::Protocol;

use crate::meta;

/// The settings of a channel, by protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settings {
    /// Meta's WhatsApp Cloud API.
    Meta(meta::Settings),
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct InvalidSettings {
    /// The field concerned, such as `phone_number_id`.
    pub field: &'static str,
    /// Whether it is not there at all: a channel that is not yet in use may lack it.
    pub missing: bool,
    /// What is wrong and what would be right.
    pub detail: String,
}

impl InvalidSettings {
    pub(crate) fn new(field: &'static str, detail: impl Into<String>) -> Self {
        Self { field, missing: false, detail: detail.into() }
    }

    pub(crate) fn missing(field: &'static str) -> Self {
        Self { field, missing: true, detail: "is missing".to_owned() }
    }
}

impl Settings {
    /// Everything that keeps settings from being used: each field that is missing or wrong, once.
    #[must_use]
    pub fn faults(protocol: Protocol, settings: &Value) -> Vec<InvalidSettings> {
        match protocol {
            Protocol::MetaCloud => meta::Settings::faults(settings),
            Protocol::Coster | Protocol::Qontak => Self::read(protocol, settings).err().into_iter().collect(),
        }
    }

    /// Reads the settings of a channel with this protocol.
    ///
    /// # Errors
    ///
    /// When a field is missing or not as it should be, naming it; and for a protocol that is not available yet.
    pub fn read(protocol: Protocol, settings: &Value) -> Result<Self, InvalidSettings> {
        match protocol {
            Protocol::MetaCloud => meta::Settings::read(settings).map(Self::Meta),
            Protocol::Coster | Protocol::Qontak => {
                Err(InvalidSettings::new("protocol", format!("{protocol} is not available yet")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_protocol_that_is_not_there_yet_says_so() {
        let error = Settings::read(Protocol::Coster, &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "protocol: coster is not available yet");
    }
}
