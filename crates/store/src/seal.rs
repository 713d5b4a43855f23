//! Sealing: what must not stand in the open is encrypted before it is stored, and bound to its place, so that a stolen file
//! reveals nothing and a value moved to another row does not open (facts/promises.md S2).
//!
//! A sealed value is: version (1 byte), nonce (24 bytes), ciphertext and tag of XChaCha20-Poly1305.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use uuid::Uuid;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The key of the gateway. It is never stored, shown or logged.
#[derive(Clone)]
pub struct SealingKey(XChaCha20Poly1305);

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 bytes, written as 64 hexadecimal digits")]
pub struct InvalidKey;

/// The value does not open: another key, another place, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DoesNotOpen;

/// Where a sealed value stands: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Table and column.
    pub(crate) column: &'static str,
    /// Whose row it is.
    pub(crate) organization: Uuid,
    /// What tells the row from others of the table.
    pub(crate) row: &'a [&'a [u8]],
}

impl SealingKey {
    /// Reads a key from 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return Err(InvalidKey);
        }
        let mut bytes = [0_u8; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(index * 2..index * 2 + 2).ok_or(InvalidKey)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| InvalidKey)?;
        }
        Ok(Self::from_bytes(bytes))
    }

    /// The key made of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&bytes.into()))
    }

    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness cannot keep secrets; values here are far below the cipher's limit"
    )]
    pub(crate) fn seal(&self, plain: &[u8], place: Place<'_>) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_BYTES];
        SysRng.try_fill_bytes(&mut nonce).expect("the operating system gives randomness");
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).expect("the value is not gigabytes long");
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    pub(crate) fn open(&self, sealed: &[u8], place: Place<'_>) -> Result<Vec<u8>, DoesNotOpen> {
        let (version, rest) = sealed.split_first().ok_or(DoesNotOpen)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(DoesNotOpen)?;
        if *version != VERSION {
            return Err(DoesNotOpen);
        }
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| DoesNotOpen)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(•••)")
    }
}

impl Place<'_> {
    /// Every part with its length before it, so that no two places read alike.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let parts = [self.column.as_bytes(), self.organization.as_bytes()];
        for part in parts.iter().chain(self.row) {
            bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORGANIZATION: Uuid = Uuid::from_u128(1);

    fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
        Place { column, organization: ORGANIZATION, row }
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        let key = SealingKey::from_bytes([7; 32]);
        let sealed = key.seal(b"EAAG", place("channel_secret.sealed", &[b"a", b"b"]));
        assert!(!sealed.windows(4).any(|window| window == b"EAAG"));
        assert_eq!(
            key.open(&sealed, place("channel_secret.sealed", &[b"a", b"b"])).as_deref(),
            Ok(&b"EAAG"[..])
        );
        for elsewhere in [
            place("channel_secret.sealed", &[b"a", b"c"]),
            place("channel_secret.sealed", &[b"ab"]),
            place("deployment.sealed_secret", &[b"a", b"b"]),
            Place { organization: Uuid::from_u128(2), ..place("channel_secret.sealed", &[b"a", b"b"]) },
        ] {
            assert_eq!(key.open(&sealed, elsewhere), Err(DoesNotOpen));
        }
        assert_eq!(
            SealingKey::from_bytes([8; 32]).open(&sealed, place("channel_secret.sealed", &[b"a", b"b"])),
            Err(DoesNotOpen)
        );
    }

    #[test]
    fn what_is_damaged_or_cut_does_not_open() {
        let key = SealingKey::from_bytes([7; 32]);
        let sealed = key.seal(b"secret", place("t.c", &[]));
        for cut in 0..sealed.len() {
            assert_eq!(key.open(&sealed[..cut], place("t.c", &[])), Err(DoesNotOpen));
        }
        for index in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[index] ^= 1;
            assert_eq!(key.open(&damaged, place("t.c", &[])), Err(DoesNotOpen));
        }
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert!(SealingKey::parse(&format!(" {}\n", "aB".repeat(32))).is_ok());
        for text in ["", "ab", &"ab".repeat(31), &"xy".repeat(32), &"ab".repeat(33)] {
            assert!(SealingKey::parse(text).is_err(), "{text}");
        }
    }
}
