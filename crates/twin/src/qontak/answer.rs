//! Answers as Qontak words them (§2.3).

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bsp::SendFault;

/// A refusal.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    pub(super) message: String,
}

impl Refusal {
    /// A refusal with this message.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 422: something in the call is wrong.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 404 in Qontak's words.
    pub(super) fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Resource not found.")
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<SendFault> for Refusal {
    fn from(fault: SendFault) -> Self {
        match fault {
            SendFault::Http500 => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            SendFault::Throttled => Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
            SendFault::Gateway => Self::new(StatusCode::BAD_GATEWAY, ""),
            SendFault::Journal(error) => error.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if self.status == StatusCode::BAD_GATEWAY {
            return (self.status, Html("<html><h1>502 Bad Gateway</h1></html>")).into_response();
        }
        let error = json!({"code": self.status.as_u16(), "messages": [self.message]});
        (self.status, Json(json!({"status": "error", "error": error}))).into_response()
    }
}

/// The result of a handler.
pub(super) type Answer = Result<Response, Refusal>;

/// 200 with this data.
pub(super) fn success(data: &Value) -> Response {
    Json(json!({"status": "success", "data": data})).into_response()
}

/// 201 with this data.
pub(super) fn created(data: &Value) -> Response {
    (StatusCode::CREATED, success(data)).into_response()
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Listing {
    pub(super) limit: Option<usize>,
    /// The page, from 1.
    pub(super) offset: Option<usize>,
    pub(super) query: Option<String>,
    pub(super) status: Option<String>,
    pub(super) target_channel: Option<String>,
}

/// A page of a list; `offset` is the number of the page, from 1.
pub(super) fn page(all: &[Value], query: &Listing) -> Response {
    let limit = query.limit.unwrap_or(10).clamp(1, 100);
    let offset = query.offset.unwrap_or(1).max(1);
    let data: Vec<_> = all.iter().skip((offset - 1) * limit).take(limit).collect();
    let pagination = json!({"cursor": {"next": null, "prev": null}, "offset": offset, "limit": limit,
        "total": all.len()});
    Json(json!({"status": "success", "data": data, "meta": {"pagination": pagination}})).into_response()
}
