//! Proof that a webhook comes from Meta: the signature over the raw bytes of the body (§1.2), checked before the body is read.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use warta_core::secret::Secret;

use crate::verify::{Refused, Verified};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// Checks the signature of a body against `secrets`. `signature` is the value of [`SIGNATURE_HEADER`].
///
/// # Errors
///
/// When the signature is missing, malformed, or made with none of `secrets`.
pub fn body<'a, 's>(
    signature: Option<&[u8]>,
    body: &'a [u8],
    secrets: impl IntoIterator<Item = &'s Secret>,
) -> Result<Verified<'a>, Refused> {
    let digits = signature.ok_or(Refused::Missing)?.strip_prefix(b"sha256=").ok_or(Refused::Malformed)?;
    let mut tag = [0_u8; 32];
    hex::decode_to_slice(digits, &mut tag).map_err(|_| Refused::Malformed)?;
    for (secret, key) in secrets.into_iter().enumerate() {
        // HMAC takes a key of any length, but an empty one is not a secret.
        if key.expose().is_empty() {
            continue;
        }
        let mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes());
        if mac.is_ok_and(|mac| mac.chain_update(body).verify_slice(&tag).is_ok()) {
            return Ok(Verified::new(body, secret));
        }
    }
    Err(Refused::Wrong)
}

/// The value of [`SIGNATURE_HEADER`] for a body, as Meta would send it. Used by the loop-back test.
#[must_use]
pub fn sign(body: &[u8], secret: &Secret) -> String {
    // HMAC takes a key of any length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return String::new() };
    format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    const SIGNATURE: &str = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756";

    fn secrets(texts: &[&str]) -> Vec<Secret> {
        texts.iter().map(|text| Secret::new(text)).collect()
    }

    fn check(signature: &str, content: &[u8], texts: &[&str]) -> Result<usize, Refused> {
        body(Some(signature.as_bytes()), content, &secrets(texts)).map(|verified| verified.secret())
    }

    #[test]
    fn what_we_sign_ourselves_is_believed() {
        let secret = Secret::new("test_app_secret");
        let signed = sign(b"{}", &secret);
        assert!(body(Some(signed.as_bytes()), b"{}", [&secret]).is_ok());
    }

    #[test]
    fn the_vectors_of_the_fact_sheet_verify() {
        let spaced = r#"{"object": "whatsapp_business_account", "entry": []}"#;
        let escaped = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"t":"Ol\u00e1 \ud83d\udc4b"}}]}]}"#;
        let raw = escaped.replace(r"\u00e1", "á").replace(r"\ud83d\udc4b", "👋");
        for (secret, content, hex) in [
            ("test_app_secret", BODY, "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"),
            ("test_app_secret", spaced, "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"),
            ("otro_secreto", BODY, "769b03d8c2ae6498f2d1e1f7299c0ba55448c69d741e7b0bb243d852d8a8d8c7"),
            ("test_app_secret", escaped, "e86961c345d2e8daf466478931b521ef432a3731d09091f5b9059ffd38cf8935"),
            ("test_app_secret", &raw, "1076ee9be40f73fc9a2aba3c8755e9a71efd4aa1d23968c28e5ab66d51046b5f"),
        ] {
            assert_eq!(check(&format!("sha256={hex}"), content.as_bytes(), &[secret]), Ok(0), "{content}");
        }
    }

    #[test]
    fn during_a_rotation_both_secrets_verify_and_tell_which_they_are() {
        assert_eq!(check(SIGNATURE, BODY.as_bytes(), &["new_secret", "test_app_secret"]), Ok(1));
        assert_eq!(check(SIGNATURE, BODY.as_bytes(), &["test_app_secret", "new_secret"]), Ok(0));
        assert_eq!(check(SIGNATURE, BODY.as_bytes(), &["new_secret"]), Err(Refused::Wrong));
    }

    #[test]
    fn a_signature_that_is_missing_malformed_or_wrong_is_refused() {
        assert_eq!(
            body(None, BODY.as_bytes(), &secrets(&["test_app_secret"])).unwrap_err(),
            Refused::Missing
        );
        let digits = SIGNATURE.strip_prefix("sha256=").unwrap();
        for malformed in [
            "",
            "sha256=",
            digits,
            &format!("sha1={digits}"),
            &format!("{SIGNATURE}00"),
            SIGNATURE.get(..70).unwrap(),
            &format!(" {SIGNATURE}"),
        ] {
            assert_eq!(
                check(malformed, BODY.as_bytes(), &["test_app_secret"]),
                Err(Refused::Malformed),
                "{malformed}"
            );
        }
        assert_eq!(check(SIGNATURE, b"{}", &["test_app_secret"]), Err(Refused::Wrong));
        assert_eq!(check(SIGNATURE, BODY.as_bytes(), &[]), Err(Refused::Wrong));
    }

    #[test]
    fn an_empty_secret_verifies_nothing() {
        let mac = Hmac::<Sha256>::new_from_slice(b"").unwrap().chain_update(BODY).finalize().into_bytes();
        let forged = format!("sha256={}", hex::encode(mac));
        assert_eq!(check(&forged, BODY.as_bytes(), &["", " "]), Err(Refused::Wrong));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn one_flipped_bit_is_refused(content in proptest::collection::vec(any::<u8>(), 1..300), at: proptest::sample::Index, bit in 0..8_u8) {
            let mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap().chain_update(&content).finalize().into_bytes();
            let signature = format!("sha256={}", hex::encode(mac));
            prop_assert_eq!(check(&signature, &content, &["key"]), Ok(0));
            let mut flipped = content.clone();
            flipped[at.index(content.len())] ^= 1 << bit;
            prop_assert_eq!(check(&signature, &flipped, &["key"]), Err(Refused::Wrong));
        }

        #[test]
        fn any_signature_is_read_without_panic(signature: Vec<u8>) {
            prop_assert!(body(Some(&signature), b"[]", &secrets(&["token"])).is_err());
        }
    }
}
