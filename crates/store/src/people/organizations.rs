//! Organizations as their people see them.

use uuid::Uuid;
use warta_core::ids::{OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;
use warta_core::time::Timestamp;

use crate::db::{Tx, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// An organization that a person belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// What the person is there.
    pub role: OrganizationRole,
}

pub(crate) const ORGANIZATIONS_OF: &str = "
    SELECT m.organization_id, o.name, m.role FROM member m JOIN organization o ON o.id = m.organization_id
    WHERE m.person_id = $1 ORDER BY m.organization_id";

impl Store {
    /// The organizations that a person belongs to, the oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn organizations_of(&self, person: PersonId) -> Result<Vec<Membership>, Error> {
        let rows: Vec<(Uuid, String, String)> =
            read!(self, pool => sqlx::query_as(ORGANIZATIONS_OF).bind(person.uuid()).fetch_all(pool).await?);
        let membership = |(organization, name, role): (Uuid, String, String)| {
            Ok(Membership {
                organization: OrganizationId::from_uuid(organization),
                name,
                role: parse_role(&role, person)?,
            })
        };
        rows.into_iter().map(membership).collect()
    }

    /// The name of an organization.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn organization_name(&self, scope: Scope) -> Result<Option<String>, Error> {
        const SQL: &str = "SELECT name FROM organization WHERE id = $1";
        Ok(read!(self, pool => sqlx::query_scalar(SQL).bind(scope.uuid()).fetch_optional(pool).await?))
    }
}

/// Makes the organization, or names the one there is.
pub(super) async fn put(
    tx: &mut Tx,
    organization: OrganizationId,
    name: String,
    now: Timestamp,
) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO organization (id, name, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name";
    on!(tx, c => sqlx::query(SQL).bind(organization.uuid()).bind(name).bind(now.as_millis()).execute(c).await?
        .rows_affected());
    Ok(())
}

/// Reads a role as the database holds it.
pub(super) fn parse_role(word: &str, person: PersonId) -> Result<OrganizationRole, Error> {
    word.parse().map_err(|_| Error::Corrupt { table: "member", column: "role", id: person.to_string() })
}
