//! The outcome of a send, from Coster's answer or the lack of one (§6.2, §6.4).

use serde::Deserialize;
use serde_json::value::RawValue;
use warta_core::delivery::{Failure, SendOutcome};
use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;

use super::errors;
use crate::cloud_api;
use crate::cloud_api::webhook::wire::{Fault, Items, Loose};
use crate::http::Response;
use crate::outcome::{self, Class, retry_after};
use crate::outgoing::{INTERACTIVE_REFUSED, TransportError};

/// The codes of failures that may mean that Coster does not take buttons and lists.
const ABOUT_SHAPE: &[&str] =
    &["invalid_parameter", "parameter_invalid", "parameter_missing", "provider_error", "type_unsupported"];

/// An answer. Only the push host's has been seen; both hosts may pass on Meta's form of an error (§6.2, §6.4).
/// Not read: `meta`, `contacts`, and the `xid`, which is ours.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer<'a> {
    #[serde(borrow)]
    messages: Items<'a>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
}

/// An error in an answer.
struct AnswerError {
    code: Option<i64>,
    detail: Option<String>,
}

impl Answer<'_> {
    fn provider_id(&self) -> Option<String> {
        self.messages.read::<Sent<'_>>().first()?.id.owned()
    }

    fn error(&self) -> Option<AnswerError> {
        [self.errors, self.error].into_iter().flatten().find_map(error)
    }
}

/// Reads `errors` or `error`: a list, one error or a text. An empty value is no error.
fn error(raw: &RawValue) -> Option<AnswerError> {
    if matches!(raw.get(), "null" | "false" | "0" | r#""""#) {
        return None;
    }
    let list: Items<'_> = serde_json::from_str(raw.get()).ok()?;
    let first = match &list {
        Items::List(items) => items.first().copied()?,
        Items::Absent | Items::Other => raw,
    };
    if let Ok(text) = serde_json::from_str::<Loose<'_>>(first.get())
        && let Some(text) = text.owned()
    {
        return Some(AnswerError { code: text.trim().parse().ok(), detail: Some(text) });
    }
    let fault: Fault<'_> = serde_json::from_str(first.get()).unwrap_or_default();
    // A code that is a word is better than no explanation.
    let word = || fault.code.get().filter(|_| fault.code.number::<i64>().is_none());
    let detail = fault.detail().or_else(word).map(str::to_owned);
    Some(AnswerError { code: fault.code.number(), detail })
}

/// The outcome of sending `message`. If the answer names no id, Coster knows the message by ours. `attempt` counts from 1.
#[must_use]
pub fn read(
    message: MessageId,
    content: &OutboundContent,
    answer: Result<Response<'_>, TransportError>,
    attempt: u32,
) -> SendOutcome {
    let response = match answer {
        Ok(response) => response,
        Err(transport) => return outcome::no_answer("Coster", transport),
    };
    let answer: Answer<'_> = serde_json::from_slice(response.body).unwrap_or_default();
    match (answer.error(), response.status) {
        (Some(error), _) => failed(content, &response, &error, attempt),
        (None, 200..=299) if is_page(response.body) => {
            outcome::unknown("no_message_id", "A web page came back instead of Coster's answer.")
        }
        // The answer to a reply has never been seen. A success counts as one, and statuses carry our id.
        (None, 200..=299) => {
            SendOutcome::Accepted { provider_id: answer.provider_id().unwrap_or_else(|| message.to_string()) }
        }
        (None, 502 | 504) => outcome::gateway_fault("Coster"),
        (None, _) => failed(content, &response, &AnswerError { code: None, detail: None }, attempt),
    }
}

