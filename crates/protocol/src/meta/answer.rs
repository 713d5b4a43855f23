//! The outcome of a send, from Meta's answer or the lack of one (§5.2, §9).

use serde::Deserialize;
use warta_core::delivery::SendOutcome;

use super::errors;
use crate::http::Response;
use crate::outcome::{self, class_of_status, retry_after};
use crate::outgoing::TransportError;

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

/// The outcome of a send. `attempt` counts from 1.
///
/// Meta's code decides first, then the HTTP status, then the transport (§9.1, §9.3).
#[must_use]
pub fn read(answer: Result<Response<'_>, TransportError>, attempt: u32) -> SendOutcome {
    let response = match answer {
        Ok(response) => response,
        Err(transport) => return outcome::no_answer("Meta", transport),
    };
    let pause = retry_after(response.headers);
    if let Some(fault) = errors::Fault::read(response.body) {
        return outcome::of_class(fault.class(response.status), fault.failure(), pause, attempt);
    }
    match response.status {
        200..=299 => match provider_id(response.body) {
            Some(provider_id) => SendOutcome::Accepted { provider_id },
            None => outcome::unknown("no_message_id", "Meta answered with success and named no message."),
        },
        502 | 504 => outcome::gateway_fault("Meta"),
        status => outcome::of_class(class_of_status(status), errors::failure(response), pause, attempt),
    }
}

fn provider_id(body: &[u8]) -> Option<String> {
    let success: Success = serde_json::from_slice(body).ok()?;
    success.messages.into_iter().next().map(|message| message.id).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderMap;
    use serde_json::json;

    fn answered(status: u16, body: &str, attempt: u32) -> SendOutcome {
        read(Ok(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() }), attempt)
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
        assert_eq!(short(&read(Err(TransportError::NotConnected), 1)), "later not_connected Number soon");
        assert_eq!(short(&read(Err(TransportError::BytesLeft), 1)), "unknown no_answer");
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
