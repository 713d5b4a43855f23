//! `debug_token` (facts §8.4).

use axum::response::Response;
use serde_json::json;

use super::{
    auth::{self, Caller},
    call::Call,
    error::GraphError,
    model::{MANAGEMENT, MESSAGING, Meta, TokenState},
};
use crate::json::put;

/// `GET /debug_token?input_token=…`, with the app's token or the token itself.
pub(crate) fn debug(meta: &Meta, call: &Call) -> Result<Response, GraphError> {
    let input = call.params.text("input_token").ok_or_else(|| GraphError::required("input_token"))?;
    let state = meta.state();
    let Some(account) = auth::of_token(&state, &input) else {
        if !input.starts_with("EAA") {
            return Err(GraphError::parameter("The access token could not be decrypted"));
        }
        let error = json!({"code": 190, "message": "Invalid OAuth access token."});
        return Call::answer(json!({"data": {"is_valid": false, "scopes": [], "error": error}}));
    };
    let allowed = match &call.caller {
        Caller::App { app_id } => *app_id == account.app_id,
        Caller::Business { token, .. } => *token == input,
    };
    if !allowed {
        return Err(GraphError::new(10));
    }
    let error = match account.token_at(meta.now_ms()) {
        TokenState::Valid => None,
        TokenState::Expired => Some(auth::expired()),
        TokenState::Revoked => Some(auth::revoked()),
    };
    let granular: Vec<_> = [MESSAGING, MANAGEMENT]
        .into_iter()
        .filter(|scope| account.scopes.iter().any(|given| given == scope))
        .map(|scope| json!({"scope": scope, "target_ids": [account.waba_id]}))
        .collect();
    let mut data = json!({
        "app_id": account.app_id,
        "type": "SYSTEM_USER",
        "application": account.name,
        "data_access_expires_at": 0,
        "expires_at": account.expires_at_ms / 1000,
        "is_valid": error.is_none(),
        "issued_at": account.at_ms / 1000,
        "scopes": account.scopes,
        "granular_scopes": granular,
        "user_id": format!("1221{}", account.app_id.get(..11).unwrap_or_default()),
    });
    if let Some(error) = error {
        put(
            &mut data,
            "error",
            json!({"code": error.code, "message": error.message, "subcode": error.subcode}),
        );
    }
    Call::answer(json!({ "data": data }))
}
