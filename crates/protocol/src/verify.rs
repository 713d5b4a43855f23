//! The proof that a webhook comes from the provider. This file holds the types, and the proof for protocols that sign nothing:
//! a secret in the URL (DESIGN §5).

use subtle::ConstantTimeEq;
use warta_core::secret::Secret;

/// A call to a channel's webhook URL, not yet verified.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The secret in the URL, if there is one.
    pub secret: Option<&'a str>,
    /// The value of the signature header, if there is one.
    pub signature: Option<&'a [u8]>,
    /// The raw bytes.
    pub body: &'a [u8],
}

/// Why a call was refused. It never reveals the expected value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The signature, verify token or secret is missing.
    #[error("the signature, verify token or secret is missing")]
    Missing,
    /// It is malformed.
    #[error("the signature or verify request is malformed")]
    Malformed,
    /// It is wrong.
    #[error("the signature, verify token or secret is wrong")]
    Wrong,
}

/// A body that is proven to come from the provider. Parsers read nothing else.
#[derive(Clone, Copy)]
pub struct Verified<'a> {
    body: &'a [u8],
    secret: usize,
}

impl<'a> Verified<'a> {
    pub(crate) const fn new(body: &'a [u8], secret: usize) -> Self {
        Self { body, secret }
    }

    /// A body that was verified before it was stored. Not for bytes from anywhere else.
    #[must_use]
    pub const fn from_store(body: &'a [u8]) -> Self {
        Self { body, secret: 0 }
    }

    /// The bytes.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The index of the secret that verified it.
    #[must_use]
    pub const fn secret(&self) -> usize {
        self.secret
    }
}

impl std::fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verified({} bytes)", self.body.len())
    }
}

/// Compares the secret in the URL of a call with each of `secrets` in constant time.
///
/// # Errors
///
/// When the secret is missing, or is none of `secrets`.
pub fn path_secret<'a>(call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
    let shown = call.secret.filter(|shown| !shown.is_empty()).ok_or(Refused::Missing)?;
    matching_secret(shown, secrets).map(|secret| Verified::new(call.body, secret)).ok_or(Refused::Wrong)
}

/// The index of the secret that equals `shown`. Every secret is compared, so that the time tells nothing.
#[must_use]
pub fn matching_secret(shown: &str, secrets: &[&Secret]) -> Option<usize> {
    let mut found = None;
    for (index, secret) in secrets.iter().enumerate() {
        let same = secret.expose().as_bytes().ct_eq(shown.as_bytes());
        if bool::from(same) && !secret.expose().is_empty() {
            found = found.or(Some(index));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_secret_of_a_rotation_opens_and_nothing_else() {
        let (old, new, empty) = (Secret::new("whs_old"), Secret::new("whs_new"), Secret::new(""));
        let call = |secret| Call { secret, signature: None, body: b"{}" };
        let check = |secret| path_secret(call(secret), &[&new, &old, &empty]).map(|found| found.secret());
        assert_eq!(check(Some("whs_new")), Ok(0));
        assert_eq!(check(Some("whs_old")), Ok(1));
        assert_eq!(check(Some("whs_ol")), Err(Refused::Wrong));
        assert_eq!(check(Some("")), Err(Refused::Missing));
        assert_eq!(check(None), Err(Refused::Missing));
    }
}
