//! The JSON line of `--json`, field by field. Others read it, so nothing in it may be renamed; what is added is added here.

use std::path::PathBuf;

use serde::Deserialize;

/// What `warta demo --json` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ready {
    pub(crate) console: String,
    pub(crate) docs: String,
    pub(crate) api: String,
    pub(crate) data: PathBuf,
    pub(crate) agents: Vec<Agent>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) twins: Twins,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) published: String,
    pub(crate) draft: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channel {
    pub(crate) agent: String,
    pub(crate) environment: String,
    pub(crate) id: String,
    pub(crate) protocol: String,
    pub(crate) account: String,
    pub(crate) hook: String,
    pub(crate) verify_token: String,
    pub(crate) access_token: String,
    pub(crate) api_key: String,
    pub(crate) phone: String,
    /// What the twin knows the account by.
    pub(crate) twin_id: String,
    // Meta's own.
    #[serde(default)]
    pub(crate) app_secret: String,
    #[serde(default)]
    pub(crate) phone_number_id: String,
    #[serde(default)]
    pub(crate) waba_id: String,
    #[serde(default)]
    pub(crate) app_id: String,
    #[serde(default)]
    pub(crate) version: String,
    // Coster's own.
    #[serde(default)]
    pub(crate) account_id: String,
    #[serde(default)]
    pub(crate) division_id: String,
    #[serde(default)]
    pub(crate) bot_base_url: String,
    #[serde(default)]
    pub(crate) push_base_url: String,
    #[serde(default)]
    pub(crate) push_token: String,
    // Qontak's own.
    #[serde(default, rename = "channel_integration_id")]
    pub(crate) integration_id: String,
    #[serde(default)]
    pub(crate) token_url: String,
    // Meta's and Qontak's.
    #[serde(default)]
    pub(crate) base_url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Twins {
    pub(crate) meta_cloud: Twin,
    pub(crate) coster: Twin,
    pub(crate) qontak: Twin,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Twin {
    pub(crate) url: String,
    pub(crate) control: String,
}

impl Twin {
    /// Where the journal of the sample agents is.
    pub(crate) fn agent_journal(&self) -> String {
        format!("{}/agent/control/journal", self.url.strip_suffix("/meta").unwrap())
    }
}

/// What `warta twin --json` says, as far as it is needed here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TwinReady {
    pub(crate) url: String,
}
