//! The page for a problem.

use askama::Template;
use axum::http::HeaderMap;
use warta_http::problem::{Code, Problem};

use crate::texts::Lang;

#[derive(Template)]
#[template(path = "fault.html")]
struct Fault<'a> {
    l: Lang,
    status: u16,
    missing: bool,
    forbidden: bool,
    request_id: &'a str,
}

/// The page for a problem.
pub(crate) fn page(problem: &Problem, request_id: &str, headers: &HeaderMap) -> String {
    let fault = Fault {
        l: Lang::of(headers),
        status: problem.code.status().as_u16(),
        missing: matches!(problem.code, Code::NotFound | Code::MethodNotAllowed),
        forbidden: problem.code == Code::Forbidden,
        request_id,
    };
    fault.render().unwrap_or_else(|error| {
        tracing::error!(%error, "the page about a problem could not be rendered");
        "The page could not be rendered.".to_owned()
    })
}
