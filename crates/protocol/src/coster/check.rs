//! Asking Coster about a channel: there is no call for it (§6.8). What a token is worth shows in the first send.

use warta_core::delivery::Failure;

use crate::outgoing::UNSUPPORTED;

/// What is said of an answer to a question that cannot be asked.
pub(super) fn heard() -> Failure {
    Failure::new(UNSUPPORTED, "Coster cannot be asked about a token or a number. Send a message to try them.")
}
