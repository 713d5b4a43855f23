//! `GET /enter/{token}`: the way in, and what stands there when it is shut.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::App;
use crate::web::console::door;
use crate::web::console::texts::Lang;
use crate::web::console::view::{self, Assets};

/// Lets the bearer of a fresh link in and takes them to the overview.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    match app.door.enter(&token, &app) {
        Some(session) => {
            ([(header::SET_COOKIE, door::cookie(&app, &session))], Redirect::to("/")).into_response()
        }
        None => shut(&headers, StatusCode::GONE),
    }
}

/// For who has no session, or none any more.
pub(crate) fn closed(headers: &HeaderMap) -> Response {
    shut(headers, StatusCode::UNAUTHORIZED)
}

fn shut(headers: &HeaderMap, status: StatusCode) -> Response {
    let page = Shut { l: Lang::of(headers), assets: Assets, used: status == StatusCode::GONE };
    (status, view::page(&page)).into_response()
}

#[derive(Template)]
#[template(path = "shut.html")]
struct Shut {
    l: Lang,
    assets: Assets,
    used: bool,
}
