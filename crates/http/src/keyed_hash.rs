//! Keyed hashes of short values: what is stored of an API key, and what makes a cursor or a signed link unforgeable.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use warta_core::secret::Secret;

/// HMAC-SHA-256 of `parts` under `pepper`. A hash made for one `purpose` is never valid for another; the length of each part is
/// hashed before it, so that no two lists of parts have the same hash.
///
/// # Panics
///
/// Never: HMAC takes a key of any length.
#[must_use]
pub fn keyed_hash(pepper: &Secret, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper.expose().as_bytes()).expect("any key will do");
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_pepper_purpose_and_where_parts_end() {
        let (one, other) = (Secret::new("pepper-one"), Secret::new("pepper-other"));
        let base = keyed_hash(&one, "a", &[b"bc", b"d"]);
        assert_ne!(base, keyed_hash(&other, "a", &[b"bc", b"d"]));
        assert_ne!(base, keyed_hash(&one, "x", &[b"bc", b"d"]));
        assert_ne!(base, keyed_hash(&one, "a", &[b"b", b"cd"]));
    }
}
