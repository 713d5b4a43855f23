//! What became of a send: Meta's answer, or the lack of one, in the four ways of [`SendOutcome`] (§5.2, §9).

use std::time::Duration;

use serde::Deserialize;
use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::policy::retry;

use super::errors::{self, Class};
use crate::http::Response;
use crate::outgoing::{NOT_CONNECTED, Transport};

/// How many attempts a stumble of Meta's is worth.
const FEW: u32 = 3;
/// The longest pause that an answer can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// A success (§5.2). Not read: `contacts`, since a status names the recipient again; `message_status`.
#[derive(Deserialize)]
struct Success {
    #[serde(default)]
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

/// A fault (§9.1). Not read: `type`, `fbtrace_id`.
#[derive(Deserialize)]
struct Fault {
    error: FaultBody,
}

#[derive(Deserialize)]
struct FaultBody {
    code: Option<i64>,
    error_subcode: Option<i64>,
    message: Option<String>,
    error_user_msg: Option<String>,
    error_data: Option<FaultData>,
    #[serde(default)]
    is_transient: bool,
}

#[derive(Deserialize)]
struct FaultData {
    details: Option<String>,
}

impl FaultBody {
    fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Fault>(body).ok().map(|fault| fault.error)
    }

    fn failure(&self) -> Failure {
        let details = self.error_data.as_ref().and_then(|data| data.details.as_deref());
        let detail = details.or(self.error_user_msg.as_deref()).or(self.message.as_deref());
        errors::failure(self.code, self.error_subcode, detail)
    }
}

/// What became of a send. `attempt` counts from 1: some faults are worth a few attempts and no more.
///
/// Meta's code decides first, then the HTTP status, then the transport (§9.1, §9.3).
#[must_use]
pub fn read(answer: Result<Response<'_>, Transport>, attempt: u32) -> SendOutcome {
    let response = match answer {
        Ok(response) => response,
        Err(Transport::NotConnected) => {
            let failure = Failure::new(NOT_CONNECTED, "Meta could not be reached.");
            return SendOutcome::NotSent { failure, scope: Scope::Number, retry_after: None };
        }
        Err(Transport::BytesLeft) => {
            return unknown("no_answer", "The message left, and no answer came back.");
        }
    };
    if let Some(fault) = FaultBody::read(response.body) {
        let class = class(&fault, response.status);
        return outcome(class, fault.failure(), asked(&response), attempt);
    }
    match response.status {
        200..=299 => match provider_id(response.body) {
            Some(provider_id) => SendOutcome::Accepted { provider_id },
            None => unknown("no_message_id", "Meta answered with success and named no message."),
        },
        // A gateway speaks, and what lies behind it may have taken the message.
        502 | 504 => {
            unknown("gateway_fault", "A gateway answered in Meta's place; the message may have arrived.")
        }
        status => outcome(class_of_status(status), failure(response), asked(&response), attempt),
    }
}

/// What an answer that is no success says: for calls whose outcome is not a message's.
#[must_use]
pub fn failure(response: Response<'_>) -> Failure {
    FaultBody::read(response.body).map_or_else(
        || {
            Failure::new(
                "provider_error",
                format!("Meta answered with HTTP status {} and no reason.", response.status),
            )
        },
        |fault| fault.failure(),
    )
}

/// What an answer that is no success says, with Meta's code and what it means, for calls that are no sends.
pub(super) fn refusal(response: Response<'_>) -> (Option<i64>, Class, Failure) {
    match FaultBody::read(response.body) {
        Some(fault) => (fault.code, class(&fault, response.status), fault.failure()),
        None => (None, class_of_status(response.status), failure(response)),
    }
}

/// Nobody knows whether it went out.
pub(crate) fn unknown(code: &str, detail: &str) -> SendOutcome {
    SendOutcome::Unknown { failure: Failure::new(code, detail) }
}

