//! `POST /settings/sign-ins/{sign_in}/end` and `…/end-others`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::ids::SignInId;
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::login_token;
use crate::visitor::Visitor;

/// Ends one sign-in; ending one's own signs out.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: SignInId = id.parse().map_err(|_| Problem::not_found())?;
    let entry = visitor.entry(&app, Action::SignedOut);
    if !app.store.end_sign_in(visitor.person, id, &entry).await? {
        return Err(Problem::not_found());
    }
    if id == visitor.sign_in {
        let forget = [(header::SET_COOKIE, login_token::no_cookie(&app))];
        return Ok((forget, Redirect::to("/login")).into_response());
    }
    Ok(Redirect::to("/settings?done=ended").into_response())
}

/// Ends all sign-ins except this one.
pub(crate) async fn end_others(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, Problem> {
    let entry = visitor.entry(&app, Action::SignedOut);
    app.store.end_other_sign_ins(visitor.person, visitor.sign_in, &entry).await?;
    Ok(Redirect::to("/settings?done=others").into_response())
}
