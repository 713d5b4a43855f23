//! Who calls: the order of checks is that of facts §12.2.

use http::{HeaderMap, header};
use subtle::ConstantTimeEq as _;

use super::{
    error::GraphError,
    model::{Account, Meta, State, TokenState, encoding},
    params::Params,
};

/// The bearer of a good token.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A system user of the account's WABA.
    Business {
        /// Any account of the token.
        account: Box<Account>,
        /// The token itself, so that it can inspect itself.
        token: String,
    },
    /// The app itself, `APP_ID|APP_SECRET`.
    App {
        /// Its id.
        app_id: String,
    },
}

impl Caller {
    /// Refuses what the token was not given a scope for; the app itself needs none.
    pub(crate) fn may(&self, scope: &str) -> Result<(), GraphError> {
        match self {
            Self::Business { account, .. } if !account.scopes.iter().any(|given| given == scope) => {
                Err(GraphError::new(200).details(format!("(#200) Requires {scope} permission")))
            }
            Self::Business { .. } | Self::App { .. } => Ok(()),
        }
    }

    /// Whether the token reaches this WABA.
    pub(crate) fn reaches(&self, waba_id: &str) -> bool {
        matches!(self, Self::Business { account, .. } if account.waba_id == waba_id)
    }
}

/// Finds the caller.
pub(crate) fn caller(meta: &Meta, headers: &HeaderMap, params: &Params) -> Result<Caller, GraphError> {
    let token =
        bearer(headers).or_else(|| params.text("access_token")).ok_or_else(|| GraphError::new(104))?;
    let state = meta.state();
    if let Some((app_id, _)) = token.split_once('|') {
        return of_app(&state, &token).map(|_| Caller::App { app_id: app_id.to_owned() }).ok_or_else(|| {
            GraphError::token("Error validating application. Invalid application secret.", None)
        });
    }
    let account = of_token(&state, &token)
        .ok_or_else(|| GraphError::token("Invalid OAuth access token - Cannot parse access token", None))?;
    match account.token_at(meta.now_ms()) {
        TokenState::Valid => {}
        TokenState::Expired => return Err(expired()),
        TokenState::Revoked => return Err(revoked()),
    }
    if let Some(proof) = params.text("appsecret_proof") {
        let right = encoding::hmac_hex(&account.app_secret, token.as_bytes());
        if !bool::from(proof.as_bytes().ct_eq(right.as_bytes())) {
            return Err(GraphError::bad_proof());
        }
    }
    Ok(Caller::Business { account: Box::new(account.clone()), token })
}

/// What an expired token is told.
pub(crate) fn expired() -> GraphError {
    GraphError::token("Error validating access token: Session has expired.", Some(463))
}

/// What a revoked token is told.
pub(crate) fn revoked() -> GraphError {
    GraphError::token("Error validating access token: The session has been invalidated.", Some(467))
}

/// The first account with this token.
pub(crate) fn of_token<'a>(state: &'a State, token: &str) -> Option<&'a Account> {
    state
        .accounts
        .values()
        .find(|account| bool::from(account.access_token.as_bytes().ct_eq(token.as_bytes())))
}

/// The first account of the app with this token, `APP_ID|APP_SECRET`.
pub(crate) fn of_app<'a>(state: &'a State, token: &str) -> Option<&'a Account> {
    let (app_id, secret) = token.split_once('|')?;
    state.accounts.values().find(|account| {
        account.app_id == app_id && bool::from(account.app_secret.as_bytes().ct_eq(secret.as_bytes()))
    })
}

/// The token of `Authorization: Bearer …`, or `OAuth …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("OAuth "))?.trim();
    (!token.is_empty()).then(|| token.to_owned())
}