fn provider_id(body: &[u8]) -> Option<String> {
    let success: Success = serde_json::from_slice(body).ok()?;
    success.messages.into_iter().next().map(|message| message.id).filter(|id| !id.is_empty())
}

fn class(fault: &FaultBody, status: u16) -> Class {
    let row = errors::look_up(fault.code, fault.error_subcode);
    match (row.map(|row| row.class), status) {
        (Some(class @ Class::Later(..)), _) => class,
        // 429 is "slow down" whatever the code (§9.2, S20).
        (_, 429) => class_of_status(429),
        (Some(class), _) => class,
        (None, _) if fault.is_transient => Class::Few,
        (None, status) => class_of_status(status),
    }
}

/// What an HTTP status means when there is no code that is known.
pub(crate) fn class_of_status(status: u16) -> Class {
    match status {
        401 | 403 => Class::Stops,
        408 | 500..=599 => Class::Few,
        429 => Class::Later(Scope::Number, Duration::from_secs(1)),
        _ => Class::Refused,
    }
}

/// The outcome of a failure of this class.
pub(crate) fn outcome(class: Class, failure: Failure, asked: Option<Duration>, attempt: u32) -> SendOutcome {
    match class {
        Class::Refused => SendOutcome::Refused { failure, stops_channel: false },
        Class::Stops => SendOutcome::Refused { failure, stops_channel: true },
        Class::Few if attempt >= FEW => SendOutcome::Refused { failure, stops_channel: false },
        Class::Few => SendOutcome::NotSent { failure, scope: Scope::Message, retry_after: asked },
        Class::Later(scope, least) => {
            let least = match scope {
                Scope::Pair => retry::pair(attempt),
                Scope::Message | Scope::Number => least,
            };
            SendOutcome::NotSent {
                failure,
                scope,
                retry_after: Some(asked.map_or(least, |asked| asked.max(least))),
            }
        }
    }
}

