//! What Qontak's errors mean (§2.3). It has no table of codes: the HTTP status decides, then the words of the message. Words
//! that no source shows are marked \[inferred\].

use std::fmt::Write;
use std::time::Duration;

use serde_json::Value;
use warta_core::delivery::{Failure, Scope};

use crate::check::TOKEN_INVALID;
use crate::cloud_api;
use crate::http::Response;
use crate::outcome::{Class, add_explanation};
use crate::outgoing::{INTERACTIVE_REFUSED, ROOM_UNKNOWN};
use crate::renewal::GRANT_REFUSED;

/// The kind of request that an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A message in a room.
    Message,
    /// Buttons or a list in a room.
    Interactive,
    /// A template.
    Template,
    /// An access token.
    Token,
    /// Anything else.
    Other,
}

/// The class of "too many requests": after this pause unless the answer names another, a sixth of the minute in which Qontak
/// counts (§2.3).
const TOO_FAST: Class = Class::Later(Scope::Number, Duration::from_secs(10));

/// A meaning: our code, its class, and a sentence.
type Meaning = (&'static str, Class, &'static str);

const TOKEN: Meaning = (
    TOKEN_INVALID,
    Class::Stops,
    "Qontak did not accept the access token or the signature. Enter a valid token or secret.",
);
const GRANT: Meaning = (
    GRANT_REFUSED,
    Class::Refused,
    "Qontak issued no token. Check client ID, client secret, user name and password.",
);
const FORBIDDEN: &str = "The token may not do this. Messages take a bot's token; templates, files and settings take one of an agent, supervisor or admin.";
const WINDOW: Meaning =
    ("window_closed", Class::Refused, "The user last wrote more than 24 hours ago. Send a template instead.");
const ROOM: Meaning = (
    ROOM_UNKNOWN,
    Class::Refused,
    "The conversation's room at Qontak is closed or unknown. Send a template, or wait until the user writes again.",
);
const INTERACTIVE: Meaning =
    (INTERACTIVE_REFUSED, Class::Refused, "Qontak did not take buttons or a list for this channel.");
const TEMPLATE: Meaning = (
    "template_not_found",
    Class::Refused,
    "Qontak does not know this template, or not for this channel. Check its id, or wait for approval.",
);
const INTEGRATION: Meaning = (
    "no_access",
    Class::Refused,
    "Qontak does not know this id, or the token has no access to it. Check the channel integration ID and the token.",
);
const PATH: Meaning = (
    "unknown_path",
    Class::Refused,
    "The answer is not in Qontak's format. Check the API address of the channel.",
);
const INVALID: Meaning = (
    "parameter_invalid",
    Class::Refused,
    "Qontak found an invalid value. Correct it; sending the same again will not help.",
);
const STUMBLED: Meaning = ("provider_fault", Class::Transient, "Qontak's service has a temporary fault.");
const LIMITED: Meaning = ("rate_limited", TOO_FAST, "The organization sends faster than Qontak takes.");
const OTHER: Meaning = ("provider_error", Class::Refused, "Qontak refused it.");

/// The meaning of an answer that is not a success.
#[must_use]
pub fn look_up(
    status: u16,
    words: Option<&str>,
    operation: Operation,
) -> (&'static str, Class, &'static str) {
    match status {
        400 | 401 | 403 if operation == Operation::Token => GRANT,
        401 => TOKEN,
        // A bot's token may send messages but no templates, so messages go on.
        403 if operation == Operation::Message => ("permission_missing", Class::Stops, FORBIDDEN),
        403 => ("permission_missing", Class::Refused, FORBIDDEN),
        429 => LIMITED,
        408 | 500..=599 => STUMBLED,
        400 | 404 | 422 => {
            of_words(&words.unwrap_or_default().to_lowercase(), operation).unwrap_or(
                match (status, operation) {
                    (404 | 422, Operation::Interactive) => INTERACTIVE,
                    // Without a message from Qontak, nothing is known about the room or template.
                    (404, _) if words.is_none() => PATH,
                    (404, Operation::Message) => ROOM,
                    (404, Operation::Template) => TEMPLATE,
                    (404, Operation::Token | Operation::Other) => INTEGRATION,
                    (422, _) => INVALID,
                    _ => OTHER,
                },
            )
        }
        _ => OTHER,
    }
}

/// The meaning of Qontak's words. The texts for a closed window and a closed room are \[inferred\].
fn of_words(words: &str, operation: Operation) -> Option<Meaning> {
    let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    match operation {
        Operation::Message | Operation::Interactive if any(&["expired", "24 hour", "24 jam", "session"]) => {
            Some(WINDOW)
        }
        Operation::Message | Operation::Interactive
            if words.contains("room")
                && any(&["resolved", "closed", "deleted", "not found", "missing", "invalid", "exist"]) =>
        {
            Some(ROOM)
        }
        Operation::Template if words.contains("message_template") => Some(TEMPLATE),
        Operation::Message
        | Operation::Interactive
        | Operation::Template
        | Operation::Token
        | Operation::Other => None,
    }
}

