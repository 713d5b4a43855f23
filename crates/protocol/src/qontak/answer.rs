//! The outcome of a send, from Qontak's answer or the lack of one (§2.3, §2.6, §2.7).

use std::time::{Duration, UNIX_EPOCH};

use ::http::HeaderMap;
use ::http::header::{DATE, RETRY_AFTER};
use serde_json::Value;
use warta_core::delivery::{Failure, SendOutcome};

use super::errors::{self, Operation};
use crate::http::Response;
use crate::outcome::{self, Class};
use crate::outgoing::TransportError;

/// The longest pause that an answer can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// When the rate limit resets: in seconds, from now or since 1970 \[inferred\].
const RESET: &str = "x-ratelimit-reset";

/// The outcome of a send. `attempt` counts from 1.
///
/// The id is that of the message, or for a template of its broadcast: webhooks name either.
#[must_use]
pub fn read(operation: Operation, answer: Result<Response<'_>, TransportError>, attempt: u32) -> SendOutcome {
    let response = match answer {
        Ok(response) => response,
        Err(transport) => return outcome::no_answer("Qontak", transport),
    };
    match response.status {
        200..=299 => match provider_id(response.body) {
            Some(provider_id) => SendOutcome::Accepted { provider_id },
            None => outcome::unknown("no_message_id", "Qontak answered with success and named no message."),
        },
        502 | 504 => outcome::gateway_fault("Qontak"),
        status => {
            let words = errors::message(response.body);
            let pause = pause(response.headers);
            let mut class = errors::look_up(status, words.as_deref(), operation).1;
            if let (Class::Later(scope, _), Some(pause)) = (class, pause) {
                // The pause that Qontak names replaces ours, even where it is shorter.
                class = Class::Later(scope, pause);
            }
            outcome::of_class(class, errors::failure(response, operation), pause, attempt)
        }
    }
}

/// The `data` of an answer, for requests that are not sends.
///
/// # Errors
///
/// Qontak's reason if there is none.
pub fn data(response: Response<'_>) -> Result<Value, Failure> {
    let body =
        (200..300).contains(&response.status).then(|| serde_json::from_slice::<Value>(response.body).ok());
    match body.flatten().and_then(|mut body| body.get_mut("data").map(Value::take)) {
        Some(data) => Ok(data),
        None => Err(errors::failure(response, Operation::Other)),
    }
}

