//! Standard Webhooks signatures, the receiving side.
//!
//! Source: the Standard Webhooks specification, symmetric scheme `v1`: the signed content is
//! `id.timestamp.body`, the key is the base64 part of `whsec_…`, several signatures may stand in one header.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;

/// How far the sender's clock may be from ours, in seconds, in either direction.
const TOLERANCE_S: i64 = 5 * 60;

/// The event id of a request whose signature holds, or `None` when anything about it is wrong.
///
/// `now_s` is the receiver's clock in unix seconds.
pub(super) fn verified_id<'h>(
    secret: &str,
    headers: &'h HeaderMap,
    body: &[u8],
    now_s: i64,
) -> Option<&'h str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let id = text("webhook-id").filter(|id| !id.is_empty())?;
    let timestamp = text("webhook-timestamp")?;
    if timestamp.parse::<i64>().ok()?.abs_diff(now_s) > TOLERANCE_S.unsigned_abs() {
        return None;
    }
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    text("webhook-signature")?
        .split(' ')
        .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok())
        .then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the specification's own test suite would be copied text; these values were made with
    // `openssl dgst -sha256 -hmac` over `evt_1.1700000000.{}` and the key `0123456789abcdef01234567`.
    const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
    const SIGNATURE: &str = "v1,NNE7l8yBGUIZix+ZWhuw1i0d7yHV58dTPlowMVgdMTA=";
    const NOW_S: i64 = 1_700_000_000;

    fn headers(signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", "evt_1".parse().unwrap());
        headers.insert("webhook-timestamp", NOW_S.to_string().parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn a_right_signature_gives_the_event_id() {
        assert_eq!(verified_id(SECRET, &headers(SIGNATURE), b"{}", NOW_S), Some("evt_1"));
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let both = format!("v1,AAAA v1a,BBBB {SIGNATURE}");
        assert_eq!(verified_id(SECRET, &headers(&both), b"{}", NOW_S), Some("evt_1"));
    }

    #[test]
    fn another_body_secret_scheme_or_header_is_refused() {
        assert_eq!(verified_id(SECRET, &headers(SIGNATURE), b"{ }", NOW_S), None);
        assert_eq!(verified_id("whsec_AAAA", &headers(SIGNATURE), b"{}", NOW_S), None);
        assert_eq!(verified_id("0123456789abcdef01234567", &headers(SIGNATURE), b"{}", NOW_S), None);
        assert_eq!(verified_id(SECRET, &headers(&SIGNATURE.replace("v1,", "v2,")), b"{}", NOW_S), None);
        for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let mut headers = headers(SIGNATURE);
            headers.remove(missing);
            assert_eq!(verified_id(SECRET, &headers, b"{}", NOW_S), None, "{missing}");
        }
    }

    #[test]
    fn five_minutes_of_difference_are_allowed_and_no_more() {
        for (now_s, accepted) in [(300, true), (-300, true), (301, false), (-301, false)] {
            let headers = headers(SIGNATURE);
            let got = verified_id(SECRET, &headers, b"{}", NOW_S + now_s);
            assert_eq!(got.is_some(), accepted, "{now_s}");
        }
    }
}
