//! Authenticated requests to Qontak: by an access token, or by the signature of Mekari's gateway (§2.2).

use std::time::{Duration, UNIX_EPOCH};

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use url::Url;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{Authentication, Settings};
use crate::http::{Body, Request, bearer};

/// The header with the digest of the body.
const DIGEST: HeaderName = HeaderName::from_static("digest");

/// A request without a body.
pub(super) fn bare(settings: &Settings, key: &Secret, method: Method, path: &str, now: Timestamp) -> Request {
    call(settings, key, (method, path), Body::Empty, now)
}

/// A request with JSON.
pub(super) fn json(
    settings: &Settings,
    key: &Secret,
    (method, path): (Method, &str),
    body: &serde_json::Value,
    now: Timestamp,
) -> Request {
    call(settings, key, (method, path), Body::Json(body.to_string().into_bytes()), now)
}

/// A request, authenticated as the settings say.
pub(super) fn call(
    settings: &Settings,
    key: &Secret,
    (method, path): (Method, &str),
    body: Body,
    now: Timestamp,
) -> Request {
    let url = settings.url(path);
    let mut headers = match (settings.authentication, &settings.client_id) {
        (Authentication::MekariHmac, Some(client_id)) => {
            let content = match &body {
                Body::Empty => Some([].as_slice()),
                Body::Json(json) => Some(json.as_slice()),
                // The bytes of a form are not known yet, and the gateway needs no digest of files.
                Body::Multipart(_) => None,
            };
            signed(key, client_id, (&method, &url), content, now)
        }
        _ => bearer(key),
    };
    if matches!(body, Body::Json(_)) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Request { method, url, headers, body }
}

/// The headers of a signed request.
fn signed(
    key: &Secret,
    client_id: &str,
    (method, url): (&Method, &str),
    body: Option<&[u8]>,
    now: Timestamp,
) -> HeaderMap {
    let date = date(now);
    let signature = signature(key, &date, method.as_str(), &request_target(url));
    let proof = format!(
        r#"hmac username="{client_id}", algorithm="hmac-sha256", headers="date request-line", signature="{signature}""#
    );
    let mut headers = HeaderMap::with_capacity(4);
    let digest = body.filter(|_| *method != Method::GET).map(digest);
    for (name, text) in [(header::DATE, Some(date)), (header::AUTHORIZATION, Some(proof)), (DIGEST, digest)] {
        // Date and digest are ASCII, and so is a valid client id. An invalid header is left out, and the gateway refuses the
        // request and says why.
        if let Some(mut value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
            value.set_sensitive(name == header::AUTHORIZATION);
            headers.insert(name, value);
        }
    }
    headers
}

/// The signature over date and request line.
fn signature(key: &Secret, date: &str, method: &str, target: &str) -> String {
    let text = format!("date: {date}\n{method} {target} HTTP/1.1");
    // HMAC takes a key of any length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else { return String::new() };
    STANDARD.encode(mac.chain_update(text.as_bytes()).finalize().into_bytes())
}

/// The digest of a body.
fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// Path and query, as in the request line.
fn request_target(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| String::new(),
        |url| match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        },
    )
}

/// The current time in HTTP's format.
fn date(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_secs()).unwrap_or_default();
    // HTTP dates end with the year 9999.
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds.min(253_402_300_799)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// 2021-08-24T02:18:19Z.
    const NOW: Timestamp = Timestamp::from_millis(1_629_771_499_000);
    const INTEGRATION: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";

    fn settings() -> Settings {
        let settings = json!({"channel_integration_id": INTEGRATION, "authentication": "mekari_hmac", "client_id": "cl-1"});
        Settings::read(&settings).unwrap()
    }

    #[test]
    fn the_vectors_of_the_fact_sheet_come_out() {
        let key = Secret::new("example-secret");
        for (method, path, signature) in [
            (Method::POST, "broadcasts/whatsapp/direct", "NLsrPZwPRRteis7Wy9SeY+UWekG2fuPE4s//D19IvrY="),
            (
                Method::GET,
                "templates/whatsapp?limit=10&status=APPROVED",
                "CKPEfpCkMSS3Vc8RyN6pQpgWpJE6iFwmqXomHatcS/s=",
            ),
        ] {
            let request = bare(&settings(), &key, method, path, NOW);
            assert_eq!(request.headers["date"], "Tue, 24 Aug 2021 02:18:19 GMT");
            let proof = format!(
                r#"hmac username="cl-1", algorithm="hmac-sha256", headers="date request-line", signature="{signature}""#
            );
            assert_eq!(request.headers["authorization"], *proof, "{path}");
            assert!(!format!("{request:?} {:?}", request.headers).contains(signature));
        }
        assert_eq!(digest(br#"{"hello": "world"}"#), "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=");
    }

    #[test]
    fn what_has_a_body_has_its_digest_and_a_file_has_none() {
        let key = Secret::new("example-secret");
        let request = json(&settings(), &key, (Method::PUT, "x"), &json!({"hello": "world"}), NOW);
        let Body::Json(body) = &request.body else { panic!("{request:?}") };
        assert_eq!(request.headers["digest"], *digest(body));
        assert!(!bare(&settings(), &key, Method::GET, "x", NOW).headers.contains_key("digest"));
        let file = crate::http::File { name: String::new(), mime_type: String::new(), bytes: Vec::new() };
        let form = Body::Multipart(crate::http::Form { fields: Vec::new(), file });
        assert!(!call(&settings(), &key, (Method::POST, "x"), form, NOW).headers.contains_key("digest"));
    }

    #[test]
    fn a_token_is_shown_and_nothing_else() {
        let settings = Settings::read(&json!({"channel_integration_id": INTEGRATION})).unwrap();
        let request = json(&settings, &Secret::new("tok_1"), (Method::POST, "x"), &json!({}), NOW);
        assert_eq!(request.headers["authorization"], "Bearer tok_1");
        assert_eq!(request.headers.len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn any_time_has_a_date(millis: i64) {
            proptest::prop_assert!(date(Timestamp::from_millis(millis)).ends_with(" GMT"));
        }
    }
}
