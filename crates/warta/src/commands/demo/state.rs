//! What the demo remembers in `demo.json`: which rows are its own, and the keys it made.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use warta_core::channel::{Environment, Protocol};
use warta_core::clock::Minter as _;
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_gateway::system::SystemMinter;

/// The demo's own file, readable by its owner only.
#[derive(Debug)]
pub(crate) struct DemoFile {
    path: PathBuf,
    /// What stands in it.
    pub state: State,
}

/// What stands in the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    secret_key: String,
    /// The demo's organization, once it was made.
    pub organization: Option<OrganizationId>,
    /// Its agents.
    #[serde(default)]
    pub agents: Vec<Agent>,
    /// Their channels.
    #[serde(default)]
    pub channels: Vec<Channel>,
}

/// An agent of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
}

/// A channel of the demo and the test account behind it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Whose it is.
    pub agent: AgentId,
    /// In which environment.
    pub environment: Environment,
    /// Over whose API.
    #[serde(default = "meta_cloud")]
    pub protocol: Protocol,
    /// The test account.
    pub account: Account,
    /// The key the demo made for its API. Shown nowhere else.
    pub api_key: Option<String>,
}

/// What every channel was before there were others.
const fn meta_cloud() -> Protocol {
    Protocol::MetaCloud
}

/// A test account, as the twin gives it out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Digits of the number.
    pub phone: String,
    /// Ids, secrets and addresses, by the provider's names for them.
    #[serde(flatten)]
    keys: Map<String, Value>,
}

impl Account {
    /// An id, secret or address by the provider's name for it; empty where it has none.
    pub(crate) fn key(&self, name: &str) -> &str {
        self.keys.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl DemoFile {
    /// Reads `demo.json` in `folder`, or starts one with a new key.
    ///
    /// # Errors
    ///
    /// When it cannot be read or written.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("demo.json");
        let state = match std::fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", path.display()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => State::default(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        let mut file = Self { path, state };
        if file.state.secret_key.is_empty() {
            let mut key = [0_u8; 32];
            SystemMinter::default().fill(&mut key);
            file.state.secret_key = hex(&key);
            file.save()?;
        }
        Ok(file)
    }

    /// The key that seals the demo's store.
    ///
    /// # Errors
    ///
    /// When the file holds none.
    pub(crate) fn secret_key(&self) -> Result<String> {
        anyhow::ensure!(!self.state.secret_key.is_empty(), "{} holds no key", self.path.display());
        Ok(self.state.secret_key.clone())
    }

    /// Writes the file anew: beside, flushed, then in place, so that a crash leaves the old or the new one.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn save(&self) -> Result<()> {
        let beside = self.path.with_extension("json.new");
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&beside)?;
            file.write_all(&serde_json::to_vec_pretty(&self.state)?)?;
            file.sync_all()?;
            std::fs::rename(&beside, &self.path)
        };
        write().with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}
