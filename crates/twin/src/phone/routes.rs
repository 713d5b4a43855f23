//! The routes, and the headers that every answer of these pages bears.

use axum::{
    Json, Router,
    extract::{Query, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use tower_http::csrf::CsrfLayer;

use super::{accounts, chat, events, line::Line, pages};
use crate::{chat::Person, twin::Twin};

/// What the pages may load: everything of their own, and pictures from where an agent has them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob: http: https:; media-src 'self' blob: http: https:; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// All routes of the pages:
///
/// - `GET /` lists the numbers, `GET|POST /new-account` issues one, `POST /new-account/hook` is Coster's own team,
/// - `GET /phone/{account}?as={digits}&name={name}` is the phone of a person,
/// - below it `chat`, `events`, `send`, `picture` and `media/{id}` are what its script uses.
pub(crate) fn routes(twin: Twin) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/new-account", get(accounts::form).post(accounts::issue))
        .route("/new-account/hook", post(accounts::hook))
        .route("/assets/{file}", get(pages::asset))
        .route("/phone/{account}", get(pages::phone))
        .route("/phone/{account}/chat", get(chat::read))
        .route("/phone/{account}/events", get(events::follow))
        .route("/phone/{account}/send", post(chat::send))
        .route("/phone/{account}/picture", post(chat::picture))
        .route("/phone/{account}/media/{id}", get(chat::media))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(guard))
        .with_state(twin)
}

/// Adds what keeps a browser from doing more than these pages need, unless the answer is stricter already.
async fn guard(request: Request, next: Next) -> Response {
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

/// Whose phone it is.
#[derive(Debug, Deserialize)]
pub(super) struct Holder {
    r#as: Option<String>,
    name: Option<String>,
}

impl Holder {
    /// The person, when the number is one.
    pub(super) fn person(self) -> Result<Person, Refusal> {
        let phone = self.r#as.unwrap_or_default();
        if !(7..=15).contains(&phone.len()) || !phone.bytes().all(|sign| sign.is_ascii_digit()) {
            return Err(Refusal(
                StatusCode::BAD_REQUEST,
                "a phone is opened as=DIGITS, 7 to 15 of them".into(),
            ));
        }
        let name = self.name.unwrap_or_default().chars().take(100).collect();
        Ok(Person { phone, name })
    }
}

/// The query of a phone's own requests.
pub(super) type Held = Query<Holder>;

/// The number behind a phone.
pub(super) fn line(twin: &Twin, account: &str) -> Result<Line, Refusal> {
    let gone = || Refusal(StatusCode::NOT_FOUND, "there is no account with this id".into());
    Line::find(twin, account).ok_or_else(gone)
}

/// Why the phone's request was not done, in a sentence for the person who holds it.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}
