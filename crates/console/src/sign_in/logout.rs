//! `POST /logout`: the sign-in ends, here and in the store.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::login_token;
use crate::visitor::Visitor;

/// Ends the sign-in of this browser.
pub(crate) async fn leave(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Problem> {
    let entry = visitor.entry(&app, Action::SignedOut);
    app.store.end_sign_in(visitor.person, visitor.sign_in, &entry).await?;
    Ok(([(header::SET_COOKIE, login_token::no_cookie(&app))], Redirect::to("/login")).into_response())
}
