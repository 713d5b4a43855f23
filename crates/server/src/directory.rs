//! Channels and agents, kept at hand: every webhook and every claim needs them, and they rarely change.
//!
//! An entry lives two seconds, so that what one node changes the others see soon; a change made here is seen at once by
//! forgetting.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;
use warta_core::channel::{Environment, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::policy::renewal::Failed;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;
use warta_protocol::Provider;
use warta_protocol::verify::{Call, Refused, Verified};
use warta_store::{Channel, Deployment, RefusedCall, Scope, SecretKind, Store};

use crate::flow::hook;
use crate::flow::renewal::Queue;
use crate::flow::template_ids::Ids;
use crate::flow::token::Checked;

const LIFE: Duration = Duration::from_secs(2);
/// How long after a read that was in vain no other is made for an unknown secret: whoever guesses cannot make us read each
/// time.
const IN_VAIN: Duration = Duration::from_millis(100);
/// How often the use of a secret is noted.
const NOTE: Duration = Duration::from_mins(1);
/// How often a refused call is noted: anybody can cause one.
const NOTE_REFUSAL: Duration = Duration::from_secs(10);

/// About how many tokens it is kept what the provider said.
const CHECKED: usize = 1_000;

/// What is at hand.
#[derive(Debug, Default)]
pub struct Directory {
    channels: Kept<ChannelId, Line>,
    organizations: Kept<OrganizationId, Vec<Arc<Line>>>,
    deployments: Kept<(AgentId, Environment), Deployment>,
    /// When a channel was last read anew without learning the secret that was shown.
    vain: Mutex<HashMap<ChannelId, Timestamp>>,
    /// When the use of a secret was last noted, by its row.
    uses: Mutex<HashMap<Uuid, Timestamp>>,
    /// The channels that are being checked up.
    checkups: Mutex<HashSet<ChannelId>>,
    /// When a refused call was last noted.
    refusals: Mutex<HashMap<(ChannelId, RefusedCall), Timestamp>>,
    /// What the provider last said about an access token, by its row: for the page after the check.
    checked: Mutex<HashMap<Uuid, Checked>>,
    /// The channels whose token somebody here renews or waits for.
    renewing: Mutex<HashMap<ChannelId, Arc<Queue>>>,
    /// Renewals that came to nothing, while they rest: whoever would renew early need not ask the store each time.
    resting: Mutex<HashMap<ChannelId, Failed>>,
    /// The ids under which templates go out.
    pub(crate) template_ids: Ids,
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
        let secrets: Vec<_> = self.secrets(hook::proof(self.channel.protocol), now).collect();
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

    /// The channel anew, because a secret was shown that the one at hand does not know: so one that another node was given
    /// a moment ago is known here as well. `None` shortly after a read that was [`Directory::in_vain`].
    ///
    /// # Errors
    ///
    /// As [`Directory::line`].
    pub async fn line_anew(
        &self,
        store: &Store,
        id: ChannelId,
        now: Timestamp,
    ) -> Result<Option<Arc<Line>>, Error> {
        let vain = self.vain.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied();
        if vain.is_some_and(|at| now.since(at) < IN_VAIN) {
            Ok(None)
        } else {
            self.read(store, id, now).await
        }
    }

    /// A channel was read anew, and the secret is still not known.
    pub fn in_vain(&self, id: ChannelId, now: Timestamp) {
        let mut vain = self.vain.lock().unwrap_or_else(PoisonError::into_inner);
        vain.retain(|_, at| now.since(*at) < IN_VAIN);
        vain.insert(id, now);
    }

    async fn read(&self, store: &Store, id: ChannelId, now: Timestamp) -> Result<Option<Arc<Line>>, Error> {
        let round = self.channels.round();
        let Some(channel) = store.channel(id).await? else { return Ok(None) };
        Ok(Line::new(channel)?.map(|line| self.channels.put(id, line, (now, round))))
    }

    /// Whether the use of a secret is to be noted now: once a minute.
    pub fn notes_use(&self, row: Uuid, now: Timestamp) -> bool {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.get(&row).is_some_and(|at| now.since(*at) < NOTE) {
            return false;
        }
        uses.retain(|_, at| now.since(*at) < NOTE);
        uses.insert(row, now);
        true
    }

    /// The next use of these secrets is to be noted whenever it comes: something was refused in between.
    pub fn forget_uses(&self, rows: impl Iterator<Item = Uuid>) {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            uses.remove(&row);
        }
    }

    /// Whether a channel's check-up may begin: one at a time.
    pub fn begins_checkup(&self, channel: ChannelId) -> bool {
        self.checkups.lock().unwrap_or_else(PoisonError::into_inner).insert(channel)
    }

    /// Whether a channel's check-up is under way.
    pub fn is_checked(&self, channel: ChannelId) -> bool {
        self.checkups.lock().unwrap_or_else(PoisonError::into_inner).contains(&channel)
    }

    /// A channel's check-up has ended.
    pub fn ends_checkup(&self, channel: ChannelId) {
        self.checkups.lock().unwrap_or_else(PoisonError::into_inner).remove(&channel);
    }

    /// Whether a refused call to a channel's webhook is to be noted now: every ten seconds, however many come.
    pub fn notes_refusal(&self, channel: ChannelId, call: RefusedCall, now: Timestamp) -> bool {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.retain(|_, at| now.since(*at) < NOTE_REFUSAL);
        if refusals.contains_key(&(channel, call)) {
            return false;
        }
        refusals.insert((channel, call), now).is_none()
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

    /// What the provider last said here about an access token.
    pub fn checked(&self, row: Uuid) -> Option<Checked> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).get(&row).cloned()
    }

    /// Keeps what the provider said about an access token, until the next start.
    pub fn note_checked(&self, row: Uuid, said: Checked) {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if checked.len() >= CHECKED {
            checked.clear();
        }
        checked.insert(row, said);
    }

    /// Where those queue who need a channel's token renewed.
    pub fn renewing(&self, channel: ChannelId) -> Arc<Queue> {
        let mut renewing = self.renewing.lock().unwrap_or_else(PoisonError::into_inner);
        renewing.retain(|_, queue| Arc::strong_count(queue) > 1);
        Arc::clone(renewing.entry(channel).or_default())
    }

    /// Whether a renewal of a channel's token came to nothing so lately that it is too early for another, as far as is known here.
    pub fn renewal_rests(&self, channel: &Channel, now: Timestamp) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.get(&channel.id).is_some_and(|failed| failed.rests(channel.revision, now))
    }

    /// Keeps that a renewal came to nothing, for as long as it rests.
    pub fn note_resting(&self, channel: ChannelId, failed: Failed, now: Timestamp) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|_, failed| failed.rests(failed.revision, now));
        resting.insert(channel, failed);
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
