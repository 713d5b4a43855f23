//! Errors as the Graph API words them (facts §9).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{chat::Failure, json::put};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: u32,
    pub(crate) subcode: Option<u32>,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
    /// Title and sentence for people, used by refusals of template management.
    user: Option<(&'static str, String)>,
    kind: &'static str,
}

impl GraphError {
    /// The error with this code, worded by the table.
    pub(crate) fn new(code: u32) -> Self {
        let (status, title) = row(code);
        Self {
            status,
            code,
            subcode: None,
            message: format!("(#{code}) {title}"),
            details: None,
            user: None,
            kind: "OAuthException",
        }
    }

    /// The same with details.
    pub(crate) fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// The same with another HTTP status.
    pub(crate) const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A required parameter of a Graph call is missing.
    pub(crate) fn required(parameter: &str) -> Self {
        Self { message: format!("(#100) The parameter {parameter} is required."), ..Self::new(100) }
    }

    /// A parameter of a Graph call is wrong.
    pub(crate) fn parameter(text: impl std::fmt::Display) -> Self {
        Self { message: format!("(#100) {text}"), ..Self::new(100) }
    }

    /// A template is invalid (§9.1); the subcode and the text for people say why.
    pub(crate) fn template(subcode: u32, title: &'static str, text: String) -> Self {
        let user = Some((title, text));
        Self { message: "Invalid parameter".to_owned(), subcode: Some(subcode), user, ..Self::new(100) }
    }

    /// A value within a message is wrong (131009).
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self::new(131_009).details(details)
    }

    /// Something within a message is missing (131008).
    pub(crate) fn missing(details: impl Into<String>) -> Self {
        Self::new(131_008).details(details)
    }

    /// No such object, or no access to it.
    pub(crate) fn no_object(method: &http::Method, id: &str) -> Self {
        let verb = method.as_str().to_lowercase();
        Self {
            message: format!(
                "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to \
                 missing permissions, or does not support this operation."
            ),
            subcode: Some(33),
            kind: "GraphMethodException",
            ..Self::new(100)
        }
    }

    /// The path or the version does not exist.
    pub(crate) fn unknown_path(path: &str) -> Self {
        Self { message: format!("Unknown path components: {path}"), ..Self::new(2500) }
    }

    /// `appsecret_proof` does not match the token (§8.4).
    pub(crate) fn bad_proof() -> Self {
        Self {
            message: "Invalid appsecret_proof provided in the API argument".to_owned(),
            kind: "GraphMethodException",
            ..Self::new(100)
        }
    }

    /// The handshake with a callback failed. The sheet only says that the call fails then; 2200 is Graph's
    /// code for it.
    pub(crate) fn handshake(why: &str) -> Self {
        let message = format!("(#2200) Callback verification failed with the following errors: {why}");
        Self { code: 2200, message, ..Self::new(100) }
    }

    /// The token is not valid.
    pub(crate) fn token(message: &str, subcode: Option<u32>) -> Self {
        Self { message: message.to_owned(), subcode, ..Self::new(190) }
    }

    /// The body.
    pub(crate) fn body(&self, trace: &str) -> Value {
        let mut error = json!({"message": self.message, "type": self.kind, "code": self.code});
        if let Some(subcode) = self.subcode {
            put(&mut error, "error_subcode", subcode);
        }
        if let Some(details) = &self.details {
            put(&mut error, "error_data", json!({"messaging_product": "whatsapp", "details": details}));
        }
        if let Some((title, text)) = &self.user {
            put(&mut error, "is_transient", false);
            put(&mut error, "error_user_title", *title);
            put(&mut error, "error_user_msg", text.as_str());
        }
        put(&mut error, "fbtrace_id", trace);
        json!({ "error": error })
    }
}

impl Failure {
    /// The failure with this code, titled as Meta does.
    pub(crate) fn of(code: u32) -> Self {
        Self { code, title: title(code).to_owned() }
    }
}

impl From<std::io::Error> for GraphError {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "the twin could not write to its data folder");
        Self::new(131_000)
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let body = axum::Json(self.body(&format!("A{}", crate::ids::secret(11))));
        let mut answer = (self.status, body).into_response();
        let challenge = format!("OAuth \"Facebook Platform\" \"invalid_token\" \"{}\"", self.message);
        if let (190, Ok(challenge)) = (self.code, HeaderValue::from_str(&challenge)) {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

/// The title of a code, as webhooks and messages give it.
pub(crate) fn title(code: u32) -> &'static str {
    row(code).1
}

/// HTTP status and title of a code (§9.2).
fn row(code: u32) -> (StatusCode, &'static str) {
    TABLE
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or((StatusCode::BAD_REQUEST, "Something went wrong"), |(_, status, title)| {
            (StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST), title)
        })
}

/// Code, HTTP status, title: the rows of §9.2 that the twin can produce, by its checks or by a fault.
const TABLE: [(u32, u16, &str); 47] = [
    (0, 401, "AuthException"),
    (1, 400, "API Unknown"),
    (2, 503, "API Service"),
    (3, 500, "API Method"),
    (4, 400, "API Too Many Calls"),
    (10, 403, "Permission Denied"),
    (33, 400, "Parameter value is not valid"),
    (100, 400, "Invalid parameter"),
    (104, 400, "An access token is required to request this resource."),
    (190, 401, "Access token has expired"),
    (200, 403, "API Permission"),
    (368, 403, "Temporarily blocked for policies violations"),
    (1304, 400, "Media file is required"),
    (2500, 400, "Unknown path components"),
    (80007, 400, "Rate limit issues"),
    (130_403, 400, "User is blocked"),
    (130_429, 400, "Rate limit hit"),
    (130_472, 400, "User's number is part of an experiment"),
    (130_497, 403, "Business account is restricted from messaging users in this country."),
    (131_000, 500, "Something went wrong"),
    (131_005, 403, "Access denied"),
    (131_008, 400, "Required parameter is missing"),
    (131_009, 400, "Parameter value is not valid"),
    (131_016, 500, "Service unavailable"),
    (131_021, 400, "Recipient cannot be sender"),
    (131_026, 400, "Message undeliverable"),
    (131_030, 400, "Recipient phone number not in allowed list"),
    (131_031, 403, "Account has been locked"),
    (131_037, 400, "Display name approval needed"),
    (131_042, 400, "Business eligibility payment issue"),
    (131_045, 500, "Incorrect certificate"),
    (131_047, 400, "Re-engagement message"),
    (131_048, 400, "Spam rate limit hit"),
    (131_049, 400, "Meta chose not to deliver"),
    (131_050, 400, "User stopped marketing messages"),
    (131_051, 400, "Unsupported message type"),
    (131_053, 400, "Media upload error"),
    (131_056, 400, "(Business Account, Consumer Account) pair rate limit hit"),
    (131_057, 500, "Account in maintenance mode"),
    (132_000, 400, "Template Param Count Mismatch"),
    (132_001, 404, "Template does not exist"),
    (132_005, 400, "Template Hydrated Text Too Long"),
    (132_012, 400, "Template Parameter Format Mismatch"),
    (132_015, 400, "Template is paused"),
    (132_016, 400, "Template is disabled"),
    (132_018, 400, "Template validation failed"),
    (133_010, 400, "Phone number not registered"),
];
