//! From a provider's answer to the [`SendOutcome`] of a message. Each protocol decides which [`Class`] an answer has; what a class
//! means for the message is the same for all.

use std::time::Duration;

use ::http::HeaderMap;
use ::http::header::RETRY_AFTER;
use warta_core::delivery::{Failure, Scope, SendOutcome};
use warta_core::policy::retry;

use crate::outgoing::{NOT_CONNECTED, TransportError};

/// How many attempts a transient fault is worth.
const ATTEMPTS: u32 = 3;
/// The longest pause that `Retry-After` can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// What an answer that is not a success means for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The provider will never take this message.
    Refused,
    /// The provider takes nothing from this channel until a person acts.
    Stops,
    /// The provider takes it later, at the earliest after this time.
    Later(Scope, Duration),
    /// The provider has a transient fault: retry a few times.
    Transient,
}

/// The class of an HTTP status without a known code.
pub(crate) fn class_of_status(status: u16) -> Class {
    match status {
        401 | 403 => Class::Stops,
        408 | 500..=599 => Class::Transient,
        429 => Class::Later(Scope::Number, Duration::from_secs(1)),
        _ => Class::Refused,
    }
}

/// The outcome of a failure of this class. `retry_after` is the pause that the answer asks for.
pub(crate) fn of_class(
    class: Class,
    failure: Failure,
    retry_after: Option<Duration>,
    attempt: u32,
) -> SendOutcome {
    match class {
        Class::Refused => SendOutcome::Refused { failure, stops_channel: false },
        Class::Stops => SendOutcome::Refused { failure, stops_channel: true },
        Class::Transient if attempt >= ATTEMPTS => SendOutcome::Refused { failure, stops_channel: false },
        Class::Transient => SendOutcome::NotSent { failure, scope: Scope::Message, retry_after },
        Class::Later(scope, least) => {
            let least = match scope {
                Scope::Pair => retry::pair(attempt),
                Scope::Message | Scope::Number => least,
            };
            let pause = retry_after.map_or(least, |asked| asked.max(least));
            SendOutcome::NotSent { failure, scope, retry_after: Some(pause) }
        }
    }
}

/// The outcome of a send without an answer.
pub(crate) fn no_answer(provider: &str, transport: TransportError) -> SendOutcome {
    match transport {
        TransportError::NotConnected => {
            let failure = Failure::new(NOT_CONNECTED, format!("{provider} could not be reached."));
            SendOutcome::NotSent { failure, scope: Scope::Number, retry_after: None }
        }
        TransportError::BytesLeft => unknown("no_answer", "The message was sent, and no answer came back."),
    }
}

/// The outcome of a 502 or 504: a gateway answered, and the provider behind it may have taken the message.
pub(crate) fn gateway_fault(provider: &str) -> SendOutcome {
    let detail = format!("A gateway answered in {provider}'s place; the message may have arrived.");
    unknown("gateway_fault", detail)
}

/// The outcome of a send that may or may not have reached the user.
pub(crate) fn unknown(code: &str, detail: impl Into<String>) -> SendOutcome {
    SendOutcome::Unknown { failure: Failure::new(code, detail) }
}

/// The pause that `Retry-After` asks for in seconds. HTTP also allows a date; Meta and Coster have not been seen to send one.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

/// Adds the provider's own explanation to a failure's sentence, shortened and without control characters.
pub(crate) fn add_explanation(sentence: &mut String, provider: &str, explanation: Option<&str>) {
    if let Some(explanation) = explanation {
        sentence.extend([" ", provider, " says: "]);
        sentence.extend(explanation.chars().filter(|character| !character.is_control()).take(300));
    }
}
