//! Channels and agents, kept at hand: every webhook and every claim needs them, and they rarely change.
//!
//! An entry lives two seconds, so that what one node changes the others see soon; a change made here is seen at once by
//! forgetting.

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
/// What is at hand.
#[derive(Debug, Default)]
pub struct Directory {
    channels: Kept<ChannelId, Line>,
    organizations: Kept<OrganizationId, Vec<Arc<Line>>>,
    deployments: Kept<(AgentId, Environment), Deployment>,
}

/// A channel with its settings read: what it takes to verify for it and to send for it.
#[derive(Debug)]
pub struct Line {
    /// The row.
    pub channel: Channel,
    /// Its provider: the protocol's own settings, and how it is spoken with.
    pub provider: Arc<dyn Provider>,
}

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] warta_store::Error),
    /// The channel's settings cannot be read.
    #[error("settings of channel {channel}: {reason}")]
    Settings {
        /// Which.
        channel: ChannelId,
        /// What is wrong with them.
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

impl Line {
    /// The secrets of `kind` that are valid at `now`, in the order in which they are to be tried.
    pub fn secrets(&self, kind: SecretKind, now: Timestamp) -> impl Iterator<Item = &Secret> + Clone {
        self.channel.secrets(kind, now)
    }

    /// Proves a call to the webhook address with the secrets that are valid at `now`.
    ///
    /// # Errors
    ///
    /// When none of them proves it.
    pub fn verify<'a>(&self, call: Call<'a>, now: Timestamp) -> Result<Verified<'a>, Refused> {
        let secrets: Vec<_> = self.secrets(warta_protocol::entry(self.channel.protocol).proof, now).collect();
        self.provider.verify(call, &secrets)
    }

    /// `None` for a channel that is still being set up: it may lack something.
    fn new(channel: Channel) -> Result<Option<Self>, Error> {
        match warta_protocol::read(channel.protocol, &channel.settings) {
            Ok(provider) => Ok(Some(Self { channel, provider })),
            Err(_) if channel.state == State::Saved => Ok(None),
            Err(fault) => Err(Error::Settings { channel: channel.id, reason: fault.to_string() }),
        }
    }
}

impl Directory {
    /// The channel with this id, whoever owns it: the webhook path, where the id is all there is.
    ///
    /// # Errors
    ///
    /// When the store fails or the settings cannot be read.
    pub async fn line(
        &self,
        store: &Store,
        id: ChannelId,
        now: Timestamp,
    ) -> Result<Option<Arc<Line>>, Error> {
        match self.channels.get(&id, now) {
            Some(line) => Ok(Some(line)),
            None => self.read(store, id, now).await,
        }
    }

    /// Reads a channel again, because a secret was shown that the one at hand does not know: another node may have stored it a
    /// moment ago.
    ///
    /// # Errors
    ///
    /// As [`Directory::line`].
    pub async fn read(
        &self,
        store: &Store,
        id: ChannelId,
        now: Timestamp,
    ) -> Result<Option<Arc<Line>>, Error> {
        let round = self.channels.round();
        let Some(channel) = store.channel(id).await? else { return Ok(None) };
        Ok(Line::new(channel)?.map(|line| self.channels.put(id, line, (now, round))))
    }

    /// Every channel of an organization whose settings can be read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn lines(
        &self,
        store: &Store,
        organization: OrganizationId,
        now: Timestamp,
    ) -> Result<Arc<Vec<Arc<Line>>>, Error> {
        if let Some(lines) = self.organizations.get(&organization, now) {
            return Ok(lines);
        }
        let round = self.organizations.round();
        let channels = store.channels(Scope::new(organization)).await?;
        let lines = channels.into_iter().filter_map(|channel| match Line::new(channel) {
            Ok(line) => line.map(Arc::new),
            Err(error) => {
                tracing::error!(%error, "a channel is left out");
                None
            }
        });
        Ok(self.organizations.put(organization, lines.collect(), (now, round)))
    }

    /// Where an agent lives in one environment.
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
        let (scope, round) = (Scope::new(channel.organization), self.deployments.round());
        let found = store.deployment(scope, channel.agent, channel.environment).await?;
        Ok(found.map(|deployment| self.deployments.put(key, deployment, (now, round))))
    }

    /// Forgets one channel: something of it alone was changed.
    pub fn forget_channel(&self, channel: &Channel) {
        self.channels.remove(&channel.id);
        self.organizations.remove(&channel.organization);
    }

    /// Forgets channels and agents: something was changed.
    pub fn forget(&self) {
        self.channels.clear();
        self.organizations.clear();
        self.deployments.clear();
    }
}

/// A small cache whose entries live [`LIFE`]. Only what exists is kept, so asking for what does not cannot fill it.
#[derive(Debug)]
struct Kept<K, V>(Mutex<Round<K, V>>);

/// What was read since the cache was last cleared.
#[derive(Debug)]
struct Round<K, V> {
    /// How often it was cleared.
    number: u64,
    entries: HashMap<K, (Timestamp, Arc<V>)>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Round { number: 0, entries: HashMap::new() }))
    }
}

impl<K: std::hash::Hash + Eq, V> Kept<K, V> {
    /// What is at hand.
    fn get(&self, key: &K, now: Timestamp) -> Option<Arc<V>> {
        let kept = self.kept();
        let (at, value) = kept.entries.get(key)?;
        (now.since(*at) < LIFE).then(|| Arc::clone(value))
    }

    /// To be asked before reading what is then [`put`](Self::put).
    fn round(&self) -> u64 {
        self.kept().number
    }

    /// Keeps what was read, unless the cache was cleared since: then it may be from before the change.
    fn put(&self, key: K, value: V, (now, round): (Timestamp, u64)) -> Arc<V> {
        let (value, mut kept) = (Arc::new(value), self.kept());
        if kept.number == round {
            kept.entries.insert(key, (now, Arc::clone(&value)));
        }
        value
    }

    /// Forgets one. What is being read meanwhile is not kept, whichever it is.
    fn remove(&self, key: &K) {
        let mut kept = self.kept();
        kept.number += 1;
        kept.entries.remove(key);
    }

    fn clear(&self) {
        let mut kept = self.kept();
        kept.number += 1;
        kept.entries.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Round<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (kept, now) = (Kept::<u8, u8>::default(), Timestamp::from_millis(0));
        let round = kept.round();
        kept.put(1, 1, (now, round));
        assert_eq!(kept.get(&1, now).as_deref(), Some(&1));
        kept.clear();
        assert_eq!(*kept.put(1, 1, (now, round)), 1);
        assert_eq!(kept.get(&1, now), None);
    }

    #[test]
    fn one_is_forgotten_without_the_others() {
        let (kept, now) = (Kept::<u8, u8>::default(), Timestamp::from_millis(0));
        for key in [1, 2] {
            kept.put(key, key, (now, kept.round()));
        }
        let round = kept.round();
        kept.remove(&1);
        assert_eq!((kept.get(&1, now), kept.get(&2, now).as_deref()), (None, Some(&2)));
        kept.put(1, 1, (now, round));
        assert_eq!(kept.get(&1, now), None, "it may be from before the change");
    }
}
