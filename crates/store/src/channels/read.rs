//! Reading channels. Those that were deleted are not there.

use uuid::Uuid;
use warta_core::channel::{Account, Environment, Protocol};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};

use crate::channels::rows::{Channel, Row, columns};
use crate::db::read;
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

impl Store {
    /// A channel, whoever owns it. Unscoped: a webhook knows nothing but the id.
    ///
    /// # Errors
    ///
    /// When the database fails, a row is corrupt or a secret does not open.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, Error> {
        const SQL: &str = columns!("SELECT", "FROM channel WHERE id = $1 AND deleted_at IS NULL");
        let row: Option<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(pool).await?);
        self.opened(row).await
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
        const SQL: &str = columns!(
            "SELECT",
            "FROM channel WHERE organization_id = $1 AND agent_id = $2 AND environment = $3 AND deleted_at IS NULL"
        );
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(agent.uuid())
            .bind(environment.as_str()).fetch_optional(pool).await?);
        self.opened(row).await
    }

    /// The channels of an organization, the oldest first.
    ///
    /// # Errors
    ///
    /// As [`Store::channel`].
    pub async fn channels(&self, scope: Scope) -> Result<Vec<Channel>, Error> {
        const SQL: &str =
            columns!("SELECT", "FROM channel WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY id");
        let rows: Vec<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).fetch_all(pool).await?);
        let mut channels = Vec::with_capacity(rows.len());
        for row in rows {
            channels.extend(self.opened(Some(row)).await?);
        }
        Ok(channels)
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

    async fn opened(&self, row: Option<Row>) -> Result<Option<Channel>, Error> {
        let Some(row) = row else { return Ok(None) };
        let mut channel = row.channel()?;
        self.open_secrets(&mut channel).await?;
        Ok(Some(channel))
    }
}