/// The failure of an answer that is not a success.
#[must_use]
pub fn failure(response: Response<'_>, operation: Operation) -> Failure {
    let words = message(response.body);
    let (word, _, sentence) = look_up(response.status, words.as_deref(), operation);
    let mut detail = sentence.to_owned();
    match words {
        Some(words) => add_explanation(&mut detail, "Qontak", Some(&words)),
        None => {
            // Writing to a string cannot fail.
            write!(detail, " It answered with HTTP status {} and no reason.", response.status).ok();
        }
    }
    Failure { code: word.to_owned(), provider_code: Some(i64::from(response.status)), detail }
}

/// Why a template was not delivered, from the log of its broadcast (§2.7). Errors come from Meta behind Qontak, whose codes are
/// known.
#[must_use]
pub fn undelivered(code: Option<i64>, explanation: Option<&str>) -> Failure {
    // The smaller codes of the On-Premises API mean other things.
    if code.is_some_and(|code| code >= 130_000) {
        return cloud_api::errors::failure(code, None, explanation);
    }
    let (word, sentence) = match code {
        Some(2_000..=2_099) => ("template_not_found", "WhatsApp did not take the template or its values."),
        _ => ("failed", "Qontak reports a failure."),
    };
    let mut detail = sentence.to_owned();
    match explanation {
        Some(explanation) => add_explanation(&mut detail, "Qontak", Some(explanation)),
        None => detail.push_str(" It gives no reason."),
    }
    Failure { code: word.to_owned(), provider_code: code, detail }
}

/// The message of an error, in any of its formats (§2.3; the third is OAuth's).
#[must_use]
pub fn message(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |at: &str| body.pointer(at)?.as_str().map(str::to_owned);
    let messages = || {
        let all = body.pointer("/error/messages")?.as_array()?;
        Some(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
    };
    [
        messages(),
        text("/error/messages"),
        text("/error/message"),
        text("/message"),
        text("/error_description"),
    ]
    .into_iter()
    .flatten()
    .find(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderMap;

    #[test]
    fn each_refusal_has_one_meaning() {
        use Operation::{Interactive, Message, Other, Template};
        for (status, words, operation, word) in [
            (401, "Unauthorized", Message, "token_invalid"),
            (403, "", Template, "permission_missing"),
            (404, "Resource not found.", Message, "room_unknown"),
            (404, "Resource not found.", Interactive, "interactive_refused"),
            (404, "Resource not found.", Template, "template_not_found"),
            (404, "Resource not found.", Other, "no_access"),
            (422, "session expired", Message, "window_closed"),
            (422, "session expired", Interactive, "window_closed"),
            (422, "Room has been resolved", Message, "room_unknown"),
            (422, "Room has been resolved", Interactive, "room_unknown"),
            (422, "room_id is missing, room_id is invalid", Message, "room_unknown"),
            (422, "text is missing", Message, "parameter_invalid"),
            (422, "interactive is invalid", Interactive, "interactive_refused"),
            (422, "message_template_id is invalid", Template, "template_not_found"),
            (422, "to_number is invalid", Template, "parameter_invalid"),
            (422, "url is invalid", Other, "parameter_invalid"),
            (400, "", Message, "provider_error"),
            (405, "", Interactive, "provider_error"),
            (429, "", Message, "rate_limited"),
            (500, "", Message, "provider_fault"),
        ] {
            assert_eq!(look_up(status, Some(words), operation).0, word, "{status} {words} {operation:?}");
        }
    }

    #[test]
    fn a_wrong_address_closes_no_room() {
        for operation in [Operation::Message, Operation::Template, Operation::Other] {
            assert_eq!(look_up(404, None, operation).0, "unknown_path", "{operation:?}");
        }
        assert_eq!(look_up(404, None, Operation::Interactive).0, "interactive_refused");
    }

    #[test]
    fn sentences_are_found_in_every_shape() {
        for (body, expected) in [
            (
                r#"{"status":"error","error":{"code":422,"messages":["a is missing","b is invalid"]}}"#,
                Some("a is missing; b is invalid"),
            ),
            (r#"{"status":"error","error":{"code":422,"messages":"one"}}"#, Some("one")),
            (r#"{"message":"Unauthorized"}"#, Some("Unauthorized")),
            (r#"{"error":"invalid_grant","error_description":"wrong"}"#, Some("wrong")),
            (r#"{"status":"error","error":{"code":500,"messages":[]}}"#, None),
            ("<html></html>", None),
            ("", None),
            ("null", None),
        ] {
            assert_eq!(message(body.as_bytes()).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn qontaks_own_words_are_cut_and_cleaned() {
        let body = format!(r#"{{"message":"a\u0000\n{}"}}"#, "x".repeat(1_000));
        let headers = HeaderMap::new();
        let response = Response { status: 422, headers: &headers, body: body.as_bytes() };
        let failure = failure(response, Operation::Message);
        assert_eq!(failure.provider_code, Some(422));
        assert!(failure.detail.len() < 500 && !failure.detail.contains(char::is_control));
    }

    #[test]
    fn an_undelivered_template_says_why_by_metas_code_where_there_is_one() {
        for (code, word) in
            [(Some(131_026), "undeliverable"), (Some(2_001), "template_not_found"), (None, "failed")]
        {
            let failure = undelivered(code, Some("Template name does not exist in the translation"));
            assert_eq!((failure.code.as_str(), failure.provider_code), (word, code));
            assert!(failure.detail.contains("Template name does not exist"), "{}", failure.detail);
        }
    }
}
