//! Renewal of the access token (§2.2), with the refresh token or with the user's password.

use std::time::Duration;

use ::http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};
use warta_core::channel::SecretKind;
use warta_core::delivery::Failure;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::Settings;
use super::errors::{self, Operation};
use crate::http::{Body, Request, Response};
use crate::renewal::{Granted, Renewal};

/// The request for a token with the user's password. Read its answer with [`granted`]. `None` if the settings name no user or
/// no client.
#[must_use]
pub fn with_password(settings: &Settings, client_secret: &Secret, password: &Secret) -> Option<Request> {
    let body = json!({
        "username": settings.username.as_ref()?,
        "password": password.expose(),
        "grant_type": "password",
        "client_id": settings.client_id.as_ref()?,
        "client_secret": client_secret.expose(),
    });
    Some(post(settings, &body))
}

/// The request for a token with a refresh token. Read its answer with [`granted`]. `None` if the settings name no client.
#[must_use]
pub fn with_refresh_token(
    settings: &Settings,
    client_secret: &Secret,
    refresh_token: &Secret,
) -> Option<Request> {
    let body = json!({
        "refresh_token": refresh_token.expose(),
        "grant_type": "refresh_token",
        "client_id": settings.client_id.as_ref()?,
        "client_secret": client_secret.expose(),
    });
    Some(post(settings, &body))
}

/// Reads the issued token.
///
/// # Errors
///
/// Qontak's reason if it issued none.
pub fn granted(response: Response<'_>, received_at: Timestamp) -> Result<Granted, Failure> {
    let ok = (200..300).contains(&response.status);
    let body = ok.then(|| serde_json::from_slice::<Value>(response.body).ok()).flatten();
    let text =
        |name: &str| body.as_ref()?.get(name)?.as_str().filter(|text| !text.is_empty()).map(Secret::new);
    let number = |name: &str| body.as_ref()?.get(name)?.as_u64();
    let Some(access_token) = text("access_token") else {
        return Err(errors::failure(response, Operation::Token));
    };
    let created = number("created_at").and_then(|at| Timestamp::from_secs(i64::try_from(at).ok()?));
    let expires_at = number("expires_in")
        .map(|seconds| created.unwrap_or(received_at).after(Duration::from_secs(seconds)));
    Ok(Granted { access_token, refresh_token: text("refresh_token"), expires_at })
}

impl Renewal for Settings {
    fn kinds(&self) -> &'static [SecretKind] {
        &[SecretKind::RefreshToken, SecretKind::Password]
    }

    fn request(&self, kind: SecretKind, secret: &Secret, client_secret: &Secret) -> Option<Request> {
        match kind {
            SecretKind::RefreshToken => with_refresh_token(self, client_secret, secret),
            SecretKind::Password => with_password(self, client_secret, secret),
            SecretKind::AccessToken
            | SecretKind::AppSecret
            | SecretKind::WebhookSecret
            | SecretKind::PushToken
            | SecretKind::ClientSecret => None,
        }
    }

    fn granted(&self, response: Response<'_>, received_at: Timestamp) -> Result<Granted, Failure> {
        granted(response, received_at)
    }
}

fn post(settings: &Settings, body: &Value) -> Request {
    let headers =
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let body = Body::Json(body.to_string().into_bytes());
    Request { method: Method::POST, url: settings.token_url.clone(), headers, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(client_id: Option<&str>) -> Settings {
        let id = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";
        let settings =
            json!({"channel_integration_id": id, "username": "ops@example.com", "client_id": client_id});
        Settings::read(&settings).unwrap()
    }

    fn written(request: Option<Request>) -> Value {
        let request = request.unwrap();
        assert_eq!(request.url, "https://service-chat.qontak.com/oauth/token");
        assert!(!request.headers.contains_key("authorization") && !format!("{request:?}").contains("pw-1"));
        let Body::Json(body) = request.body else { panic!("no JSON") };
        serde_json::from_slice(&body).unwrap()
    }

    #[test]
    fn both_ways_are_asked_as_documented() {
        let (settings, secret) = (settings(Some("cl-1")), Secret::new("cs-1"));
        assert_eq!(
            written(with_password(&settings, &secret, &Secret::new("pw-1"))),
            json!({"username": "ops@example.com", "password": "pw-1", "grant_type": "password", "client_id": "cl-1", "client_secret": "cs-1"})
        );
        assert_eq!(
            written(with_refresh_token(&settings, &secret, &Secret::new("ref_1"))),
            json!({"refresh_token": "ref_1", "grant_type": "refresh_token", "client_id": "cl-1", "client_secret": "cs-1"})
        );
    }

    #[test]
    fn without_a_client_nothing_is_asked() {
        let (settings, secret) = (settings(None), Secret::new("cs-1"));
        assert!(with_password(&settings, &secret, &secret).is_none());
        assert!(with_refresh_token(&settings, &secret, &secret).is_none());
    }

    #[test]
    fn only_what_gets_a_token_is_asked_with() {
        let (settings, secret) = (settings(Some("cl-1")), Secret::new("cs-1"));
        for kind in SecretKind::ALL {
            let asked = settings.request(*kind, &secret, &secret).is_some();
            assert_eq!(asked, settings.kinds().contains(kind), "{kind}");
        }
    }

    #[test]
    fn a_token_comes_with_its_end() {
        let now = Timestamp::from_millis(1_000_000);
        let read = |status, body: &str| {
            granted(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() }, now)
        };
        let body = r#"{"access_token":"tok_AbC","token_type":"Bearer","expires_in":29823918,"refresh_token":"ref_AbC","created_at":1735689600}"#;
        let granted = read(200, body).unwrap();
        assert_eq!(granted.access_token.expose(), "tok_AbC");
        assert_eq!(granted.refresh_token.as_ref().map(Secret::expose), Some("ref_AbC"));
        assert_eq!(granted.expires_at, Timestamp::from_secs(1_735_689_600 + 29_823_918));
        assert!(!format!("{granted:?}").contains("AbC"));
        let bare = read(201, r#"{"access_token":"tok","expires_in":10}"#).unwrap();
        assert_eq!(bare.expires_at, Some(Timestamp::from_millis(1_010_000)));
        let refused = read(401, r#"{"error":"invalid_grant","error_description":"wrong"}"#).unwrap_err();
        assert!(refused.code == "grant_refused" && refused.detail.ends_with("wrong"), "{refused:?}");
        assert_eq!(read(200, "{}").unwrap_err().code, "provider_error");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>, at: u64) {
            let now = Timestamp::from_millis(0);
            drop(granted(Response { status, headers: &HeaderMap::new(), body: &body }, now));
            let body = json!({"access_token": "t", "expires_in": at, "created_at": at}).to_string();
            drop(granted(Response { status: 200, headers: &HeaderMap::new(), body: body.as_bytes() }, now));
        }
    }
}
