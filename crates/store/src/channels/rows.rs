//! A channel's row: what it holds, and the two steps of every change: holding it, and writing it with a revision.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::{Account, Environment, Protocol, SecretKind, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::json;
use warta_core::secret::Secret;
use warta_core::session;
use warta_core::time::Timestamp;

use crate::db::from_row;
use crate::error::Error;

/// A channel with its secrets open.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its id.
    pub id: ChannelId,
    /// Whose WhatsApp it is.
    pub agent: AgentId,
    /// In which environment.
    pub environment: Environment,
    /// The provider.
    pub protocol: Protocol,
    /// Where it stands.
    pub state: State,
    /// What identifies it to the provider. A live or paused channel always has one.
    pub account: Option<Account>,
    /// The protocol's own settings.
    pub settings: Value,
    /// How sessions end.
    pub session: session::Settings,
    /// Grows with every change.
    pub revision: i64,
    /// What its check-up last found.
    pub checkup: Option<Value>,
    /// Of each kind, in the order in which they are to be tried.
    pub(super) secrets: HashMap<SecretKind, Vec<Held>>,
}

/// How far a secret can be trusted to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It has worked.
    Proven,
    /// It was never used.
    Untried,
    /// The provider has refused it since it last worked.
    Refused,
}

/// A secret of a channel, open.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) row: Uuid,
    pub(super) secret: Secret,
    pub(super) standing: Standing,
    pub(super) expires_at: Option<Timestamp>,
    /// From when it was given out until the provider ends it by itself, where it said so.
    pub(super) life: Option<(Timestamp, Timestamp)>,
}

impl Channel {
    /// The secrets of a kind that are valid at `now`, in the order in which they are to be tried: those that have worked, then
    /// those that have not been tried, last those that the provider has refused. Within these, and for the kinds that verify
    /// what comes in: the newest first.
    pub fn secrets(&self, kind: SecretKind, now: Timestamp) -> impl Iterator<Item = &Secret> + Clone {
        self.secret_rows_of(kind, now).map(|(_, secret)| secret)
    }

    /// As [`Channel::secrets`], each with the row it stands in.
    pub fn secret_rows_of(
        &self,
        kind: SecretKind,
        now: Timestamp,
    ) -> impl Iterator<Item = (Uuid, &Secret)> + Clone {
        self.valid(kind, now).map(|held| (held.row, &held.secret))
    }

    /// The secrets that open the provider's door for a send, in the order in which it tries them; those of the kind that stands in
    /// for it ([`SecretKind::fallback`]) where there is none of the kind that is asked for.
    #[must_use]
    pub fn keys_to_try(&self, kind: SecretKind, now: Timestamp) -> Vec<(Uuid, &Secret, Standing)> {
        match kind.fallback() {
            Some(other) if self.valid(kind, now).next().is_none() => self.to_try(other, now),
            _ => self.to_try(kind, now),
        }
    }

    /// The secrets of a kind in the order in which a send tries them: one that was never used first, so that a new one proves
    /// itself, then those that have worked, last those that were refused. Within these, the newest first.
    #[must_use]
    pub fn to_try(&self, kind: SecretKind, now: Timestamp) -> Vec<(Uuid, &Secret, Standing)> {
        let mut tokens: Vec<_> =
            self.valid(kind, now).map(|held| (held.row, &held.secret, held.standing)).collect();
        tokens.sort_by_key(|(_, _, standing)| match standing {
            Standing::Untried => 0,
            Standing::Proven => 1,
            Standing::Refused => 2,
        });
        tokens
    }

    /// From when until when a secret lives, where the provider said when it ends it.
    #[must_use]
    pub fn life(&self, row: Uuid) -> Option<(Timestamp, Timestamp)> {
        self.secrets.values().flatten().find(|held| held.row == row)?.life
    }

    fn valid(&self, kind: SecretKind, now: Timestamp) -> impl Iterator<Item = &Held> + Clone {
        let all = self.secrets.get(&kind).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(move |held| held.expires_at.is_none_or(|ends| ends > now))
    }
}

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        " channel.organization_id, channel.id, channel.agent_id, channel.environment, channel.protocol, channel.state,
          channel.account, channel.settings, channel.session, channel.revision, channel.checkup "
    };
}
pub(super) use columns;

/// A channel in use has an account.
pub(super) fn complete(state: State, account: Option<&Account>) -> Result<(), Error> {
    if state != State::Saved && account.is_none() { Err(Error::Incomplete) } else { Ok(()) }
}

/// As the row holds it.
pub(super) fn account_word(account: Option<&Account>) -> &str {
    account.map_or("", Account::as_str)
}

/// As the row holds it.
pub(super) fn session_word(session: &session::Settings) -> String {
    json::text(session)
}

pub(super) fn taken(error: sqlx::Error) -> Error {
    if Error::is_unique_violation(&error, "channel_environment", "channel.environment") {
        Error::EnvironmentTaken
    } else if Error::is_unique_violation(&error, "channel_live_account", "channel.account") {
        Error::AccountTaken
    } else {
        error.into()
    }
}

from_row! {
    pub(super) struct Row {
        organization_id: Uuid,
        id: Uuid,
        agent_id: Uuid,
        environment: String,
        protocol: String,
        state: String,
        account: String,
        settings: String,
        session: String,
        revision: i64,
        checkup: Option<String>,
    }
}

impl Row {
    /// The channel, without its secrets.
    pub(super) fn channel(self) -> Result<Channel, Error> {
        let id = ChannelId::from_uuid(self.id);
        let corrupt = |column| Error::Corrupt { table: "channel", column, id: id.to_string() };
        let account = (!self.account.is_empty()).then(|| self.account.parse());
        let checkup = self.checkup.map(|checkup| serde_json::from_str(&checkup));
        Ok(Channel {
            organization: OrganizationId::from_uuid(self.organization_id),
            id,
            agent: AgentId::from_uuid(self.agent_id),
            environment: self.environment.parse().map_err(|_| corrupt("environment"))?,
            protocol: self.protocol.parse().map_err(|_| corrupt("protocol"))?,
            state: self.state.parse().map_err(|_| corrupt("state"))?,
            account: account.transpose().map_err(|_| corrupt("account"))?,
            settings: serde_json::from_str(&self.settings).map_err(|_| corrupt("settings"))?,
            session: serde_json::from_str(&self.session).map_err(|_| corrupt("session"))?,
            revision: self.revision,
            checkup: checkup.transpose().map_err(|_| corrupt("checkup"))?,
            secrets: HashMap::new(),
        })
    }
}