/// The outcome of a failure: the code decides first, then the HTTP status.
fn failed(
    content: &OutboundContent,
    response: &Response<'_>,
    error: &AnswerError,
    attempt: u32,
) -> SendOutcome {
    let detail = error.detail.as_deref();
    // In some answers the HTTP status stands in place of the code.
    let status = match error.code.and_then(|code| u16::try_from(code).ok()) {
        Some(code @ 400..=599) if (200..300).contains(&response.status) => code,
        _ => response.status,
    };
    let row = errors::look_up(error.code);
    let failure = match row {
        Some(_) => errors::failure(error.code, detail),
        None => errors::of_status(status, error.code, detail),
    };
    let class = cloud_api::errors::class(row, status);
    let template = matches!(content, OutboundContent::Template(_));
    let refusal = matches!(status, 200..=299 | 400..=499) && class == Class::Refused;
    // Templates have a token of their own: when it fails, replies go on.
    let class = if template && class == Class::Stops { Class::Refused } else { class };
    let choices = matches!(content, OutboundContent::Buttons(_) | OutboundContent::List(_));
    let failure = if choices && refusal && ABOUT_SHAPE.contains(&failure.code.as_str()) {
        Failure { code: INTERACTIVE_REFUSED.to_owned(), ..failure }
    } else {
        failure
    };
    outcome::of_class(class, failure, retry_after(response.headers), attempt)
}

