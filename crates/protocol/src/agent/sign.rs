//! Standard Webhooks signatures (version 1, symmetric): `webhook-id`, `webhook-timestamp` and `webhook-signature` over
//! `id.timestamp.body` (facts/promises.md S8).

use ::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use warta_core::ids::EventId;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

const PREFIX: &str = "whsec_";

/// The secret is not `whsec_` and 24 to 64 bytes in base 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is whsec_ followed by 24 to 64 bytes in base 64")]
pub struct InvalidSecret;

/// A new signing secret from 32 random bytes.
#[must_use]
pub fn generate_secret(random: [u8; 32]) -> Secret {
    Secret::new(&format!("{PREFIX}{}", STANDARD.encode(random)))
}

/// The headers that sign `body`: one signature for each of `secrets`, so that both verify during a rotation. `at` is the time
/// of this attempt; the id is the same for all attempts.
///
/// # Errors
///
/// When one of `secrets` is not a signing secret, or there is none.
pub fn headers(
    id: EventId,
    at: Timestamp,
    body: &[u8],
    secrets: &[Secret],
) -> Result<HeaderMap, InvalidSecret> {
    let (id, seconds) = (id.to_string(), at.as_secs().to_string());
    let mut signatures = Vec::with_capacity(secrets.len());
    for secret in secrets {
        let mac = Hmac::<Sha256>::new_from_slice(&key(secret)?).map_err(|_| InvalidSecret)?;
        let mac = mac.chain_update(&id).chain_update(".").chain_update(&seconds).chain_update(".");
        let tag = mac.chain_update(body).finalize().into_bytes();
        signatures.push(format!("v1,{}", STANDARD.encode(tag)));
    }
    if signatures.is_empty() {
        return Err(InvalidSecret);
    }
    let mut headers = HeaderMap::with_capacity(4);
    for (name, value) in [
        ("content-type", "application/json"),
        ("webhook-id", &id),
        ("webhook-timestamp", &seconds),
        ("webhook-signature", &signatures.join(" ")),
    ] {
        headers.insert(name, HeaderValue::try_from(value).map_err(|_| InvalidSecret)?);
    }
    Ok(headers)
}

/// Checks that `secret` can sign.
///
/// # Errors
///
/// When it is not a signing secret.
pub fn check(secret: &Secret) -> Result<(), InvalidSecret> {
    key(secret).map(drop)
}

fn key(secret: &Secret) -> Result<Vec<u8>, InvalidSecret> {
    let text = secret.expose().strip_prefix(PREFIX).ok_or(InvalidSecret)?;
    let key = STANDARD.decode(text).map_err(|_| InvalidSecret)?;
    if (24..=64).contains(&key.len()) { Ok(key) } else { Err(InvalidSecret) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use standardwebhooks::Webhook;

    const BODY: &[u8] = br#"{"type":"message.received"}"#;

    fn signed(secrets: &[Secret]) -> Result<HeaderMap, InvalidSecret> {
        // The official verifier compares with the clock of the machine.
        #[expect(clippy::disallowed_methods, reason = "the official verifier looks at this clock")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap());
        headers("evt_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(), now, BODY, secrets)
    }

    fn verifies(secret: &Secret, body: &[u8], headers: &HeaderMap) -> bool {
        Webhook::new(secret.expose()).unwrap().verify(body, headers).is_ok()
    }

    #[test]
    fn the_official_library_verifies_either_secret_of_a_rotation() {
        let (old, new, other) =
            (generate_secret([1; 32]), generate_secret([2; 32]), generate_secret([3; 32]));
        let headers = signed(&[new.clone(), old.clone()]).unwrap();
        assert!(verifies(&old, BODY, &headers));
        assert!(verifies(&new, BODY, &headers));
        assert!(!verifies(&other, BODY, &headers));
        assert!(!verifies(&old, b"{}", &headers));
    }

    #[test]
    fn the_headers_are_those_of_the_standard() {
        let secret = generate_secret([7; 32]);
        let at = Timestamp::from_millis(1_794_052_811_999);
        let headers =
            headers("evt_01kb3t5v9zc9rt2n6cy8q4h7mp".parse().unwrap(), at, BODY, &[secret]).unwrap();
        assert_eq!(headers["webhook-id"], "evt_01kb3t5v9zc9rt2n6cy8q4h7mp");
        assert_eq!(headers["webhook-timestamp"], "1794052811");
        assert!(headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));
    }

    #[test]
    fn what_is_no_signing_secret_is_refused() {
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        let long = format!("whsec_{}", STANDARD.encode([1; 65]));
        for text in ["", "whsec_", "whsec_***", "plain-secret", &short, &long] {
            assert_eq!(signed(&[Secret::new(text)]).unwrap_err(), InvalidSecret, "{text}");
        }
        assert_eq!(signed(&[]).unwrap_err(), InvalidSecret);
    }
}
