//! What every request passes through: it gets an id, its fault gets its words, its answer gets its headers.

use std::any::Any;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::web::console::fault;
use crate::web::problem::{Code, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id taken from a caller.
const LONGEST_ID: usize = 128;

/// What a page of ours may do: load what is ours, and nothing else.
pub(crate) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
     require-trusted-types-for 'script'; trusted-types warta";
/// What everything else may do.
const BARE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The outermost layer.
pub(crate) async fn frame(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = request_id(&app, request.headers());
    let path = request.uri().path().to_owned();
    let wanted = request.headers().clone();
    // The pattern, not the path: a path can hold a one-time token.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::REQUEST_TIMEOUT && response.extensions().get::<Problem>().is_none() {
        response = Problem::new(Code::RequestTimeout, "The request did not end in time.").into_response();
    }
    if response.status().is_server_error() {
        let status = response.status().as_u16();
        tracing::warn!(request.id = id, route, status, "a request was answered with a fault of ours");
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = written(response, problem, &app, (&path, &id), &wanted);
    }
    dress(&app, &mut response, &id);
    response
}

/// Writes a problem out: as JSON under `/v1`, as a page elsewhere.
fn written(
    bare: Response,
    problem: Problem,
    app: &App,
    (path, id): (&str, &str),
    wanted: &HeaderMap,
) -> Response {
    let (mut parts, _) = bare.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    if problem.code == Code::Busy {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    let (kind, body) = if path.starts_with("/v1/") || path == "/v1" {
        let body = serde_json::to_vec(&problem.body(&app.settings.public_url, path, id)).unwrap_or_default();
        ("application/problem+json", Body::from(body))
    } else {
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        ("text/html; charset=utf-8", Body::from(fault::page(&problem, id, wanted)))
    };
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Response::from_parts(parts, body)
}

fn dress(app: &App, response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    let always = [
        (header::CONTENT_SECURITY_POLICY, BARE_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.settings.public_url.starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// The caller's own id for the request where it is fit to be logged, else a new one.
fn request_id(app: &App, headers: &HeaderMap) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain))
        .map_or_else(|| app.minter.uuid(app.now()).to_string(), str::to_owned)
}

/// A handler panicked: a fault of ours, told in the log by the panic itself.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    metrics::counter!("warta_panics_total").increment(1);
    Problem::new(Code::Internal, "The request could not be carried out.").into_response()
}
