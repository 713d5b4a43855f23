//! Callback URLs: an app's own, and those that replace it for one WABA or one number.

use serde::{Deserialize, Serialize};

/// What an app receives, and where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AppSubscription {
    pub(crate) callback_url: String,
    pub(crate) fields: Vec<String>,
}

/// An address that replaces the app's for one WABA or one number; it has passed the handshake.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
}
