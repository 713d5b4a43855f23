//! Authentication: a bearer token at the open API, a signature at Mekari's gateway (§2.2).

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, State},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, Method, StatusCode, Uri, header, request::Parts};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;

use super::answer::Refusal;
use crate::bsp::{Bsp, Event, Organization};

/// Largest difference between the date of a signed call and the clock, in milliseconds.
const SKEW_MS: i64 = 300_000;

/// The organization that a call's token or signature belongs to.
pub(super) struct Caller(pub(super) Organization);

impl FromRequestParts<Bsp> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, bsp: &Bsp) -> Result<Self, Response> {
        let uri =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        caller(bsp, &parts.method, &uri, &parts.headers).map(Self).map_err(|refusal| *refusal)
    }
}

/// The organization that calls.
fn caller(bsp: &Bsp, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Organization, Box<Response>> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if uri.path().contains("/gateway/") {
        let refuse =
            || Box::new((StatusCode::UNAUTHORIZED, Json(json!({"message": "Unauthorized"}))).into_response());
        return signed(bsp, method, uri, headers, shown).ok_or_else(refuse);
    }
    let refuse = || Box::new(Refusal::new(StatusCode::UNAUTHORIZED, "Unauthorized").into_response());
    let token = shown.strip_prefix("Bearer ").ok_or_else(refuse)?;
    let (state, now_ms) = (bsp.state(), bsp.now_ms());
    let mut known = state.own.organizations.values();
    let found = known.find(|one| one.access_token == token && one.expires_at_ms > now_ms);
    found.filter(|_| !state.own.revoked.contains(token)).cloned().ok_or_else(refuse)
}

fn signed(bsp: &Bsp, method: &Method, uri: &Uri, headers: &HeaderMap, shown: &str) -> Option<Organization> {
    let shown = shown.strip_prefix("hmac ")?;
    let part = |name: &str| {
        shown.split(", ").find_map(|part| part.strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"'))
    };
    if part("algorithm")? != "hmac-sha256" || part("headers")? != "date request-line" {
        return None;
    }
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let at = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    if !date.ends_with(" GMT") || (bsp.now_ms() - at).abs() > SKEW_MS {
        return None;
    }
    let state = bsp.state();
    let client_id = part("username")?;
    let organization = state.own.organizations.values().find(|one| one.client_id == client_id)?;
    let path = uri.path_and_query()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(organization.client_secret.as_bytes()).ok()?;
    mac.update(format!("date: {date}\n{method} {path} HTTP/1.1").as_bytes());
    mac.verify_slice(&STANDARD.decode(part("signature")?).ok()?).ok()?;
    Some(organization.clone())
}

/// Request to `/oauth/token`.
#[derive(Deserialize)]
pub(super) struct Grant {
    #[serde(rename = "grant_type")]
    kind: String,
    client_id: String,
    client_secret: String,
    username: Option<String>,
    password: Option<String>,
    refresh_token: Option<String>,
}

/// `POST /oauth/token`: exchanges the password or a refresh token for new tokens and invalidates the old ones.
pub(super) async fn token(State(bsp): State<Bsp>, Json(grant): Json<Grant>) -> Response {
    let refuse = || {
        let body = json!({"error": "invalid_grant", "error_description": "The provided authorization grant is \
            invalid, expired, revoked, or was issued to another client."});
        (StatusCode::UNAUTHORIZED, Json(body)).into_response()
    };
    let found = bsp.state().own.organizations.values().find(|one| one.client_id == grant.client_id).cloned();
    let Some(mut organization) = found.filter(|one| one.client_secret == grant.client_secret) else {
        return refuse();
    };
    let good = match grant.kind.as_str() {
        "password" => {
            grant.username.as_ref() == Some(&organization.username)
                && grant.password.as_ref() == Some(&organization.password)
        }
        "refresh_token" => grant.refresh_token.as_ref() == Some(&organization.refresh_token),
        _ => false,
    };
    if !good {
        return refuse();
    }
    organization.renew(bsp.now_ms());
    let answer = organization.tokens(bsp.now_ms());
    match bsp.commit(Event::Organization(Box::new(organization))).await {
        Ok(()) => Json(answer).into_response(),
        Err(error) => Refusal::from(error).into_response(),
    }
}
