//! Meta's error object (§9.1). What its codes mean is in [`crate::cloud_api::errors`].

use serde::Deserialize;
use warta_core::delivery::Failure;

use crate::cloud_api::errors;
use crate::http::Response;
use crate::outcome::{Class, class_of_status};

/// An answer with an error.
#[derive(Deserialize)]
struct Answer {
    error: Fault,
}

/// An error. Not read: `type`, `fbtrace_id`.
#[derive(Deserialize)]
pub(super) struct Fault {
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

impl Fault {
    /// The error of an answer.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Answer>(body).ok().map(|answer| answer.error)
    }

    /// What it means for a message.
    pub(super) fn class(&self, status: u16) -> Class {
        match errors::look_up(self.code, self.error_subcode) {
            None if self.is_transient && status != 429 => Class::Transient,
            row => errors::class(row, status),
        }
    }

    /// What to tell a person.
    pub(super) fn failure(&self) -> Failure {
        let details = self.error_data.as_ref().and_then(|data| data.details.as_deref());
        let detail = details.or(self.error_user_msg.as_deref()).or(self.message.as_deref());
        errors::failure(self.code, self.error_subcode, detail)
    }
}

/// The failure of an answer that is not a success, for requests that are not sends.
#[must_use]
pub fn failure(response: Response<'_>) -> Failure {
    Fault::read(response.body).map_or_else(
        || {
            Failure::new(
                "provider_error",
                format!("Meta answered with HTTP status {} and no reason.", response.status),
            )
        },
        |fault| fault.failure(),
    )
}

/// Meta's code, the class and the failure of an answer that is not a success, for requests that are not sends.
pub(super) fn refusal(response: Response<'_>) -> (Option<i64>, Class, Failure) {
    match Fault::read(response.body) {
        Some(fault) => (fault.code, fault.class(response.status), fault.failure()),
        None => (None, class_of_status(response.status), failure(response)),
    }
}
