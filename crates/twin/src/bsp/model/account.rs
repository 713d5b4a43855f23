//! A test account: a number with the ids and secrets its provider gives.

use serde::{Deserialize, Serialize};

use crate::engine;

/// A test account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Coster's account id, Qontak's channel integration id.
    pub(crate) id: String,
    /// Name of the business.
    pub(crate) name: String,
    /// Digits without `+`.
    pub(crate) phone: String,
    /// Meta's id of the number, used in webhooks.
    pub(crate) phone_number_id: String,
    /// Meta's id of the account, used in webhooks.
    pub(crate) waba_id: String,
    pub(crate) keys: Keys,
    /// When it was issued.
    pub(crate) at_ms: i64,
}

/// The keys of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Keys {
    /// §6.1.
    Coster {
        division_id: String,
        bot_token: String,
        push_token: String,
        /// The webhook URL; Coster's own team sets it (§6.8).
        #[serde(rename = "hook")]
        callback: Option<String>,
    },
    /// The keys are the organization's (§2.2).
    Qontak { organization_id: String, is_active: bool },
}

impl engine::Account for Account {
    fn phone(&self) -> &str {
        &self.phone
    }

    fn at_ms(&self) -> i64 {
        self.at_ms
    }
}

impl Account {
    /// The Qontak organization it belongs to.
    pub(crate) fn organization(&self) -> Option<&str> {
        match &self.keys {
            Keys::Qontak { organization_id, .. } => Some(organization_id),
            Keys::Coster { .. } => None,
        }
    }
}
