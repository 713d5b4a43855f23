//! Proof that a webhook call comes from Meta: the verify token of the subscription's handshake (§1.1) and the signature
//! of every body (§1.2). It comes before any reading of the body, and over the bytes as they came in.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use warta_core::secret::Secret;

use crate::verify::{Refused, Verified};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// Answers the handshake with which Meta checks a callback address (§1.1): the challenge to send back bare, where the
/// query carries one of `tokens`.
///
/// # Errors
///
/// When the token is missing or wrong, or the query is no handshake.
pub fn subscription(query: &str, tokens: &[Secret]) -> Result<String, Refused> {
    let (mut mode, mut token, mut challenge) = (None, None, None);
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match decode(key).as_deref() {
            Some("hub.mode") => &mut mode,
            Some("hub.verify_token") => &mut token,
            Some("hub.challenge") => &mut challenge,
            Some(_) | None => continue,
        };
        if place.replace(decode(value).ok_or(Refused::Malformed)?).is_some() {
            return Err(Refused::Malformed);
        }
    }
    let token = token.ok_or(Refused::Missing)?;
    // Every token is compared, whichever fits.
    let known = tokens
        .iter()
        .filter(|known| !known.expose().is_empty())
        .fold(subtle::Choice::from(0), |found, known| {
            found | known.expose().as_bytes().ct_eq(token.as_bytes())
        });
    if !bool::from(known) {
        return Err(Refused::Wrong);
    }
    match (mode.as_deref(), challenge) {
        (Some("subscribe"), Some(challenge)) if !challenge.is_empty() => Ok(challenge),
        _ => Err(Refused::Malformed),
    }
}

/// Checks the signature of a body against `secrets`, the value of [`SIGNATURE_HEADER`] being `signature`.
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
        // HMAC takes a key of any length; an empty one would be no secret.
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

/// The value of [`SIGNATURE_HEADER`] with which Meta would send this body: for events that we make ourselves.
#[must_use]
pub fn sign(body: &[u8], secret: &Secret) -> String {
    // HMAC takes a key of any length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return String::new() };
    format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))
}

/// The query with which a handshake asks for `challenge` (§1.1).
#[must_use]
pub fn handshake_query(challenge: &str, token: &Secret) -> String {
    let token = super::media::path_segment(token.expose());
    format!("hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={token}")
}

/// Undoes the encoding of a query: `+` is a blank, `%41` a byte. `None` when it is broken or not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (digits, tail) = rest.split_first_chunk::<2>()?;
                rest = tail;
                let mut byte = [0];
                hex::decode_to_slice(digits, &mut byte).ok()?;
                let [byte] = byte;
                byte
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).ok()
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
    fn what_we_sign_and_ask_ourselves_is_believed() {
        let secret = Secret::new("test_app_secret");
        let signed = sign(b"{}", &secret);
        assert!(body(Some(signed.as_bytes()), b"{}", [&secret]).is_ok());
        let token = Secret::new("a b&c=+%/\u{e9}");
        let query = handshake_query("123", &token);
        assert_eq!(subscription(&query, &[token]).as_deref(), Ok("123"));
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
        assert_eq!(
            subscription("hub.mode=subscribe&hub.verify_token=&hub.challenge=1", &secrets(&[""])),
            Err(Refused::Wrong)
        );
    }

    #[test]
    fn the_handshake_gives_the_challenge_back() {
        let tokens = secrets(&["old+token/%", "my-verify-token"]);
        for query in [
            "hub.mode=subscribe&hub.challenge=5512907731&hub.verify_token=my-verify-token",
            "hub.verify_token=my-verify-token&x=%zz&hub.challenge=5512907731&hub.mode=subscribe",
            "hub%2Emode=subscribe&hub.challenge=5512907731&hub.verify_token=old%2Btoken%2F%25",
        ] {
            let answer = subscription(query, &tokens);
            assert_eq!(answer.as_deref(), Ok("5512907731"), "{query}");
        }
    }

    #[test]
    fn a_handshake_that_is_not_ours_is_refused() {
        let tokens = secrets(&["my-verify-token"]);
        for (query, refused) in [
            ("", Refused::Missing),
            ("hub.mode=subscribe&hub.challenge=1", Refused::Missing),
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=my-verify-toke", Refused::Wrong),
            ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=my-verify-token2", Refused::Wrong),
            ("hub.mode=subscribe&hub.challenge=1&hub_verify_token=my-verify-token", Refused::Missing),
            ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=my-verify-token", Refused::Malformed),
            ("hub.mode=subscribe&hub.verify_token=my-verify-token", Refused::Malformed),
            ("hub.mode=subscribe&hub.challenge=%4&hub.verify_token=my-verify-token", Refused::Malformed),
            ("hub.mode=subscribe&hub.challenge=%ff&hub.verify_token=my-verify-token", Refused::Malformed),
            (
                "hub.verify_token=x&hub.verify_token=my-verify-token&hub.mode=subscribe&hub.challenge=1",
                Refused::Malformed,
            ),
        ] {
            assert_eq!(subscription(query, &tokens), Err(refused), "{query}");
        }
        assert_eq!(
            subscription("hub.mode=subscribe&hub.challenge=1&hub.verify_token=x", &[]),
            Err(Refused::Wrong)
        );
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
        fn any_query_and_signature_are_read_without_panic(query in "\\PC*", signature: Vec<u8>) {
            let tokens = secrets(&["token"]);
            prop_assert!(subscription(&query, &tokens).is_err());
            prop_assert!(body(Some(&signature), b"[]", &tokens).is_err());
        }
    }
}