/// True if the body is a web page, as a proxy or a wrong URL returns it.
fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderMap;
    use serde_json::{Value, json};

    const MESSAGE: &str = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp";

    fn content(kind: &str) -> OutboundContent {
        let content = match kind {
            "buttons" => json!({"buttons": {"body": "Pilih", "buttons": [{"id": "a", "title": "A"}]}}),
            "template" => json!({"template": {"name": "a", "language": "id"}}),
            _ => json!({"text": {"body": "Halo"}}),
        };
        serde_json::from_value(content).unwrap()
    }

    fn of(kind: &str, answer: Result<Response<'_>, TransportError>, attempt: u32) -> String {
        short(&read(MESSAGE.parse().unwrap(), &content(kind), answer, attempt))
    }

    fn answered(kind: &str, status: u16, body: &str) -> String {
        of(kind, Ok(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() }), 1)
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

    fn error(code: &Value) -> String {
        json!({"meta": {"author": "jatis mobile", "meta": "0.0.1"},
            "errors": [{"code": code, "title": "Required parameter is missing or invalid", "details": "Unknown Contact"}]})
        .to_string()
    }

    #[test]
    fn each_answer_has_one_meaning() {
        let pushed = r#"{"meta":{"author":"jatis mobile","meta":"0.0.1"},"contacts":[{"input":"6281100000002","wa_id":"6281100000002"}],"messages":[{"id":"wamid.HBgNEXAMPLE=","xid":"x"}]}"#;
        let ours = format!("accepted {MESSAGE}");
        let html = "\n<html><body>Sign in</body></html>";
        for (status, body, outcome) in [
            (200, pushed.to_owned(), "accepted wamid.HBgNEXAMPLE="),
            // No id in the answer: ours is known on both sides.
            (200, "{}".to_owned(), ours.as_str()),
            (200, String::new(), &ours),
            (200, "OK".to_owned(), &ours),
            (201, r#"{"messages":[]}"#.to_owned(), &ours),
            (200, r#"{"messages":null,"errors":null}"#.to_owned(), &ours),
            (200, r#"{"messages":[{"id":""}],"errors":[]}"#.to_owned(), &ours),
            (200, r#"{"error":"","errors":false}"#.to_owned(), &ours),
            (200, html.to_owned(), "unknown no_message_id"),
            // A success with errors is none; the code is a number or a text.
            (200, error(&json!(1006)), "refused not_found"),
            (500, error(&json!(1006)), "refused not_found"),
            (500, error(&json!("1006")), "refused not_found"),
            (200, error(&json!("NO_SUCH")), "refused provider_error"),
            (200, error(&json!(0)), "refused provider_error"),
            (200, error(&json!(null)), "refused provider_error"),
            (200, error(&json!(401)), "stops token_invalid"),
            (200, r#"{"errors":{"code":1015}}"#.to_owned(), "later rate_limited Number 1"),
            (200, r#"{"errors":["broken"]}"#.to_owned(), "refused provider_error"),
            (200, r#"{"errors":"broken"}"#.to_owned(), "refused provider_error"),
            (200, error(&json!(131_047)), "refused window_closed"),
            (400, r#"{"error":{"code":131047,"message":"x"}}"#.to_owned(), "refused window_closed"),
            (400, r#"{"error":{"code":190}}"#.to_owned(), "stops token_invalid"),
            (400, error(&json!(1016)), "later provider_unavailable Number 1"),
            (429, error(&json!(1009)), "later parameter_invalid Number 1"),
            // Then the status.
            (401, String::new(), "stops token_invalid"),
            (403, html.to_owned(), "stops permission_missing"),
            (400, "{}".to_owned(), "refused provider_error"),
            (404, html.to_owned(), "refused provider_error"),
            (302, String::new(), "refused provider_error"),
            (429, String::new(), "later provider_error Number 1"),
            (500, html.to_owned(), "later provider_error Message soon"),
            (503, "{".to_owned(), "later provider_error Message soon"),
            (502, html.to_owned(), "unknown gateway_fault"),
            (504, String::new(), "unknown gateway_fault"),
        ] {
            assert_eq!(answered("text", status, &body), outcome, "{status} {body}");
        }
    }

    #[test]
    fn buttons_that_are_not_taken_can_be_sent_as_text() {
        for (status, body, outcome) in [
            (400, String::new(), "refused interactive_refused"),
            (422, error(&json!("x")), "refused interactive_refused"),
            (400, error(&json!(1009)), "refused interactive_refused"),
            (400, error(&json!(131_051)), "refused interactive_refused"),
            (200, error(&json!(131_051)), "refused interactive_refused"),
            // These would be refused as text too.
            (400, error(&json!(131_047)), "refused window_closed"),
            (400, error(&json!(1006)), "refused not_found"),
            (401, String::new(), "stops token_invalid"),
            (429, String::new(), "later provider_error Number 1"),
            (500, String::new(), "later provider_error Message soon"),
        ] {
            assert_eq!(answered("buttons", status, &body), outcome, "{status} {body}");
        }
    }

    #[test]
    fn a_wrong_push_token_does_not_stop_replies() {
        assert_eq!(answered("template", 401, ""), "refused token_invalid");
        assert_eq!(answered("template", 200, &error(&json!(2001))), "refused template_not_found");
    }

    #[test]
    fn without_an_answer_it_matters_whether_bytes_left() {
        assert_eq!(of("text", Err(TransportError::NotConnected), 1), "later not_connected Number soon");
        assert_eq!(of("text", Err(TransportError::BytesLeft), 1), "unknown no_answer");
    }

    #[test]
    fn a_stumble_is_worth_three_attempts_and_a_pause_is_kept() {
        let headers = HeaderMap::from_iter([(::http::header::RETRY_AFTER, "30".parse().unwrap())]);
        let response = |status| Ok(Response { status, headers: &headers, body: b"" });
        assert_eq!(of("text", response(429), 1), "later provider_error Number 30");
        assert_eq!(of("text", response(500), 2), "later provider_error Message 30");
        assert_eq!(of("text", response(500), 3), "refused provider_error");
    }

    #[test]
    fn a_failure_tells_what_coster_says() {
        let body = error(&json!("1006"));
        let response = Response { status: 500, headers: &HeaderMap::new(), body: body.as_bytes() };
        let outcome = read(MESSAGE.parse().unwrap(), &content("text"), Ok(response), 1);
        let SendOutcome::Refused { failure, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.provider_code, Some(1006));
        assert!(failure.detail.ends_with("Coster says: Unknown Contact"), "{failure:?}");
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status: u16, body: Vec<u8>, attempt: u32) {
            let response = Response { status, headers: &HeaderMap::new(), body: &body };
            drop(read(MESSAGE.parse().unwrap(), &content("buttons"), Ok(response), attempt));
        }
    }
}
