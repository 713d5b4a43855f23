//! Organizations, agents and their deployments.

use uuid::Uuid;
use warta_core::channel::Environment;
use warta_core::ids::{AgentId, OrganizationId};
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::db::{on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::seal::Place;
use crate::store::Store;

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
}

/// Where an agent lives in one environment.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Where it is called.
    pub url: String,
    /// Signs what it is sent.
    pub secret: Secret,
}

impl Store {
    /// Adds an organization.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn create_organization(
        &self,
        id: OrganizationId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO organization (id, name, created_at) VALUES ($1, $2, $3)";
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(name).bind(now.as_millis()).execute(c).await?.rows_affected());
                Ok(())
            })
        })
        .await
    }

    /// Every organization with its name, the oldest first. Unscoped: for the operator.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn organizations(&self) -> Result<Vec<(OrganizationId, String)>, Error> {
        const SQL: &str = "SELECT id, name FROM organization ORDER BY id";
        let rows: Vec<(Uuid, String)> = read!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(id, name)| (OrganizationId::from_uuid(id), name)).collect())
    }

    /// Adds an agent.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn create_agent(
        &self,
        scope: Scope,
        id: AgentId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO agent (organization_id, id, name, created_at) VALUES ($1, $2, $3, $4)";
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let at = now.as_millis();
                on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(name).bind(at).execute(c).await?.rows_affected());
                Ok(())
            })
        })
        .await
    }

    /// The agents of an organization, the oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn agents(&self, scope: Scope) -> Result<Vec<Agent>, Error> {
        const SQL: &str = "SELECT id, name FROM agent WHERE organization_id = $1 ORDER BY id";
        let rows: Vec<(Uuid, String)> =
            read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(id, name)| Agent { id: AgentId::from_uuid(id), name }).collect())
    }

    /// Says where an agent lives in one environment, for the first time or anew.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn put_deployment(
        &self,
        scope: Scope,
        (agent, environment): (AgentId, Environment),
        url: &str,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "
            INSERT INTO deployment (organization_id, agent_id, environment, url, sealed_secret, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (organization_id, agent_id, environment) DO UPDATE SET
              url = excluded.url, sealed_secret = excluded.sealed_secret, updated_at = excluded.updated_at";
        let (agent_id, environment_word) = (agent.uuid(), environment.as_str());
        let row = [agent_id.as_bytes().as_slice(), environment_word.as_bytes()];
        let sealed = self.key().seal(secret.expose().as_bytes(), place(scope, &row));
        let url = url.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(agent.uuid()).bind(environment.as_str()).bind(url)
                    .bind(sealed).bind(now.as_millis()).execute(c).await?.rows_affected());
                Ok(())
            })
        })
        .await
    }

    /// Where an agent lives in one environment.
    ///
    /// # Errors
    ///
    /// When the database fails or the secret does not open.
    pub async fn deployment(
        &self,
        scope: Scope,
        agent: AgentId,
        environment: Environment,
    ) -> Result<Option<Deployment>, Error> {
        const SQL: &str = "
            SELECT url, sealed_secret FROM deployment WHERE organization_id = $1 AND agent_id = $2 AND environment = $3";
        let row: Option<(String, Vec<u8>)> = read!(self, pool => sqlx::query_as(SQL)
            .bind(scope.uuid()).bind(agent.uuid()).bind(environment.as_str()).fetch_optional(pool).await?);
        let Some((url, sealed)) = row else { return Ok(None) };
        let (agent_id, environment_word) = (agent.uuid(), environment.as_str());
        let row = [agent_id.as_bytes().as_slice(), environment_word.as_bytes()];
        let opened = self.key().open(&sealed, place(scope, &row));
        let corrupt =
            || Error::Corrupt { table: "deployment", column: "sealed_secret", id: agent.to_string() };
        let secret = String::from_utf8(opened.map_err(|_| corrupt())?).map_err(|_| corrupt())?;
        Ok(Some(Deployment { url, secret: Secret::new(&secret) }))
    }
}

fn place<'a>(scope: Scope, row: &'a [&'a [u8]]) -> Place<'a> {
    Place { column: "deployment.sealed_secret", organization: scope.uuid(), row }
}
