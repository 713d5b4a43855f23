//! A refusal of the control interface, the phone or a sample agent: `{"error":"…"}` with an HTTP status.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

/// A refusal in plain words.
#[derive(Debug)]
pub(crate) struct Refusal(StatusCode, String);

impl Refusal {
    pub(crate) fn new(status: StatusCode, text: impl std::fmt::Display) -> Self {
        Self(status, text.to_string())
    }

    /// 400
    pub(crate) fn bad(text: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}
