//! The frame around every answer: a request id, limits, security headers, and each [`Problem`] written out in words.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use warta_core::clock::{Clock, Minter};
use warta_core::json;

use crate::problem::{Code, Problem};

/// How long a request may take from its head to the head of its answer.
const WHOLE_REQUEST: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id taken from a caller.
const LONGEST_ID: usize = 128;

/// What a page of ours may do: load what is ours, and nothing else.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
     require-trusted-types-for 'script'; trusted-types warta";
/// What everything else may do.
const BARE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What the frame needs to know.
pub struct Frame {
    /// The address of this gateway as the world sees it, without a trailing slash.
    pub public_url: String,
    /// The time, for request ids.
    pub clock: Arc<dyn Clock>,
    /// Makes request ids.
    pub minter: Arc<dyn Minter>,
    /// Renders a problem as a page, given the id and the headers of the request. Under `/v1` a problem is JSON instead.
    pub problem_page: fn(&Problem, &str, &HeaderMap) -> String,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

impl Frame {
    /// Puts the frame around all `routes` of a server.
    pub fn around(self, routes: Router) -> Router {
        routes
            .method_not_allowed_fallback(|| async {
                Problem::new(Code::MethodNotAllowed, "This address is called in another way.")
            })
            .layer(DefaultBodyLimit::disable()) // each handler reads its own body, with its own limit
            .layer(CatchPanicLayer::custom(panicked))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, WHOLE_REQUEST))
            .layer(from_fn_with_state(Arc::new(self), frame))
    }
}

async fn frame(State(frame): State<Arc<Frame>>, request: Request, next: Next) -> Response {
    let id = request_id(&frame, request.headers());
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
        response = written(response, problem, &frame, (&path, &id), &wanted);
    }
    dress(&frame, &mut response, &id);
    response
}

/// Writes a problem out: as JSON under `/v1`, as a page elsewhere.
fn written(
    bare: Response,
    problem: Problem,
    frame: &Frame,
    (path, id): (&str, &str),
    wanted: &HeaderMap,
) -> Response {
    let (mut parts, _) = bare.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    if problem.code == Code::Busy {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    let (kind, body) = if path.starts_with("/v1/") || path == "/v1" {
        let body = json::bytes(&problem.body(&frame.public_url, path, id));
        ("application/problem+json", Body::from(body))
    } else {
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        ("text/html; charset=utf-8", Body::from((frame.problem_page)(&problem, id, wanted)))
    };
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Response::from_parts(parts, body)
}

fn dress(frame: &Frame, response: &mut Response, id: &str) {
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
    if frame.public_url.starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// The caller's own id for the request where it is fit to be logged, else a new one.
fn request_id(frame: &Frame, headers: &HeaderMap) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain))
        .map_or_else(|| frame.minter.uuid(frame.clock.now()).to_string(), str::to_owned)
}

/// A handler panicked: a fault of ours, told in the log by the panic itself.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    metrics::counter!("warta_panics_total").increment(1);
    Problem::new(Code::Internal, "The request could not be carried out.").into_response()
}
