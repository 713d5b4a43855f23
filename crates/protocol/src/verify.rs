//! What a proof that a call comes from the provider is made of, and the proof of the protocols that sign nothing: a secret in
//! the address (DESIGN §5).

use subtle::ConstantTimeEq;
use warta_core::secret::Secret;

/// A call to a channel's webhook address, before anything of it is believed.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The secret in the address, where there is one.
    pub secret: Option<&'a str>,
    /// The value of the signature header, where there is one.
    pub signature: Option<&'a [u8]>,
    /// The bytes as they came in.
    pub body: &'a [u8],
}

/// Why a call is not believed. It never tells what would have been right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no signature, verify token or secret.
    #[error("the signature, verify token or secret is missing")]
    Missing,
    /// It does not have the right form.
    #[error("the signature or verify request is malformed")]
    Malformed,
    /// It is not ours.
    #[error("the signature, verify token or secret is wrong")]
    Wrong,
}

/// A body that surely comes from the provider: the only thing that parsers read.
#[derive(Clone, Copy)]
pub struct Verified<'a> {
    body: &'a [u8],
    secret: usize,
}

impl<'a> Verified<'a> {
    pub(crate) const fn new(body: &'a [u8], secret: usize) -> Self {
        Self { body, secret }
    }

    /// A body that was verified before it was stored, to be read once more. Not for bytes from anywhere else.
    #[must_use]
    pub const fn from_store(body: &'a [u8]) -> Self {
        Self { body, secret: 0 }
    }

    /// The bytes.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Which of the secrets verified it, counted from 0.
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

/// Checks the secret in the address of a call against `secrets`, every one of them in constant time.
///
/// # Errors
///
/// When there is none, or it is none of `secrets`.
pub fn path_secret<'a>(call: Call<'a>, secrets: &[&Secret]) -> Result<Verified<'a>, Refused> {
    let shown = call.secret.filter(|shown| !shown.is_empty()).ok_or(Refused::Missing)?;
    known(shown, secrets).map(|secret| Verified::new(call.body, secret)).ok_or(Refused::Wrong)
}

/// Which of `secrets` is `shown`, counted from 0. Every one is compared, whichever fits.
#[must_use]
pub fn known(shown: &str, secrets: &[&Secret]) -> Option<usize> {
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
