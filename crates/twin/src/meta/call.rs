//! One call of the Graph API, and its answers.

use axum::{
    Json,
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{auth::Caller, error::GraphError, params::Params};

/// One call of the Graph API, with a valid token.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// First part of the path.
    pub(crate) id: String,
    /// Second part of the path, empty where there is none.
    pub(crate) edge: String,
    pub(crate) caller: Caller,
    pub(crate) params: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// The refusal of an object that does not exist or is not the caller's.
    pub(crate) fn no_object(&self) -> GraphError {
        GraphError::no_object(&self.method, &self.id)
    }

    /// The answer of this JSON.
    #[expect(clippy::unnecessary_wraps, reason = "every handler ends with it")]
    pub(crate) fn answer(value: Value) -> Result<Response, GraphError> {
        Ok(Json(value).into_response())
    }

    /// `{"success":true}`
    pub(crate) fn success() -> Result<Response, GraphError> {
        Self::answer(json!({"success": true}))
    }
}