fn provider_id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.pointer("/data/id")?.as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The pause that an answer asks for.
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| text.parse::<u64>().ok();
    // An instant is compared with the answer's own date.
    let present = || {
        let date = httpdate::parse_http_date(text(DATE.as_str())?).ok()?;
        date.duration_since(UNIX_EPOCH).ok()
    };
    let until = |then: Duration| Some(then.saturating_sub(present()?));
    let after = text(RETRY_AFTER.as_str()).and_then(|text| {
        let date = || httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok();
        seconds(text).map(Duration::from_secs).or_else(|| until(date()?))
    });
    let reset = || match seconds(text(RESET)?)? {
        seconds @ ..1_000_000_000 => Some(Duration::from_secs(seconds)),
        instant @ 1_000_000_000..100_000_000_000 => until(Duration::from_secs(instant)),
        instant => until(Duration::from_millis(instant)),
    };
    // Headers count in whole seconds, so a pause of none may still be part of one.
    let least = Duration::from_secs(1);
    after.or_else(reset).map(|pause| pause.clamp(least, LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answered(operation: Operation, status: u16, body: &str, attempt: u32) -> SendOutcome {
        read(operation, Ok(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() }), attempt)
    }

    /// A short form of the outcome: its kind, our code, and who waits how long.
    fn short(outcome: &SendOutcome) -> String {
        match outcome {
            SendOutcome::Accepted { provider_id } => format!("accepted {provider_id}"),
            SendOutcome::Refused { failure, stops_channel: true } => format!("stops {}", failure.code),
            SendOutcome::Refused { failure, stops_channel: false } => format!("refused {}", failure.code),
            SendOutcome::NotSent { failure, scope, retry_after } => {
                let seconds =
                    retry_after.map_or_else(|| "soon".to_owned(), |pause| pause.as_secs().to_string());
                format!("later {} {scope:?} {seconds}", failure.code)
            }
            SendOutcome::Unknown { failure } => format!("unknown {}", failure.code),
        }
    }

    fn error(code: u16, message: &str) -> String {
        json!({"status": "error", "error": {"code": code, "messages": [message]}}).to_string()
    }

    #[test]
    fn each_answer_has_one_meaning() {
        let sent = json!({"status": "success", "data": {"id": "m-1", "status": "created"}}).to_string();
        let html = "<html><body>Bad gateway</body></html>";
        for (status, body, outcome) in [
            (201, sent.clone(), "accepted m-1"),
            (200, sent.clone(), "accepted m-1"),
            (202, sent, "accepted m-1"),
            (201, r#"{"status":"success","data":{"id":""}}"#.to_owned(), "unknown no_message_id"),
            (201, r#"{"status":"success","data":"done"}"#.to_owned(), "unknown no_message_id"),
            (200, html.to_owned(), "unknown no_message_id"),
            (200, String::new(), "unknown no_message_id"),
            (401, error(401, "Unauthorized"), "stops token_invalid"),
            (401, r#"{"message":"Unauthorized"}"#.to_owned(), "stops token_invalid"),
            (401, String::new(), "stops token_invalid"),
            (403, error(403, "Forbidden"), "stops permission_missing"),
            (404, error(404, "Resource not found."), "refused room_unknown"),
            (422, error(422, "session expired"), "refused window_closed"),
            (422, error(422, "text is missing"), "refused parameter_invalid"),
            (429, String::new(), "later rate_limited Number 10"),
            (500, error(500, "x"), "later provider_fault Message soon"),
            (503, html.to_owned(), "later provider_fault Message soon"),
            (502, html.to_owned(), "unknown gateway_fault"),
            (504, String::new(), "unknown gateway_fault"),
            (302, String::new(), "refused provider_error"),
        ] {
            assert_eq!(short(&answered(Operation::Message, status, &body, 1)), outcome, "{status} {body}");
        }
        let refused = error(422, "interactive is invalid");
        assert_eq!(short(&answered(Operation::Interactive, 422, &refused, 1)), "refused interactive_refused");
        assert_eq!(short(&answered(Operation::Template, 403, "", 1)), "refused permission_missing");
        assert_eq!(short(&answered(Operation::Message, 500, "", 3)), "refused provider_fault");
    }

    #[test]
    fn without_an_answer_it_matters_whether_bytes_left() {
        let outcome = |transport| short(&read(Operation::Message, Err(transport), 1));
        assert_eq!(outcome(TransportError::NotConnected), "later not_connected Number soon");
        assert_eq!(outcome(TransportError::BytesLeft), "unknown no_answer");
    }

    #[test]
    fn the_pause_asked_for_is_honoured_up_to_an_hour() {
        let date = ("date", "Tue, 24 Aug 2021 02:18:19 GMT");
        for (headers, seconds) in [
            (vec![("retry-after", "30")], 30),
            (vec![("retry-after", "0")], 1),
            (vec![("retry-after", "999999999")], 3_600),
            (vec![("retry-after", "Tue, 24 Aug 2021 02:18:59 GMT"), date], 40),
            (vec![("retry-after", "soon")], 10),
            (vec![("x-ratelimit-reset", "17")], 17),
            (vec![("x-ratelimit-reset", "1629771504"), date], 5),
            (vec![("x-ratelimit-reset", "1629771504000"), date], 5),
            (vec![("x-ratelimit-reset", "1629771000"), date], 1),
            (vec![("x-ratelimit-reset", "1629771504")], 10),
            (vec![("retry-after", "3"), ("x-ratelimit-reset", "17")], 3),
            (vec![], 10),
        ] {
            let named = headers.iter().map(|(name, value)| {
                (::http::HeaderName::from_static(name), ::http::HeaderValue::from_static(value))
            });
            let map: HeaderMap = named.collect();
            let outcome =
                read(Operation::Template, Ok(Response { status: 429, headers: &map, body: b"" }), 1);
            assert_eq!(short(&outcome), format!("later rate_limited Number {seconds}"), "{headers:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>, reset in "\\PC*", attempt: u32) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = ::http::HeaderValue::try_from(reset) {
                headers.insert(RESET, value);
            }
            let response = Response { status, headers: &headers, body: &body };
            for operation in [Operation::Message, Operation::Interactive, Operation::Template, Operation::Other] {
                drop(read(operation, Ok(response), attempt));
            }
            drop(data(response));
        }
    }
}