/// The pause that the answer asks for, in seconds. A date, which HTTP allows as well, has not been seen from Meta.
pub(crate) fn asked(response: &Response<'_>) -> Option<Duration> {
    let seconds = response.headers.get(::http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderMap;
    use serde_json::json;

    fn answered(status: u16, body: &str, attempt: u32) -> SendOutcome {
        read(Ok(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() }), attempt)
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

    fn error(code: i64, subcode: Option<i64>) -> String {
        json!({"error": {"message": "(#1) x", "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A"}}).to_string()
    }

    #[test]
    fn each_answer_has_one_meaning() {
        let success = json!({"messaging_product": "whatsapp", "contacts": [{"input": "+1", "wa_id": "1"}], "messages": [{"id": "wamid.OUT1", "message_status": "accepted"}]}).to_string();
        let html = "<html><body>Bad gateway</body></html>";
        for (status, body, outcome) in [
            (200, success, "accepted wamid.OUT1"),
            (200, "{}".to_owned(), "unknown no_message_id"),
            (200, r#"{"messages":[]}"#.to_owned(), "unknown no_message_id"),
            (200, r#"{"messages":[{"id":""}]}"#.to_owned(), "unknown no_message_id"),
            (200, html.to_owned(), "unknown no_message_id"),
            (200, String::new(), "unknown no_message_id"),
            // The code decides, whatever the status.
            (200, error(131_047, None), "refused window_closed"),
            (400, error(131_047, None), "refused window_closed"),
            (500, error(131_009, None), "refused parameter_invalid"),
            (400, error(190, Some(463)), "stops token_invalid"),
            (401, error(190, None), "stops token_invalid"),
            (404, error(132_001, None), "refused template_not_found"),
            (403, error(230, None), "stops permission_missing"),
            (400, error(130_429, None), "later rate_limited Number 1"),
            (429, error(130_429, None), "later rate_limited Number 1"),
            (429, error(131_056, None), "later pair_rate_limited Pair 4"),
            (429, error(131_009, None), "later parameter_invalid Number 1"),
            (500, error(131_000, None), "later provider_fault Message soon"),
            (500, error(131_016, None), "later provider_unavailable Number 1"),
            (503, error(2, None), "later provider_unavailable Number 1"),
            // Then the subcode.
            (400, error(100, Some(33)), "stops no_access"),
            (400, error(100, Some(2_388_024)), "refused template_exists"),
            (400, error(100, Some(1)), "later provider_fault Message soon"),
            (400, error(100, None), "refused invalid_parameter"),
            (400, error(987_654, Some(2_494_100)), "later number_in_maintenance Number 60"),
            // Then the status.
            (400, error(987_654, None), "refused provider_error"),
            (401, error(987_654, None), "stops provider_error"),
            (500, error(987_654, None), "later provider_error Message soon"),
            (401, html.to_owned(), "stops provider_error"),
            (404, html.to_owned(), "refused provider_error"),
            (302, String::new(), "refused provider_error"),
            (429, String::new(), "later provider_error Number 1"),
            (500, html.to_owned(), "later provider_error Message soon"),
            (503, html.to_owned(), "later provider_error Message soon"),
            (502, html.to_owned(), "unknown gateway_fault"),
            (504, String::new(), "unknown gateway_fault"),
        ] {
            assert_eq!(short(&answered(status, &body, 1)), outcome, "{status} {body}");
        }
    }

    #[test]
    fn without_an_answer_it_matters_whether_bytes_left() {
        assert_eq!(short(&read(Err(Transport::NotConnected), 1)), "later not_connected Number soon");
        assert_eq!(short(&read(Err(Transport::BytesLeft), 1)), "unknown no_answer");
    }

    #[test]
    fn a_stumble_is_worth_three_attempts() {
        for (attempt, outcome) in [
            (1, "later provider_fault Message soon"),
            (2, "later provider_fault Message soon"),
            (3, "refused provider_fault"),
            (9, "refused provider_fault"),
        ] {
            assert_eq!(short(&answered(500, &error(131_000, None), attempt)), outcome);
        }
    }

    #[test]
    fn a_pair_that_talks_too_fast_waits_four_times_longer_each_time() {
        for (attempt, seconds) in [(1, 4), (2, 16), (3, 64)] {
            let outcome = answered(400, &error(131_056, None), attempt);
            assert_eq!(short(&outcome), format!("later pair_rate_limited Pair {seconds}"));
        }
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_day() {
        for (value, code, outcome) in [
            ("30", 130_429, "later rate_limited Number 30"),
            ("0", 130_429, "later rate_limited Number 1"),
            ("7", 131_000, "later provider_fault Message 7"),
            ("999999999", 130_429, "later rate_limited Number 86400"),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 130_429, "later rate_limited Number 1"),
            ("-1", 130_429, "later rate_limited Number 1"),
        ] {
            let headers = HeaderMap::from_iter([(::http::header::RETRY_AFTER, value.parse().unwrap())]);
            let body = error(code, None);
            let response = Response { status: 400, headers: &headers, body: body.as_bytes() };
            assert_eq!(short(&read(Ok(response), 1)), outcome, "{value}");
        }
    }

    #[test]
    fn a_failure_tells_reason_advice_and_metas_detail() {
        let body = json!({"error": {"message": "(#131009) Parameter value is not valid", "code": 131_009,
            "error_data": {"messaging_product": "whatsapp", "details": "Button title length invalid."}}})
        .to_string();
        let SendOutcome::Refused { failure, .. } = answered(400, &body, 1) else { panic!("not refused") };
        assert_eq!(failure.provider_code, Some(131_009));
        assert_eq!(
            failure.detail,
            "A value in the message is not valid. Correct the message; sending the same again will not help. \
             Meta says: Button title length invalid."
        );
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>, attempt: u32) {
            drop(read(Ok(Response { status, headers: &HeaderMap::new(), body: &body }), attempt));
        }
    }
}
