//! What members are to single agents.

use uuid::Uuid;
use warta_core::ids::{AgentId, PersonId};
use warta_core::permission::AgentRole;
use warta_core::time::Timestamp;

use super::locks;
use crate::audit::{self, Entry};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// A person who was assigned to an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentMember {
    /// The person.
    pub person: PersonId,
    /// Their e-mail.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they are to the agent.
    pub role: AgentRole,
    /// Since when.
    pub created_at: Timestamp,
}

pub(crate) const AGENT_MEMBERS: &str = "
    SELECT m.person_id, p.email, p.name, m.role, m.created_at FROM agent_member m JOIN person p ON p.id = m.person_id
    WHERE m.organization_id = $1 AND m.agent_id = $2 ORDER BY m.person_id";
pub(crate) const AGENT_ROLES: &str = "
    SELECT agent_id, role FROM agent_member WHERE organization_id = $1 AND person_id = $2";

macro_rules! insert_sql {
    ($conflict:literal) => {
        concat!(
            "INSERT INTO agent_member (organization_id, agent_id, person_id, role, created_at)
             SELECT a.organization_id, a.id, m.person_id, $4, $5
             FROM agent a JOIN member m ON m.organization_id = a.organization_id AND m.person_id = $3
             WHERE a.organization_id = $1 AND a.id = $2 AND a.deleted_at IS NULL
             ON CONFLICT (organization_id, agent_id, person_id) DO ",
            $conflict
        )
    };
}

impl Store {
    /// The people who were assigned to an agent, the oldest account first. The organization's owners and admins are every
    /// agent's owners without being assigned.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn agent_members(&self, scope: Scope, agent: AgentId) -> Result<Vec<AgentMember>, Error> {
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(AGENT_MEMBERS).bind(scope.uuid()).bind(agent.uuid())
            .fetch_all(pool).await?);
        rows.into_iter().map(Row::agent_member).collect()
    }

    /// What a person was assigned to be to an agent.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn agent_role(
        &self,
        scope: Scope,
        agent: AgentId,
        person: PersonId,
    ) -> Result<Option<AgentRole>, Error> {
        const SQL: &str = "
            SELECT role FROM agent_member WHERE organization_id = $1 AND agent_id = $2 AND person_id = $3";
        let word: Option<String> = read!(self, pool => sqlx::query_scalar(SQL).bind(scope.uuid()).bind(agent.uuid())
            .bind(person.uuid()).fetch_optional(pool).await?);
        word.map(|word| role(&word, person)).transpose()
    }

    /// The agents of the organization that a person was assigned to, and as what.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn agent_roles_of(
        &self,
        scope: Scope,
        person: PersonId,
    ) -> Result<Vec<(AgentId, AgentRole)>, Error> {
        let rows: Vec<(Uuid, String)> = read!(self, pool => sqlx::query_as(AGENT_ROLES).bind(scope.uuid())
            .bind(person.uuid()).fetch_all(pool).await?);
        rows.into_iter().map(|(agent, word)| Ok((AgentId::from_uuid(agent), role(&word, person)?))).collect()
    }

    /// Assigns a member to an agent, or gives them another role there.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when the agent or the member is not of this organization, or the database's.
    pub async fn put_agent_member(
        &self,
        scope: Scope,
        (agent, person): (AgentId, PersonId),
        role: AgentRole,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = insert_sql!("UPDATE SET role = excluded.role");
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                locks::organization(tx, scope.uuid()).await?;
                if !insert(tx, SQL, (scope.uuid(), agent, person), role, entry.at).await? {
                    return Err(Error::NotFound);
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Takes a person from an agent.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when they were not assigned, or the database's.
    pub async fn remove_agent_member(
        &self,
        scope: Scope,
        agent: AgentId,
        person: PersonId,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str =
            "DELETE FROM agent_member WHERE organization_id = $1 AND agent_id = $2 AND person_id = $3";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(agent.uuid()).bind(person.uuid())
                    .execute(c).await?.rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }
}

/// Assigns who was not assigned before; says whether that is new.
pub(super) async fn insert_new(
    tx: &mut Tx,
    place: (Uuid, AgentId, PersonId),
    role: AgentRole,
    now: Timestamp,
) -> Result<bool, Error> {
    insert(tx, insert_sql!("NOTHING"), place, role, now).await
}

async fn insert(
    tx: &mut Tx,
    sql: &'static str,
    (organization, agent, person): (Uuid, AgentId, PersonId),
    role: AgentRole,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on!(tx, c => sqlx::query(sql).bind(organization).bind(agent.uuid()).bind(person.uuid())
        .bind(role.as_str()).bind(now.as_millis()).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

fn role(word: &str, person: PersonId) -> Result<AgentRole, Error> {
    word.parse().map_err(|_| Error::Corrupt { table: "agent_member", column: "role", id: person.to_string() })
}

from_row! {
    struct Row {
        person_id: Uuid,
        email: String,
        name: String,
        role: String,
        created_at: i64,
    }
}

impl Row {
    fn agent_member(self) -> Result<AgentMember, Error> {
        let person = PersonId::from_uuid(self.person_id);
        Ok(AgentMember {
            person,
            email: self.email,
            name: self.name,
            role: role(&self.role, person)?,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}
