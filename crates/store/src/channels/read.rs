//! Reading channels. Those that were deleted are not there.

use std::collections::HashMap;

use uuid::Uuid;
use warta_core::channel::{Account, Environment, Protocol};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};

use crate::channels::rows::{Channel, Row};
use crate::channels::secrets::SealedRow;
use crate::db::read;
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// Channels with their secrets in one statement: two of them could show a channel before a change with its secrets after it.
macro_rules! channels_where {
    ($condition:literal) => {
        concat!(
            "SELECT h.organization_id, h.id, h.agent_id, h.environment, h.protocol, h.state, h.account, h.settings, h.revision,
               h.checkup, s.id AS secret, s.kind, s.sealed, s.expires_at, s.proven_at IS NOT NULL AS proven,
               s.refusal IS NOT NULL AS refused
             FROM channel h
             LEFT JOIN channel_secret s ON s.organization_id = h.organization_id AND s.channel_id = h.id
             WHERE h.deleted_at IS NULL AND ",
            $condition,
            " ORDER BY h.id, s.id DESC"
        )
    };
}

/// A channel with one of its secrets, or with none.
#[derive(sqlx::FromRow)]
struct Joined {
    #[sqlx(flatten)]
    row: Row,
    secret: Option<Uuid>,
    kind: Option<String>,
    sealed: Option<Vec<u8>>,
    expires_at: Option<i64>,
    proven: bool,
    refused: bool,
}

impl Joined {
    fn split(self) -> (Row, Option<SealedRow>) {
        let Self { row, secret, kind, sealed, expires_at, proven, refused } = self;
        let secret = secret.zip(kind).zip(sealed);
        (row, secret.map(|((id, kind), sealed)| (id, kind, sealed, expires_at, proven, refused)))
    }
}

impl Store {
    /// A channel, whoever owns it. Unscoped: a webhook knows nothing but the id.
    ///
    /// # Errors
    ///
    /// When the database fails, a row is corrupt or a secret does not open.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, Error> {
        const SQL: &str = channels_where!("h.id = $1");
        let rows = read!(self, pool => sqlx::query_as(SQL).bind(id.uuid()).fetch_all(pool).await?);
        Ok(self.opened(rows)?.pop())
    }

    /// The channel of an agent in one environment.
    ///
    /// # Errors
    ///
    /// As [`Store::channel`].
    pub async fn channel_of(
        &self,
        scope: Scope,
        agent: AgentId,
        environment: Environment,
    ) -> Result<Option<Channel>, Error> {
        const SQL: &str =
            channels_where!("h.organization_id = $1 AND h.agent_id = $2 AND h.environment = $3");
        let rows = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(agent.uuid())
            .bind(environment.as_str()).fetch_all(pool).await?);
        Ok(self.opened(rows)?.pop())
    }

    /// The channels of an organization, the oldest first.
    ///
    /// # Errors
    ///
    /// As [`Store::channel`].
    pub async fn channels(&self, scope: Scope) -> Result<Vec<Channel>, Error> {
        const SQL: &str = channels_where!("h.organization_id = $1");
        let rows = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).fetch_all(pool).await?);
        self.opened(rows)
    }

    /// Who has an account in use. Unscoped: the caller shows of it what its reader may know.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn channel_of_account(
        &self,
        protocol: Protocol,
        account: &Account,
    ) -> Result<Option<(OrganizationId, AgentId, Environment)>, Error> {
        const SQL: &str = "
            SELECT organization_id, id, agent_id, environment FROM channel
            WHERE protocol = $1 AND account = $2 AND state <> 'saved' AND deleted_at IS NULL";
        let row: Option<(Uuid, Uuid, Uuid, String)> = read!(self, pool => sqlx::query_as(SQL)
            .bind(protocol.as_str()).bind(account.as_str()).fetch_optional(pool).await?);
        let Some((organization, id, agent, environment)) = row else { return Ok(None) };
        let environment = environment.parse().map_err(|_| Error::Corrupt {
            table: "channel",
            column: "environment",
            id: ChannelId::from_uuid(id).to_string(),
        })?;
        Ok(Some((OrganizationId::from_uuid(organization), AgentId::from_uuid(agent), environment)))
    }

    /// The channels of rows that stand together by channel.
    fn opened(&self, rows: Vec<Joined>) -> Result<Vec<Channel>, Error> {
        let mut channels: Vec<Channel> = Vec::new();
        let mut secrets: HashMap<ChannelId, Vec<SealedRow>> = HashMap::new();
        for (row, secret) in rows.into_iter().map(Joined::split) {
            let channel = row.channel()?;
            secrets.entry(channel.id).or_default().extend(secret);
            if channels.last().is_none_or(|last| last.id != channel.id) {
                channels.push(channel);
            }
        }
        for channel in &mut channels {
            self.open_secrets(channel, secrets.remove(&channel.id).unwrap_or_default())?;
        }
        Ok(channels)
    }
}
