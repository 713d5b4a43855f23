//! What became of a send: Qontak's answer, or the lack of one, in the four ways of [`SendOutcome`] (§2.3, §2.6, §2.7).

use std::time::{Duration, UNIX_EPOCH};

use ::http::HeaderMap;
use ::http::header::{DATE, RETRY_AFTER};
use serde_json::Value;
use warta_core::delivery::{Failure, Scope, SendOutcome};

use super::errors::{self, Asked, Class};
use crate::http::Response;
use crate::outgoing::{NOT_CONNECTED, Transport};

/// How many attempts a stumble of Qontak's is worth.
const FEW: u32 = 3;
/// The pause after "too many" that names none: a sixth of the minute in which Qontak counts (§2.3).
const PAUSE: Duration = Duration::from_secs(10);
/// The longest pause that an answer can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// When the allowance begins anew: in seconds, from now or since 1970 \[inferred\].
const RESET: &str = "x-ratelimit-reset";

/// What became of a send. `attempt` counts from 1: some faults are worth a few attempts and no more.
///
/// The id is that of the message, or of the broadcast that a template makes: webhooks name either.
#[must_use]
pub fn read(asked: Asked, answer: Result<Response<'_>, Transport>, attempt: u32) -> SendOutcome {
    let response = match answer {
        Ok(response) => response,
        Err(Transport::NotConnected) => {
            let failure = Failure::new(NOT_CONNECTED, "Qontak could not be reached.");
            return SendOutcome::NotSent { failure, scope: Scope::Number, retry_after: None };
        }
        Err(Transport::BytesLeft) => {
            return unknown("no_answer", "The message left, and no answer came back.");
        }
    };
    let said = errors::said(response.body);
    match response.status {
        200..=299 => match provider_id(response.body) {
            Some(provider_id) => SendOutcome::Accepted { provider_id },
            None => unknown("no_message_id", "Qontak answered with success and named no message."),
        },
        // A gateway speaks, and what lies behind it may have taken the message.
        502 | 504 => {
            unknown("gateway_fault", "A gateway answered in Qontak's place; the message may have arrived.")
        }
        status => {
            let failure = errors::failure(response, asked);
            match errors::look_up(status, said.as_deref(), asked).1 {
                Class::Refused => SendOutcome::Refused { failure, stops_channel: false },
                Class::Stops => SendOutcome::Refused { failure, stops_channel: true },
                Class::Few if attempt >= FEW => SendOutcome::Refused { failure, stops_channel: false },
                Class::Few => {
                    let retry_after = pause(response.headers);
                    SendOutcome::NotSent { failure, scope: Scope::Message, retry_after }
                }
                Class::Later => {
                    let retry_after = Some(pause(response.headers).unwrap_or(PAUSE));
                    SendOutcome::NotSent { failure, scope: Scope::Number, retry_after }
                }
            }
        }
    }
}

/// The object that an answer is about, for calls that are no sends.
///
/// # Errors
///
/// What Qontak says instead.
pub fn data(response: Response<'_>) -> Result<Value, Failure> {
    let body =
        (200..300).contains(&response.status).then(|| serde_json::from_slice::<Value>(response.body).ok());
    match body.flatten().and_then(|mut body| body.get_mut("data").map(Value::take)) {
        Some(data) => Ok(data),
        None => Err(errors::failure(response, Asked::Other)),
    }
}

fn unknown(code: &str, detail: &str) -> SendOutcome {
    SendOutcome::Unknown { failure: Failure::new(code, detail) }
}

fn provider_id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.pointer("/data/id")?.as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The pause that the answer asks for.
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| text.parse::<u64>().ok();
    // Where an instant is named, the answer's own date tells how far it is.
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
    // Clocks are read in whole seconds: what is a second away may be none.
    let least = Duration::from_secs(1);
    after.or_else(reset).map(|pause| pause.clamp(least, LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answered(asked: Asked, status: u16, body: &str, attempt: u32) -> SendOutcome {
        read(asked, Ok(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() }), attempt)
    }

    /// The outcome in a word or two: what it is, our code, and whom it makes wait how long.
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
            assert_eq!(short(&answered(Asked::Message, status, &body, 1)), outcome, "{status} {body}");
        }
        let refused = error(422, "interactive is invalid");
        assert_eq!(short(&answered(Asked::Interactive, 422, &refused, 1)), "refused interactive_refused");
        assert_eq!(short(&answered(Asked::Template, 403, "", 1)), "refused permission_missing");
        assert_eq!(short(&answered(Asked::Message, 500, "", FEW)), "refused provider_fault");
    }

    #[test]
    fn without_an_answer_it_matters_whether_bytes_left() {
        let outcome = |transport| short(&read(Asked::Message, Err(transport), 1));
        assert_eq!(outcome(Transport::NotConnected), "later not_connected Number soon");
        assert_eq!(outcome(Transport::BytesLeft), "unknown no_answer");
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
            let outcome = read(Asked::Template, Ok(Response { status: 429, headers: &map, body: b"" }), 1);
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
            for asked in [Asked::Message, Asked::Interactive, Asked::Template, Asked::Other] {
                drop(read(asked, Ok(response), attempt));
            }
            drop(data(response));
        }
    }
}
