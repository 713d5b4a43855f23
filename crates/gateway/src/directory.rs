//! A cache of channels and deployments: every webhook and every claim reads them, and they rarely change.
//!
//! An entry expires after two seconds, so a node sees the changes of other nodes soon. A node that changes a row calls
//! [`Directory::forget`] or [`Directory::forget_channel`] and sees its own change at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use warta_core::channel::{Environment, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_http::problem::{Code, Problem};
use warta_protocol::Provider;
use warta_protocol::verify::{Call, Refused, Verified};
use warta_store::{Channel, Deployment, Scope, SecretKind, Store};

const LIFE: Duration = Duration::from_secs(2);

/// The cached channels and deployments.
#[derive(Debug, Default)]
pub struct Directory {
    channels: TimedCache<ChannelId, ChannelRuntime>,
    organizations: TimedCache<OrganizationId, Vec<Arc<ChannelRuntime>>>,
    deployments: TimedCache<(AgentId, Environment), Deployment>,
}

/// A channel with its settings parsed: everything needed to verify its webhooks and to send its messages.
#[derive(Debug)]
pub struct ChannelRuntime {
    /// The channel's row.
    pub channel: Channel,
    /// Its provider: the parsed settings and the requests of the protocol.
    pub provider: Arc<dyn Provider>,
}

/// Why a channel or deployment could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
    /// The channel's settings cannot be read.
    #[error("settings of channel {channel}: {reason}")]
    Settings {
        /// The channel.
        channel: ChannelId,
        /// The fault in its settings.
        reason: String,
    },
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Settings { .. } => {
                tracing::error!(%error, "a channel cannot be used");
                Self::new(Code::Internal, "The channel's settings cannot be read.")
            }
        }
    }
}

impl ChannelRuntime {
    /// The secrets of `kind` that are valid at `now`, in the order in which to try them.
    pub fn secrets(&self, kind: SecretKind, now: Timestamp) -> impl Iterator<Item = &Secret> + Clone {
        self.channel.secrets(kind, now)
    }

    /// Verifies a call to the webhook address with the secrets that are valid at `now`.
    ///
    /// # Errors
    ///
    /// When none of them verifies it.
    pub fn verify<'a>(&self, call: Call<'a>, now: Timestamp) -> Result<Verified<'a>, Refused> {
        let secrets: Vec<_> = self.secrets(warta_protocol::entry(self.channel.protocol).proof, now).collect();
        self.provider.verify(call, &secrets)
    }

    /// `None` for a channel that is still being set up and whose settings are incomplete.
    fn new(channel: Channel) -> Result<Option<Self>, Error> {
        match warta_protocol::read(channel.protocol, &channel.settings) {
            Ok(provider) => Ok(Some(Self { channel, provider })),
            Err(_) if channel.state == State::Saved => Ok(None),
            Err(fault) => Err(Error::Settings { channel: channel.id, reason: fault.to_string() }),
        }
    }
}

impl Directory {
    /// The channel with this id, in any organization: the caller is a webhook or a claim, which has only the id.
    ///
    /// # Errors
    ///
    /// When the store fails or the settings cannot be read.
    pub async fn channel(
        &self,
        store: &Store,
        id: ChannelId,
        now: Timestamp,
    ) -> Result<Option<Arc<ChannelRuntime>>, Error> {
        match self.channels.get(&id, now) {
            Some(runtime) => Ok(Some(runtime)),
            None => self.reload(store, id, now).await,
        }
    }

    /// Reads a channel from the store, bypassing the cache: a call showed a secret that the cached channel lacks, and another node
    /// may just have stored it.
    ///
    /// # Errors
    ///
    /// As [`Directory::channel`].
    pub async fn reload(
        &self,
        store: &Store,
        id: ChannelId,
        now: Timestamp,
    ) -> Result<Option<Arc<ChannelRuntime>>, Error> {
        let generation = self.channels.generation();
        let Some(channel) = store.channel(id).await? else { return Ok(None) };
        Ok(ChannelRuntime::new(channel)?.map(|runtime| self.channels.put(id, runtime, (now, generation))))
    }

