//! A JSON body, read whole and with a limit.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;
use warta_http::problem::{Code, Problem};

/// The largest body the API takes, in bytes.
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;

/// The body of a request, parsed.
#[derive(Debug)]
pub(crate) struct Json(pub(crate) Value);

impl<S: Sync> FromRequest<S> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                Code::MediaTypeUnsupported,
                "The content type is not application/json.",
            ));
        }
        let too_large = || Problem::new(Code::BodyTooLarge, "The body is larger than 1 MiB.");
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if announced
            .and_then(|length| length.parse::<usize>().ok())
            .is_some_and(|length| length > LARGEST_BODY)
        {
            return Err(too_large());
        }
        let body = match Limited::new(request.into_body(), LARGEST_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
            Err(_) => {
                return Err(Problem::new(
                    Code::BodyUnreadable,
                    "The body ended before its announced length.",
                ));
            }
        };
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            // Not what serde says: that may quote the body.
            let detail = format!("The body is not JSON (line {}, column {}).", error.line(), error.column());
            Problem::new(Code::BodyUnreadable, detail)
        })
    }
}

fn is_json(request: &Request) -> bool {
    let Some(kind) = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
