//! The one shared state: what every handler and every stage of the flow gets.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio_util::task::TaskTracker;
use warta_core::clock::{Clock, Minter};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_store::Store;

use crate::directory::Directory;
use crate::egress::Egress;
use crate::memory::Memory;

/// What an operator can choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the world reaches us, without a trailing slash, such as `https://wa.example.com`.
    pub public_url: String,
    /// The proxies that are believed when they say whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// How long an agent may take to answer.
    pub agent_timeout: Duration,
    /// How long a provider may take to answer a send.
    pub send_timeout: Duration,
    /// How many messages a number may send each second (Meta's ordinary limit is 80).
    pub messages_per_second: u32,
    /// How many agents are called at once.
    pub agent_concurrency: usize,
    /// How many sends of one number are under way at once.
    pub send_concurrency: usize,
    /// Where stand-ins of the providers run beside us, without a trailing slash, if they do: the console leads to their test
    /// accounts.
    pub twin: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: Vec::new(),
            agent_timeout: Duration::from_secs(15),
            send_timeout: Duration::from_secs(20),
            messages_per_second: 75, // the limit counts what comes in too: facts/promises.md L1
            agent_concurrency: 256,
            send_concurrency: 32,
            twin: None,
        }
    }
}

/// Everything a running gateway shares. Held in an [`Arc`] by all.
pub struct App {
    /// What is durable.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and randomness come from.
    pub minter: Arc<dyn Minter>,
    /// The only way out.
    pub egress: Egress,
    /// Channels and agents, kept at hand.
    pub directory: Directory,
    /// What this process remembers and may forget.
    pub memory: Memory,
    /// What the operator chose.
    pub settings: Settings,
    /// Hashes API keys; without it a stolen table of hashes is worth nothing.
    pub key_pepper: Secret,
    /// Names this process in leases.
    pub owner: String,
    /// Work that runs beside a request or a claim and is waited for at shutdown.
    pub tasks: TaskTracker,
}

impl App {
    /// The instant now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("owner", &self.owner).finish_non_exhaustive()
    }
}
