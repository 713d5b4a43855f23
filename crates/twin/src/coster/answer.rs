//! Answers as Coster words them (§6.4).

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::bsp::{Message, SendFault};

/// The `meta` object of every answer.
fn meta() -> Value {
    json!({"author": "jatis mobile", "meta": "0.0.1"})
}

/// The code of a parameter that is missing or wrong (§6.4).
const PARAMETER: u32 = 1006;

/// A refusal.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: u32,
    title: String,
    pub(super) details: String,
}

impl Refusal {
    /// With any code.
    pub(super) fn new(status: StatusCode, code: u32, title: &str, details: impl Into<String>) -> Self {
        Self { status, code, title: title.to_owned(), details: details.into() }
    }

    /// A parameter is missing or wrong.
    pub(super) fn parameter(details: impl Into<String>) -> Self {
        let title = "Required parameter is missing or invalid";
        Self::new(StatusCode::BAD_REQUEST, PARAMETER, title, details)
    }

    /// The token is missing or not valid.
    pub(super) fn token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 401, "Unauthorized", "Token is missing or invalid")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let errors = json!([{"code": self.code, "title": self.title, "details": self.details}]);
        (self.status, Json(json!({"meta": meta(), "errors": errors}))).into_response()
    }
}

/// The answer of an ordered fault.
pub(super) fn fault(fault: &SendFault) -> Response {
    let error = |status, code, title: &str| Refusal::new(status, code, title, "").into_response();
    match fault {
        SendFault::Http500 => error(StatusCode::INTERNAL_SERVER_ERROR, 1000, "Generic error"),
        SendFault::Throttled => error(StatusCode::TOO_MANY_REQUESTS, 429, "Too many requests"),
        SendFault::Gateway => {
            (StatusCode::BAD_GATEWAY, Html("<html><h1>502 Bad Gateway</h1></html>")).into_response()
        }
        SendFault::Journal(_) => error(StatusCode::INTERNAL_SERVER_ERROR, 1000, "The journal failed"),
    }
}

/// The answer to an accepted message.
pub(super) fn taken(message: &Message) -> Response {
    let (user, xid) = (&message.user, message.outbound.as_ref().and_then(|outbound| outbound.key.as_ref()));
    Json(json!({
        "meta": meta(),
        "contacts": [{"input": user, "wa_id": user}],
        "messages": [{"id": message.head.wamid, "xid": xid}],
    }))
    .into_response()
}
