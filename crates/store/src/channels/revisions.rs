//! How a channel was configured after each change. Revisions are only ever added, and none holds a secret.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::{Account, Protocol, SecretKind, State};
use warta_core::ids::ChannelId;
use warta_core::session;
use warta_core::time::Timestamp;

use crate::audit::{Entry, storable};
use crate::channels::rows::Channel;
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// A change of a channel and how it was configured after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Counts from 1.
    pub revision: i64,
    /// When.
    pub at: Timestamp,
    /// Who, in words.
    pub actor: String,
    /// What changed: `created`, `account`, `settings`, `state`, `secret`, `promoted`, `deleted`, `restored`, ….
    pub change: String,
    /// How it was configured then.
    pub snapshot: Snapshot,
}

/// How a channel is configured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The provider.
    pub protocol: Protocol,
    /// What identifies it to the provider.
    pub account: Option<Account>,
    /// The protocol's own settings.
    pub settings: Value,
    /// How sessions end.
    #[serde(default)]
    pub session: session::Settings,
    /// Where it stands.
    pub state: State,
    /// The secrets that are valid then, the newest first.
    pub secrets: Vec<SecretMark>,
}

/// What tells a secret from others without being it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretMark {
    /// What it is for.
    pub kind: SecretKind,
    /// Its row.
    #[serde(with = "text")]
    pub row: Uuid,
    /// Its last four characters; empty for one so short that they would tell it.
    pub last_four: String,
}

impl Store {
    /// The revisions of a channel, also of one that was deleted: the newest first, those before `before` where given.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn revisions(
        &self,
        scope: Scope,
        channel: ChannelId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Revision>, Error> {
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(REVISIONS).bind(scope.uuid()).bind(channel.uuid())
            .bind(before.unwrap_or(i64::MAX)).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(|row| row.revision(channel)).collect()
    }

    /// One revision of a channel.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn revision(
        &self,
        scope: Scope,
        channel: ChannelId,
        revision: i64,
    ) -> Result<Option<Revision>, Error> {
        const SQL: &str = "
            SELECT revision, at, actor, change, snapshot FROM channel_revision
            WHERE organization_id = $1 AND channel_id = $2 AND revision = $3";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(channel.uuid())
            .bind(revision).fetch_optional(pool).await?);
        row.map(|row| row.revision(channel)).transpose()
    }
}

pub(crate) const REVISIONS: &str = "
    SELECT revision, at, actor, change, snapshot FROM channel_revision
    WHERE organization_id = $1 AND channel_id = $2 AND revision < $3 ORDER BY revision DESC LIMIT $4";

/// Writes down how a channel is configured now.
pub(super) async fn insert(tx: &mut Tx, channel: &Channel, word: &str, entry: &Entry) -> Result<(), Error> {
    const SECRETS: &str = "
        SELECT id, kind, last_four FROM channel_secret
        WHERE organization_id = $1 AND channel_id = $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY id DESC";
    const SQL: &str = "
        INSERT INTO channel_revision (organization_id, channel_id, revision, at, actor, change, snapshot)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (organization, id, at) = (channel.organization.uuid(), channel.id.uuid(), entry.at.as_millis());
    let secrets: Vec<(Uuid, String, String)> =
        on!(tx, c => sqlx::query_as(SECRETS).bind(organization).bind(id).bind(at).fetch_all(c).await?);
    let corrupt = |_| corrupt("channel_secret", "kind", channel.id);
    let secrets = secrets.into_iter().map(|(row, kind, last_four)| {
        Ok(SecretMark { kind: kind.parse().map_err(corrupt)?, row, last_four })
    });
    let snapshot = Snapshot {
        protocol: channel.protocol,
        account: channel.account.clone(),
        settings: channel.settings.clone(),
        session: channel.session.clone(),
        state: channel.state,
        secrets: secrets.collect::<Result<_, Error>>()?,
    };
    let snapshot = serde_json::to_string(&snapshot)
        .map_err(|_| self::corrupt("channel_revision", "snapshot", channel.id))?;
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(id).bind(channel.revision).bind(at).bind(storable(&entry.by.actor))
        .bind(word).bind(snapshot).execute(c).await?.rows_affected());
    Ok(())
}

from_row! {
    struct Row {
        revision: i64,
        at: i64,
        actor: String,
        change: String,
        snapshot: String,
    }
}

impl Row {
    fn revision(self, channel: ChannelId) -> Result<Revision, Error> {
        Ok(Revision {
            revision: self.revision,
            at: Timestamp::from_millis(self.at),
            actor: self.actor,
            change: self.change,
            snapshot: serde_json::from_str(&self.snapshot)
                .map_err(|_| corrupt("channel_revision", "snapshot", channel))?,
        })
    }
}

fn corrupt(table: &'static str, column: &'static str, channel: ChannelId) -> Error {
    Error::Corrupt { table, column, id: channel.to_string() }
}

/// A UUID as its text.
mod text {
    use serde::{Deserialize, Deserializer, Serializer};
    use uuid::Uuid;

    pub(super) fn serialize<S: Serializer>(uuid: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(uuid)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
