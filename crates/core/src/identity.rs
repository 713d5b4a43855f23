//! The identity of a WhatsApp user on one channel: a business-scoped user id (BSUID), a phone number, or both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::phone::Phone;

/// A business-scoped user id, such as `US.7351902468113579`: a two-letter country code, a dot, and up to 128 letters and digits. The id
/// for a parent business has `ENT.` after the dot (facts/meta-cloud.md §0.2). It changes when the user changes their number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bsuid(String);

/// The text is not a business-scoped user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a business-scoped user id such as US.7351902468113579")]
pub struct InvalidBsuid;

impl Bsuid {
    /// The id, unchanged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Bsuid {
    type Err = InvalidBsuid;

    fn from_str(text: &str) -> Result<Self, InvalidBsuid> {
        let (country, rest) = text.split_once('.').ok_or(InvalidBsuid)?;
        let body = rest.strip_prefix("ENT.").unwrap_or(rest);
        let valid = country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=128).contains(&body.len())
            && body.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidBsuid) }
    }
}

impl fmt::Display for Bsuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Bsuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.•••", self.0.get(..2).unwrap_or_default())
    }
}

impl Serialize for Bsuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bsuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A user as the provider identifies them: by one id or by both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Identity {
    /// Only the business-scoped id; the provider does not share the phone number.
    Bsuid(Bsuid),
    /// Only the phone number.
    Phone(Phone),
    /// Both.
    Both(Bsuid, Phone),
}

impl Identity {
    /// Builds an identity; `None` if both parts are missing.
    #[must_use]
    pub fn new(bsuid: Option<Bsuid>, phone: Option<Phone>) -> Option<Self> {
        match (bsuid, phone) {
            (Some(bsuid), Some(phone)) => Some(Self::Both(bsuid, phone)),
            (Some(bsuid), None) => Some(Self::Bsuid(bsuid)),
            (None, Some(phone)) => Some(Self::Phone(phone)),
            (None, None) => None,
        }
    }

    /// The business-scoped id, if known.
    #[must_use]
    pub const fn bsuid(&self) -> Option<&Bsuid> {
        match self {
            Self::Bsuid(bsuid) | Self::Both(bsuid, _) => Some(bsuid),
            Self::Phone(_) => None,
        }
    }

    /// True for the synthetic loop-back user. Its id has the country code `ZZ`, which ISO 3166 reserves for private use, so no provider
    /// issues such an id. Messages from this user test the connection, and messages to this user are never sent.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.bsuid().is_some_and(|bsuid| bsuid.as_str().starts_with("ZZ."))
    }

    /// The phone number, if known.
    #[must_use]
    pub const fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Phone(phone) | Self::Both(_, phone) => Some(phone),
            Self::Bsuid(_) => None,
        }
    }

    /// All lookup keys of this user, the most specific first: BSUID, phone, the phone's other forms. A BSUID contains a dot and a phone
    /// does not, so one column can hold both.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys = Vec::with_capacity(2);
        keys.extend(self.bsuid().map(|bsuid| bsuid.as_str().to_owned()));
        if let Some(phone) = self.phone() {
            keys.push(phone.digits().to_owned());
            keys.extend(phone.aliases().iter().map(|alias| alias.digits().to_owned()));
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bsuids_are_parsed() {
        for good in ["US.7351902468113579", "ID.ENT.abc123"] {
            assert!(good.parse::<Bsuid>().is_ok(), "{good}");
        }
        for bad in ["", "US", "US.", "us.73", "USA.73", "US.73-1", "6281255501234"] {
            assert!(bad.parse::<Bsuid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_loopback_user_is_nobody() {
        for (text, nobody) in [("ZZ.WARTALOOPBACK", true), ("ID.ZZ1", false)] {
            let identity =
                Identity::new(text.parse().ok(), "6281255501234".parse().ok()).expect("both are given");
            assert_eq!(identity.is_nobody(), nobody, "{text}");
        }
    }

    #[test]
    fn an_identity_needs_an_id() {
        assert_eq!(Identity::new(None, None), None);
    }

    #[test]
    fn keys_lead_with_the_bsuid_and_end_with_other_forms() {
        let identity =
            Identity::new("BR.1".parse().ok(), "5511987654321".parse().ok()).expect("both are given");
        assert_eq!(identity.keys(), ["BR.1", "5511987654321", "551187654321"]);
    }
}
