//! Channels and their secrets.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::{Account, Environment, Protocol, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::db::{Tx, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::seal::{Place, SealingKey};
use crate::store::Store;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretKind {
    /// Opens the provider's API.
    AccessToken,
    /// Signs the provider's webhooks (Meta).
    AppSecret,
    /// Proves that a webhook is meant for us; generated.
    WebhookSecret,
}

impl SecretKind {
    const ALL: [Self; 3] = [Self::AccessToken, Self::AppSecret, Self::WebhookSecret];

    const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::AppSecret => "app_secret",
            Self::WebhookSecret => "webhook_secret",
        }
    }
}

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
    /// What identifies it to the provider.
    pub account: Account,
    /// The protocol's own settings.
    pub settings: Value,
    /// Grows with every change.
    pub revision: i64,
    secrets: HashMap<SecretKind, Vec<(Secret, Option<Timestamp>)>>,
}

impl Channel {
    /// The secrets of a kind that are valid at `now`, the newest first.
    pub fn secrets(&self, kind: SecretKind, now: Timestamp) -> impl Iterator<Item = &Secret> + Clone {
        let all = self.secrets.get(&kind).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(move |(_, ends)| ends.is_none_or(|ends| ends > now)).map(|(secret, _)| secret)
    }
}

/// A channel to create.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Whose.
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
    /// What identifies it to the provider.
    pub account: Account,
    /// The protocol's own settings.
    pub settings: Value,
    /// Its secrets, each with the id of its row.
    pub secrets: Vec<(Uuid, SecretKind, Secret)>,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// Adds a channel, with its secrets and its number.
    ///
    /// # Errors
    ///
    /// [`Error::EnvironmentTaken`], [`Error::AccountTaken`], or the database's.
    pub async fn create_channel(&self, new: NewChannel) -> Result<(), Error> {
        const SQL: &str = "
            INSERT INTO channel (organization_id, id, agent_id, environment, protocol, state, account, settings, revision,
              created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)";
        const NUMBER: &str = "INSERT INTO number (organization_id, channel_id) VALUES ($1, $2)";
        let key = self.key().clone();
        self.write(move |tx| {
            Box::pin(async move {
                let (organization, id, at) = (new.organization.uuid(), new.id.uuid(), new.now.as_millis());
                let inserted = on!(tx, c => sqlx::query(SQL)
                    .bind(organization).bind(id).bind(new.agent.uuid()).bind(new.environment.as_str())
                    .bind(new.protocol.as_str()).bind(new.state.as_str()).bind(new.account.as_str())
                    .bind(new.settings.to_string()).bind(at).execute(c).await.map(|done| done.rows_affected()));
                inserted.map_err(taken)?;
                on!(tx, c => sqlx::query(NUMBER).bind(organization).bind(id).execute(c).await?.rows_affected());
                for (row, kind, secret) in &new.secrets {
                    insert_secret(tx, &key, (organization, id, *row), (*kind, secret), new.now).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Replaces a channel's settings.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn put_channel_settings(
        &self,
        scope: Scope,
        id: ChannelId,
        settings: &Value,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel SET settings = $3, revision = revision + 1, updated_at = $4
            WHERE organization_id = $1 AND id = $2";
        let settings = settings.to_string();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(settings)
                    .bind(now.as_millis()).execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// Moves a channel to another state. What waited while it was paused becomes due.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::AccountTaken`], or the database's.
    pub async fn set_channel_state(
        &self,
        scope: Scope,
        id: ChannelId,
        state: State,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel SET state = $3, revision = revision + 1, updated_at = $4
            WHERE organization_id = $1 AND id = $2";
        self.write(move |tx| {
            Box::pin(async move {
                let updated = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(state.as_str())
                    .bind(now.as_millis()).execute(c).await.map(|done| done.rows_affected()));
                tx.due.conversations = true;
                tx.due.numbers = true;
                if updated.map_err(taken)? == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// Gives a channel a new secret of a kind. Those it has of that kind stay valid for `overlap` more.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn put_secret(
        &self,
        scope: Scope,
        (channel, row): (ChannelId, Uuid),
        (kind, secret): (SecretKind, Secret),
        overlap: std::time::Duration,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE channel_secret SET expires_at = $4
            WHERE organization_id = $1 AND channel_id = $2 AND kind = $3 AND (expires_at IS NULL OR expires_at > $4)";
        let key = self.key().clone();
        self.write(move |tx| {
            Box::pin(async move {
                let place = (scope.uuid(), channel.uuid(), row);
                on!(tx, c => sqlx::query(SQL).bind(place.0).bind(place.1).bind(kind.as_str())
                    .bind(now.after(overlap).as_millis()).execute(c).await?.rows_affected());
                insert_secret(tx, &key, place, (kind, &secret), now).await
            })
        })
        .await
    }

    /// A channel, whoever owns it. Unscoped: a webhook knows nothing but the id.
    ///
    /// # Errors
    ///
    /// When the database fails, a row is corrupt or a secret does not open.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, Error> {
        const SQL: &str = "
            SELECT organization_id, id, agent_id, environment, protocol, state, account, settings, revision
            FROM channel WHERE id = $1";
        let row: Option<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(pool).await?);
        match row {
            None => Ok(None),
            Some(row) => self.with_secrets(row).await.map(Some),
        }
    }

    /// The channels of an organization, the oldest first.
    ///
    /// # Errors
    ///
    /// As [`Store::channel`].
    pub async fn channels(&self, scope: Scope) -> Result<Vec<Channel>, Error> {
        const SQL: &str = "
            SELECT organization_id, id, agent_id, environment, protocol, state, account, settings, revision
            FROM channel WHERE organization_id = $1 ORDER BY id";
        let rows: Vec<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).fetch_all(pool).await?);
        let mut channels = Vec::with_capacity(rows.len());
        for row in rows {
            channels.push(self.with_secrets(row).await?);
        }
        Ok(channels)
    }

    async fn with_secrets(&self, row: Row) -> Result<Channel, Error> {
        const SQL: &str = "
            SELECT id, kind, sealed, expires_at FROM channel_secret
            WHERE organization_id = $1 AND channel_id = $2 ORDER BY id DESC";
        let mut channel = row.channel()?;
        let (organization, id) = (channel.organization.uuid(), channel.id.uuid());
        let rows: Vec<(Uuid, String, Vec<u8>, Option<i64>)> =
            read!(self, pool => sqlx::query_as(SQL).bind(organization).bind(id).fetch_all(pool).await?);
        for (row, kind, sealed, expires_at) in rows {
            let corrupt = |column| Error::Corrupt { table: "channel_secret", column, id: row.to_string() };
            let kind = SecretKind::ALL.into_iter().find(|known| known.as_str() == kind);
            let kind = kind.ok_or_else(|| corrupt("kind"))?;
            let opened = self.key().open(&sealed, place(organization, &place_row(&id, &row, kind)));
            let opened = opened.map_err(|_| corrupt("sealed"))?;
            let secret = Secret::new(&String::from_utf8(opened).map_err(|_| corrupt("sealed"))?);
            channel.secrets.entry(kind).or_default().push((secret, expires_at.map(Timestamp::from_millis)));
        }
        Ok(channel)
    }
}

async fn insert_secret(
    tx: &mut Tx,
    key: &SealingKey,
    (organization, channel, row): (Uuid, Uuid, Uuid),
    (kind, secret): (SecretKind, &Secret),
    now: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO channel_secret (organization_id, channel_id, id, kind, sealed, last_four, created_at, expires_at)
        SELECT organization_id, id, $3, $4, $5, $6, $7, NULL FROM channel WHERE organization_id = $1 AND id = $2";
    let sealed = key.seal(secret.expose().as_bytes(), place(organization, &place_row(&channel, &row, kind)));
    let inserted = on!(tx, c => sqlx::query(SQL).bind(organization).bind(channel).bind(row).bind(kind.as_str()).bind(sealed)
        .bind(secret.last_four()).bind(now.as_millis()).execute(c).await?.rows_affected());
    if inserted == 1 { Ok(()) } else { Err(Error::NotFound) }
}

fn place_row<'a>(channel: &'a Uuid, row: &'a Uuid, kind: SecretKind) -> [&'a [u8]; 3] {
    [channel.as_bytes(), row.as_bytes(), kind.as_str().as_bytes()]
}

fn place<'a>(organization: Uuid, row: &'a [&'a [u8]]) -> Place<'a> {
    Place { column: "channel_secret.sealed", organization, row }
}

fn taken(error: sqlx::Error) -> Error {
    if Error::is_unique_violation(&error, "channel_environment", "channel.environment") {
        Error::EnvironmentTaken
    } else if Error::is_unique_violation(&error, "channel_live_account", "channel.account") {
        Error::AccountTaken
    } else {
        error.into()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    id: Uuid,
    agent_id: Uuid,
    environment: String,
    protocol: String,
    state: String,
    account: String,
    settings: String,
    revision: i64,
}

impl Row {
    fn channel(self) -> Result<Channel, Error> {
        let id = ChannelId::from_uuid(self.id);
        let corrupt = |column| Error::Corrupt { table: "channel", column, id: id.to_string() };
        Ok(Channel {
            organization: OrganizationId::from_uuid(self.organization_id),
            id,
            agent: AgentId::from_uuid(self.agent_id),
            environment: self.environment.parse().map_err(|_| corrupt("environment"))?,
            protocol: self.protocol.parse().map_err(|_| corrupt("protocol"))?,
            state: self.state.parse().map_err(|_| corrupt("state"))?,
            account: self.account.parse().map_err(|_| corrupt("account"))?,
            settings: serde_json::from_str(&self.settings).map_err(|_| corrupt("settings"))?,
            revision: self.revision,
            secrets: HashMap::new(),
        })
    }
}
