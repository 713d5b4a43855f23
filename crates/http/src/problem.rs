//! Refusals and faults, said once: as `application/problem+json` (RFC 9457) under `/v1`, as a page elsewhere.
//!
//! A handler returns a [`Problem`]; the outermost layer (`frame`) writes it out, because only there the request's id and
//! path are known. No internal text ever stands in one.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use warta_core::message::Invalid;

/// Makes the list of codes: name, status, title, what to do about it.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $title:literal, $resolution:literal;)+) => {
        /// What can go wrong, each with a word that stays the same. docs/api.md lists them; a test compares.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status it comes with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// A short summary, the same each time.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What the caller can do.
            #[must_use]
            pub const fn resolution(self) -> &'static str {
                match self { $(Self::$name => $resolution),+ }
            }
        }
    };
}

codes! {
    /// No key was sent.
    KeyMissing = "key_missing", UNAUTHORIZED, "An API key is needed",
        "Send the header `Authorization: Bearer warta_…` with a key of the channel.";
    /// What was sent is not one of our keys.
    KeyInvalid = "key_invalid", UNAUTHORIZED, "The API key is not valid",
        "Check that the key was copied whole. Make a new one with `warta key create`.";
    /// The key has run out.
    KeyExpired = "key_expired", UNAUTHORIZED, "The API key has expired",
        "Make a new key with `warta key create` and use it instead.";
    /// The key was ended.
    KeyRevoked = "key_revoked", UNAUTHORIZED, "The API key was revoked",
        "Make a new key with `warta key create` and use it instead.";
    /// Nobody is signed in.
    SignInNeeded = "sign_in_needed", UNAUTHORIZED, "Nobody is signed in",
        "Sign in to the console and try again.";
    /// The role of who is signed in does not allow it.
    Forbidden = "forbidden", FORBIDDEN, "Your role does not allow this",
        "Ask an owner of the agent or of the organization for another role.";
    /// There is no such page or row, or it is somebody else's.
    NotFound = "not_found", NOT_FOUND, "There is nothing here",
        "Check the path and the id. A key sees only what belongs to its channel.";
    /// The path is right, the method is not.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The method is not allowed here",
        "Use one of the methods in the `Allow` header.";
    /// The request took too long to arrive.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request took too long",
        "Send the whole request within 30 seconds, then repeat it.";
    /// The body is not JSON, or ended early.
    BodyUnreadable = "body_unreadable", BAD_REQUEST, "The body cannot be read",
        "Send one whole JSON object in UTF-8.";
    /// The body is too large.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "Send less than 1 MiB; split the messages over several requests.";
    /// The body is of another type.
    MediaTypeUnsupported = "media_type_unsupported", UNSUPPORTED_MEDIA_TYPE, "The body must be JSON",
        "Send the header `Content-Type: application/json`.";
    /// Parameters or fields are wrong.
    RequestInvalid = "request_invalid", UNPROCESSABLE_ENTITY, "The request is not valid",
        "Correct each item of `errors`, then repeat the request.";
    /// The same idempotency key came with another body.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request",
        "Use a new key for a new request; repeat a request with its own key and the same body.";
    /// There is no session to end.
    SessionNotOpen = "session_not_open", CONFLICT, "No session is in progress",
        "Nothing needs to be done. The user's next message starts a session.";
    /// The user has not written within 24 hours.
    WindowClosed = "window_closed", CONFLICT, "The 24-hour window is closed",
        "Send a template, or wait until the user writes again.";
    /// A template of this name and language is declared.
    TemplateExists = "template_exists", CONFLICT, "There is such a template",
        "Change it with PATCH or delete it; or declare the new one under another name or language.";
    /// The channel's provider has nothing like it.
    UnsupportedByProvider = "unsupported_by_provider", UNPROCESSABLE_ENTITY, "The channel's provider cannot do this",
        "Each item of `errors` says what to do instead. docs/capabilities.md shows what each provider can do.";
    /// The provider no longer has a file.
    MediaGone = "media_gone", NOT_FOUND, "The provider no longer has the file",
        "Ask the user to send it again. Providers keep files for some days only.";
    /// The provider says no to just this.
    ProviderRefused = "provider_refused", UNPROCESSABLE_ENTITY, "The channel's provider refused it",
        "Read `detail`, which holds the provider's own words, and correct the request. The same again is refused again.";
    /// The provider did not do what a request needs.
    ProviderFailed = "provider_failed", BAD_GATEWAY, "The channel's provider did not answer as it should",
        "Read `detail`, which says what the provider answered. Repeat the request later, or check the channel in the console.";
    /// Too much waits.
    Busy = "busy", SERVICE_UNAVAILABLE, "The gateway cannot take this now",
        "Repeat the request after the seconds in `Retry-After`. Nothing was stored.";
    /// Our fault.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side",
        "Repeat the request. If it fails again, look for the request id in the gateway's log.";
}

