//! Where agents live, in each environment.

use serde_json::Value;
use uuid::Uuid;
use warta_core::channel::{Environment, State};
use warta_core::ids::AgentId;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use crate::audit::{self, Entry, storable};
use crate::channels;
use crate::db::{Tx, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::seal::Place;
use crate::store::Store;

/// Where an agent lives in one environment.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Where it is called.
    pub url: String,
    /// Signs what it is sent.
    pub secret: Secret,
    /// When this was last said.
    pub updated_at: Timestamp,
    /// What came of the last test of it, as it is now.
    pub last_test: Option<Value>,
}

/// What becomes of an agent's Draft channel when its draft deployment is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftChannel {
    /// It is deleted.
    Delete,
    /// It is paused when it is live.
    Pause,
    /// It stays as it is.
    Keep,
}

impl Store {
    /// Says where an agent lives in one environment, for the first time or anew.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such agent, or the database's.
    pub async fn put_deployment(
        &self,
        scope: Scope,
        (agent, environment): (AgentId, Environment),
        url: &str,
        secret: &Secret,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = "
            INSERT INTO deployment (organization_id, agent_id, environment, url, sealed_secret, updated_at)
            SELECT organization_id, id, $3, $4, $5, $6 FROM agent
            WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL
            ON CONFLICT (organization_id, agent_id, environment) DO UPDATE SET
              url = excluded.url, sealed_secret = excluded.sealed_secret, updated_at = excluded.updated_at,
              last_test = NULL";
        let (agent_id, environment_word) = (agent.uuid(), environment.as_str());
        let row = [agent_id.as_bytes().as_slice(), environment_word.as_bytes()];
        let sealed = self.key().seal(secret.expose().as_bytes(), place(scope, &row));
        let (url, entry) = (storable(url), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(agent.uuid())
                    .bind(environment.as_str()).bind(url).bind(sealed).bind(entry.at.as_millis())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Where an agent lives in one environment.
    ///
    /// # Errors
    ///
    /// When the database fails, a row is corrupt or the secret does not open.
    pub async fn deployment(
        &self,
        scope: Scope,
        agent: AgentId,
        environment: Environment,
    ) -> Result<Option<Deployment>, Error> {
        const SQL: &str = "
            SELECT url, sealed_secret, updated_at, last_test FROM deployment
            WHERE organization_id = $1 AND agent_id = $2 AND environment = $3";
        let row: Option<(String, Vec<u8>, i64, Option<String>)> = read!(self, pool => sqlx::query_as(SQL)
            .bind(scope.uuid()).bind(agent.uuid()).bind(environment.as_str()).fetch_optional(pool).await?);
        let Some((url, sealed, updated_at, last_test)) = row else { return Ok(None) };
        let (agent_id, environment_word) = (agent.uuid(), environment.as_str());
        let row = [agent_id.as_bytes().as_slice(), environment_word.as_bytes()];
        let opened = self.key().open(&sealed, place(scope, &row));
        let corrupt = |column| Error::Corrupt { table: "deployment", column, id: agent.to_string() };
        let secret = String::from_utf8(opened.map_err(|_| corrupt("sealed_secret"))?)
            .map_err(|_| corrupt("sealed_secret"))?;
        let last_test = last_test.map(|test| serde_json::from_str(&test)).transpose();
        Ok(Some(Deployment {
            url,
            secret: Secret::new(&secret),
            updated_at: Timestamp::from_millis(updated_at),
            last_test: last_test.map_err(|_| corrupt("last_test"))?,
        }))
    }

    /// Keeps what came of a test of a deployment.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn put_last_test(
        &self,
        scope: Scope,
        (agent, environment): (AgentId, Environment),
        test: &Value,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE deployment SET last_test = $4 WHERE organization_id = $1 AND agent_id = $2 AND environment = $3";
        let test = test.to_string();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(agent.uuid())
                    .bind(environment.as_str()).bind(test).execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }

    /// Removes an agent's draft deployment, and does with its Draft channel what was chosen.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn remove_draft_deployment(
        &self,
        scope: Scope,
        agent: AgentId,
        channel: DraftChannel,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str =
            "DELETE FROM deployment WHERE organization_id = $1 AND agent_id = $2 AND environment = 'draft'";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(agent.uuid())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                leave_draft_channel(tx, (scope.uuid(), agent.uuid()), channel, &entry).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }
}

async fn leave_draft_channel(
    tx: &mut Tx,
    (organization, agent): (Uuid, Uuid),
    choice: DraftChannel,
    entry: &Entry,
) -> Result<(), Error> {
    const SQL: &str = "
        SELECT id FROM channel
        WHERE organization_id = $1 AND agent_id = $2 AND environment = 'draft' AND deleted_at IS NULL";
    let id: Option<Uuid> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(organization).bind(agent).fetch_optional(c).await?);
    match (id, choice) {
        (None, _) | (_, DraftChannel::Keep) => Ok(()),
        (Some(id), DraftChannel::Delete) => channels::delete(tx, (organization, id), entry).await,
        (Some(id), DraftChannel::Pause) => {
            let mut channel = channels::hold(tx, (organization, id), None).await?;
            if channel.state != State::Live {
                return Ok(());
            }
            channel.state = State::Paused;
            channels::put(tx, &mut channel, "state", entry).await
        }
    }
}

fn place<'a>(scope: Scope, row: &'a [&'a [u8]]) -> Place<'a> {
    Place { column: "deployment.sealed_secret", organization: scope.uuid(), row }
}
