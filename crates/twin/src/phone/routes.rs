//! The routes, and the security headers of every answer.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use http::{HeaderName, HeaderValue, header};
use tower_http::csrf::CsrfLayer;

use super::{accounts, chat, events, pages};
use crate::{
    routing::{boxed, get, post},
    twin::Twin,
};

/// The content security policy: everything from this server, and pictures from an agent's hosts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob: http: https:; media-src 'self' blob: http: https:; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// All routes of the pages:
///
/// - `GET /` lists the numbers, `GET|POST /new-account` issues one, `POST /new-account/hook` sets Coster's webhook URL,
/// - `GET /phone/{account}?as={digits}&name={name}` is the phone of a person,
/// - below it `chat`, `events`, `send`, `picture` and `media/{id}` are what its script uses.
pub(crate) fn routes(twin: Twin) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/new-account", get(accounts::form).post(boxed(accounts::issue)))
        .route("/new-account/hook", post(accounts::hook))
        .route("/assets/{file}", get(pages::asset))
        .route("/phone/{account}", get(pages::phone))
        .route("/phone/{account}/chat", get(chat::read))
        .route("/phone/{account}/events", get(events::follow))
        .route("/phone/{account}/send", post(chat::send))
        .route("/phone/{account}/picture", post(chat::picture))
        .route("/phone/{account}/media/{id}", get(chat::media))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(security_headers))
        .with_state(twin)
}

/// Adds security headers, unless the answer has stricter ones.
async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