    /// Every channel of an organization whose settings can be read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn channels_of(
        &self,
        store: &Store,
        organization: OrganizationId,
        now: Timestamp,
    ) -> Result<Arc<Vec<Arc<ChannelRuntime>>>, Error> {
        if let Some(runtimes) = self.organizations.get(&organization, now) {
            return Ok(runtimes);
        }
        let generation = self.organizations.generation();
        let channels = store.channels(Scope::new(organization)).await?;
        let runtimes = channels.into_iter().filter_map(|channel| match ChannelRuntime::new(channel) {
            Ok(runtime) => runtime.map(Arc::new),
            Err(error) => {
                tracing::error!(%error, "a channel is left out");
                None
            }
        });
        Ok(self.organizations.put(organization, runtimes.collect(), (now, generation)))
    }

    /// The deployment of a channel's agent in the channel's environment.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn deployment(
        &self,
        store: &Store,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Option<Arc<Deployment>>, Error> {
        let key = (channel.agent, channel.environment);
        if let Some(deployment) = self.deployments.get(&key, now) {
            return Ok(Some(deployment));
        }
        let (scope, generation) = (Scope::new(channel.organization), self.deployments.generation());
        let found = store.deployment(scope, channel.agent, channel.environment).await?;
        Ok(found.map(|deployment| self.deployments.put(key, deployment, (now, generation))))
    }

    /// Drops one channel from the cache, after a change to it.
    pub fn forget_channel(&self, channel: &Channel) {
        self.channels.remove(&channel.id);
        self.organizations.remove(&channel.organization);
    }

    /// Drops all channels and deployments from the cache, after a change.
    pub fn forget(&self) {
        self.channels.clear();
        self.organizations.clear();
        self.deployments.clear();
    }
}

/// A cache whose entries expire after [`LIFE`]. It holds only rows that exist, so requests for unknown ids cannot fill it.
#[derive(Debug)]
struct TimedCache<K, V>(Mutex<Entries<K, V>>);

/// The entries of a [`TimedCache`].
#[derive(Debug)]
struct Entries<K, V> {
    /// Counts the removals, so that [`TimedCache::put`] can reject a row that was read before a change.
    generation: u64,
    values: HashMap<K, (Timestamp, Arc<V>)>,
}

impl<K, V> Default for TimedCache<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Entries { generation: 0, values: HashMap::new() }))
    }
}

impl<K: std::hash::Hash + Eq, V> TimedCache<K, V> {
    /// The value of a key, unless it has expired.
    fn get(&self, key: &K, now: Timestamp) -> Option<Arc<V>> {
        let cache = self.lock();
        let (at, value) = cache.values.get(key)?;
        (now.since(*at) < LIFE).then(|| Arc::clone(value))
    }

    /// The current generation. Take it before reading the row to [`put`](Self::put).
    fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Stores a row that was read, unless something was removed since `generation`: the row may predate the change.
    fn put(&self, key: K, value: V, (now, generation): (Timestamp, u64)) -> Arc<V> {
        let (value, mut cache) = (Arc::new(value), self.lock());
        if cache.generation == generation {
            cache.values.insert(key, (now, Arc::clone(&value)));
        }
        value
    }

    /// Removes one key. Rows of any key that are being read at this moment are not stored.
    fn remove(&self, key: &K) {
        let mut cache = self.lock();
        cache.generation += 1;
        cache.values.remove(key);
    }

    fn clear(&self) {
        let mut cache = self.lock();
        cache.generation += 1;
        cache.values.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (cache, now) = (TimedCache::<u8, u8>::default(), Timestamp::from_millis(0));
        let generation = cache.generation();
        cache.put(1, 1, (now, generation));
        assert_eq!(cache.get(&1, now).as_deref(), Some(&1));
        cache.clear();
        assert_eq!(*cache.put(1, 1, (now, generation)), 1);
        assert_eq!(cache.get(&1, now), None);
    }

    #[test]
    fn one_is_forgotten_without_the_others() {
        let (cache, now) = (TimedCache::<u8, u8>::default(), Timestamp::from_millis(0));
        for key in [1, 2] {
            cache.put(key, key, (now, cache.generation()));
        }
        let generation = cache.generation();
        cache.remove(&1);
        assert_eq!((cache.get(&1, now), cache.get(&2, now).as_deref()), (None, Some(&2)));
        cache.put(1, 1, (now, generation));
        assert_eq!(cache.get(&1, now), None, "it may be from before the change");
    }
}