/// A refusal or fault on its way out.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// What was wrong this time, for a person.
    pub detail: String,
    /// What exactly, and where.
    pub errors: Vec<Fault>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Where in the body: a JSON pointer (RFC 6901), empty for the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/text/body")]
    pointer: Option<String>,
    /// Which query parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    parameter: Option<String>,
    /// A word for it: `invalid`, `unknown`, `not_found`, `unsupported_by_provider`, or ours for what a provider said, such as
    /// `template_exists`.
    #[schema(value_type = String)]
    code: Cow<'static, str>,
    /// What is wrong and what would be right.
    detail: String,
}

impl Fault {
    /// Something about a place in the body.
    pub fn body(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, code: code.into(), detail: detail.into() }
    }

    /// Something about a query parameter or header.
    pub fn parameter(name: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: Some(name.into()), code: code.into(), detail: detail.into() }
    }

    /// Something about the request as a whole.
    pub fn whole(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: None, code: code.into(), detail: detail.into() }
    }

    /// What is wrong.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// A fault of a content, which stands below `place`.
    #[must_use]
    pub fn content(place: &str, fault: Invalid) -> Self {
        Self::body(format!("{place}{}", fault.pointer), "invalid", fault.detail)
    }
}

impl Problem {
    /// A problem with its own explanation.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new() }
    }

    /// There is nothing there.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing at this address for this caller.")
    }

    /// The request itself is at fault.
    #[must_use]
    pub fn invalid(errors: Vec<Fault>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            many => format!("{} things are wrong with the request.", many.len()),
        };
        Self { code: Code::RequestInvalid, detail, errors }
    }
}

impl From<warta_store::Error> for Problem {
    fn from(error: warta_store::Error) -> Self {
        use warta_store::Error;
        match error {
            Error::NotFound => Self::not_found(),
            Error::IdempotencyKeyReused => {
                Self::new(Code::IdempotencyKeyReused, "This idempotency key came with another body before.")
            }
            Error::Busy | Error::Closed => {
                Self::new(Code::Busy, "More is waiting than the gateway takes in.")
            }
            Error::Database(error) => {
                tracing::error!(%error, "the database refused a request");
                Self::new(Code::Busy, "The database cannot be used now.")
            }
            error @ (Error::StaleLease
            // What pages that change something answer themselves; nothing else meets them.
            | Error::EnvironmentTaken
            | Error::AccountTaken
            | Error::Conflict { .. }
            | Error::Incomplete
            | Error::LastSecret
            | Error::ChannelLive
            | Error::EmailTaken
            | Error::AlreadyMember
            | Error::LastOwner
            | Error::LinkGone
            | Error::WrongKey
            | Error::Corrupt { .. }
            | Error::Unusable(_)
            | Error::Migration(_)) => {
                tracing::error!(%error, "a request failed in the store");
                Self::new(Code::Internal, "The request could not be carried out.")
            }
        }
    }
}

impl IntoResponse for Problem {
    /// Only the status; the frame writes the rest.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A refusal or fault (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A page about this code.
    #[serde(rename = "type")]
    #[schema(example = "https://wa.example.com/docs#window_closed")]
    kind: String,
    /// A short summary, the same for each code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What was wrong this time.
    detail: String,
    /// The path that was called.
    instance: String,
    /// A word that stays the same; new ones may come.
    #[schema(example = "window_closed")]
    code: &'static str,
    /// What to do about it.
    resolution: &'static str,
    /// Names this request in the gateway's log; also in the header `X-Request-Id`.
    request_id: String,
    /// What exactly is wrong with the request, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
}

impl Problem {
    /// The body, now that path and request are known.
    #[must_use]
    pub fn body(self, public_url: &str, instance: &str, request_id: &str) -> ProblemBody {
        let code = self.code;
        ProblemBody {
            kind: format!("{public_url}/docs#{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: self.detail,
            instance: instance.to_owned(),
            code: code.as_str(),
            resolution: code.resolution(),
            request_id: request_id.to_owned(),
            errors: self.errors,
        }
    }
}
