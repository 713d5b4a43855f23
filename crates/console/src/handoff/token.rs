//! The token of a link: the id of the hand-off and a signature. It is not stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use warta_core::ids::HandoffId;
use warta_core::secret::Secret;
use warta_http::keyed_hash::keyed_hash;

const ID_BYTES: usize = 16;

/// The token of a hand-off, the same each time.
pub(super) fn sign(pepper: &Secret, id: HandoffId) -> String {
    let mut bytes = id.uuid().as_bytes().to_vec();
    bytes.extend(proof(pepper, id));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The hand-off of a token; `None` if the signature is wrong.
pub(super) fn open(pepper: &Secret, token: &str) -> Option<HandoffId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, shown) = bytes.split_first_chunk::<ID_BYTES>()?;
    let id = HandoffId::from_uuid(Uuid::from_bytes(*id));
    bool::from(proof(pepper, id).ct_eq(shown)).then_some(id)
}

fn proof(pepper: &Secret, id: HandoffId) -> [u8; 32] {
    keyed_hash(pepper, "handoff_link", &[id.uuid().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_of_ours_opens() {
        let (pepper, id) = (Secret::new("a pepper"), HandoffId::from_uuid(Uuid::from_u128(7)));
        let token = sign(&pepper, id);
        assert_eq!(open(&pepper, &token), Some(id));
        assert_eq!(open(&Secret::new("another"), &token), None);
        assert_eq!(open(&pepper, &sign(&Secret::new("another"), id)), None);
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for index in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[index] ^= 1;
            assert_eq!(open(&pepper, &URL_SAFE_NO_PAD.encode(&forged)), None, "{index}");
            assert_eq!(open(&pepper, &URL_SAFE_NO_PAD.encode(&bytes[..index])), None, "{index}");
        }
        for text in ["", "hof_", "é", &format!("{token}A"), &format!("{token} ")] {
            assert_eq!(open(&pepper, text), None, "{text}");
        }
    }
}
