//! The answer to a request without a valid sign-in: the sign-in page. A submitted form is kept and offered again after signing in.

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;

use super::login;
use super::pending_form::{PendingForm, local};
use crate::enter;
use crate::form::Typed;
use crate::texts::Lang;

/// The largest form that is kept, in bytes.
const LARGEST: usize = 256 * 1024;

/// Answers a request without a valid sign-in with the sign-in page, which leads back to the requested page. A form is kept.
pub(crate) async fn login_required(request: &Parts, body: Body) -> Response {
    let is_form = request
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let path = request.uri.path();
    if request.headers.contains_key("x-fragment") || request.method != Method::POST || path == "/logout" {
        return enter::redirect_to_login(request);
    }
    let action = local(request.uri.path_and_query().map_or(path, |path| path.as_str()));
    match (action, is_form, to_bytes(body, LARGEST).await) {
        (Some(action), true, Ok(body)) => {
            let (l, kept) = (Lang::of(&request.headers), PendingForm::posted(action, &Typed::parse(&body)));
            login::page(l, "", "", Some(&kept)).note(Some(l.kept_note())).answer(StatusCode::UNAUTHORIZED)
        }
        _ => enter::redirect_to_login(request),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[tokio::test]
    async fn the_guard_answers_a_form_with_the_sign_in_page_that_keeps_it() {
        let post = |path: &str, kind: &str| {
            let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(()).unwrap();
            request.into_parts().0
        };
        let form = "application/x-www-form-urlencoded";
        let body = "name=Kopi+%3Cb%3E&app_secret=canary";
        let answer = login_required(&post("/agents/new?a=1", form), Body::from(body)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let page = to_bytes(answer.into_body(), LARGEST).await.unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        for wanted in [
            "name=\"kept_action\" value=\"/agents/new?a=1\"",
            "name=\"kept.name\" value=\"Kopi &#60;b&#62;\"",
            "What you typed is kept",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        assert!(!page.contains("canary"), "{page}");
        let too_large = Body::from("a".repeat(LARGEST + 1));
        for (path, kind, body) in [
            ("/a", form, too_large),
            ("/a", "text/plain", Body::from(body)),
            ("/logout", form, Body::empty()),
        ] {
            assert_eq!(
                login_required(&post(path, kind), body).await.status(),
                StatusCode::SEE_OTHER,
                "{path} {kind}"
            );
        }
    }
}
