//! The handshake that checks a webhook URL (§1.1): a `GET` with a verify token, answered with its challenge.

use subtle::ConstantTimeEq;
use warta_core::secret::Secret;

use crate::http::path_segment;
use crate::verify::Refused;

/// Answers the handshake: with its challenge, the whole body of the answer, if the query carries one of `tokens`.
///
/// # Errors
///
/// When the token is missing or wrong, or the query is not a handshake.
pub(crate) fn answer(query: &str, tokens: &[Secret]) -> Result<String, Refused> {
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
    // Every token is compared, so that the time tells nothing.
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

/// The query of a handshake for `challenge`.
#[must_use]
pub(crate) fn query(challenge: &str, token: &Secret) -> String {
    let token = path_segment(token.expose());
    format!("hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={token}")
}

/// Decodes a part of a query: `+` is a space, `%41` a byte. `None` if it is malformed or not UTF-8.
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

    fn secrets(texts: &[&str]) -> Vec<Secret> {
        texts.iter().map(|text| Secret::new(text)).collect()
    }

    #[test]
    fn our_own_handshake_is_answered() {
        let token = Secret::new("a b&c=+%/\u{e9}");
        assert_eq!(answer(&query("123", &token), &[token]).as_deref(), Ok("123"));
    }

    #[test]
    fn an_empty_token_answers_nothing() {
        assert_eq!(
            answer("hub.mode=subscribe&hub.verify_token=&hub.challenge=1", &secrets(&[""])),
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
            assert_eq!(answer(query, &tokens).as_deref(), Ok("5512907731"), "{query}");
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
            assert_eq!(answer(query, &tokens), Err(refused), "{query}");
        }
        assert_eq!(answer("hub.mode=subscribe&hub.challenge=1&hub.verify_token=x", &[]), Err(Refused::Wrong));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_query_is_read_without_panic(query in "\\PC*") {
            prop_assert!(answer(&query, &secrets(&["token"])).is_err());
        }
    }
}
