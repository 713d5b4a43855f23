//! Reading channels. Those that were deleted are not there. A channel and its secrets are read by one statement: nobody sees
//! the settings of one revision with the secrets of another.

use uuid::Uuid;
use warta_core::channel::{Account, Environment, Protocol};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::time::Timestamp;

use crate::channels::rows::{Channel, Held, Row, Standing, columns};
use crate::channels::secrets;
use crate::db::{from_row, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// Channels with their secrets, in the order in which these are to be tried.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT",
            columns!(),
            ", s.id AS secret_id, s.kind, s.sealed, s.created_at, s.expires_at, s.ends_at,
               s.proven_at IS NOT NULL AS proven, s.refusal IS NOT NULL AS refused
             FROM channel LEFT JOIN channel_secret s
               ON s.organization_id = channel.organization_id AND s.channel_id = channel.id
             WHERE channel.deleted_at IS NULL AND ",
            $where,
            " ORDER BY channel.id, s.kind NOT IN ('app_secret', 'webhook_secret') AND s.refusal IS NOT NULL,
                s.kind NOT IN ('app_secret', 'webhook_secret') AND s.proven_at IS NULL, s.id DESC"
        )
    };
}

impl Store {
    /// A channel, whoever owns it. Unscoped: a webhook knows nothing but the id.
    ///
    /// # Errors
    ///
    /// When the database fails, a row is corrupt or a secret does not open.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, Error> {
        const SQL: &str = select!("channel.id = $1");
        let rows: Vec<Joined> =
            read!(self, pool => sqlx::query_as(SQL).bind(id.uuid()).fetch_all(pool).await?);
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
            select!("channel.organization_id = $1 AND channel.agent_id = $2 AND channel.environment = $3");
        let rows: Vec<Joined> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(agent.uuid())
            .bind(environment.as_str()).fetch_all(pool).await?);
        Ok(self.opened(rows)?.pop())
    }

    /// The channels of an organization, the oldest first.
    ///
    /// # Errors
    ///
    /// As [`Store::channel`].
    pub async fn channels(&self, scope: Scope) -> Result<Vec<Channel>, Error> {
        const SQL: &str = select!("channel.organization_id = $1");
        let rows: Vec<Joined> =
            read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).fetch_all(pool).await?);
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

    /// The channels of rows that are in order of the channel.
    fn opened(&self, rows: Vec<Joined>) -> Result<Vec<Channel>, Error> {
        let mut channels: Vec<Channel> = Vec::new();
        for row in rows {
            let channel = row.channel.channel()?;
            if channels.last().is_none_or(|last| last.id != channel.id) {
                channels.push(channel);
            }
            let (Some(channel), Some(id), Some(kind), Some(sealed)) =
                (channels.last_mut(), row.secret_id, row.kind, row.sealed)
            else {
                continue;
            };
            let kind = kind.parse().map_err(|_| secrets::corrupt("kind", id))?;
            let place = (channel.organization.uuid(), channel.id.uuid());
            let secret = secrets::open(self.key(), place, (id, kind), &sealed)?;
            let expires_at = row.expires_at.map(Timestamp::from_millis);
            let life = row.created_at.zip(row.ends_at);
            let life = life.map(|(from, to)| (Timestamp::from_millis(from), Timestamp::from_millis(to)));
            let standing = match (row.refused, row.proven) {
                (true, _) => Standing::Refused,
                (false, true) => Standing::Proven,
                (false, false) => Standing::Untried,
            };
            channel.secrets.entry(kind).or_default().push(Held {
                row: id,
                secret,
                standing,
                expires_at,
                life,
            });
        }
        Ok(channels)
    }
}

from_row! {
    /// A channel and one of its secrets, if it has any.
    struct Joined {
        ..channel: Row,
        secret_id: Option<Uuid>,
        kind: Option<String>,
        sealed: Option<Vec<u8>>,
        created_at: Option<i64>,
        expires_at: Option<i64>,
        ends_at: Option<i64>,
        proven: bool,
        refused: bool,
    }
}
