//! Members: which persons an organization has, and what they are there.

use uuid::Uuid;
use warta_core::ids::PersonId;
use warta_core::permission::OrganizationRole;
use warta_core::time::Timestamp;

use super::organizations::parse_role;
use super::persons::NewPerson;
use super::{links, locks, persons};
use crate::audit::{self, Entry};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;
use crate::stretch::Stretch;

/// A person of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person: PersonId,
    /// Their e-mail.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they are in the organization.
    pub role: OrganizationRole,
    /// Since when.
    pub created_at: Timestamp,
}

/// Who comes into an organization.
#[derive(Debug, Clone)]
pub enum Newcomer {
    /// Somebody who was nowhere here before.
    New(NewPerson),
    /// Somebody who belongs to another organization already.
    Known(PersonId),
}

impl Newcomer {
    /// The person.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        match self {
            Self::New(person) => person.id,
            Self::Known(person) => *person,
        }
    }
}

pub(crate) const MEMBERS: &str = "
    SELECT m.person_id, p.email, p.name, m.role, m.created_at FROM member m JOIN person p ON p.id = m.person_id
    WHERE m.organization_id = $1 ORDER BY m.person_id";

pub(crate) const MEMBERS_AFTER: &str = "
    SELECT m.person_id, p.email, p.name, m.role, m.created_at FROM member m JOIN person p ON p.id = m.person_id
    WHERE m.organization_id = $1 AND m.person_id > $2 ORDER BY m.person_id LIMIT $3";

impl Store {
    /// A stretch of the people of an organization, the oldest account first: those after `after` where given.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn members_after(
        &self,
        scope: Scope,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Stretch<Member>, Error> {
        let after = after.map_or(Uuid::nil(), PersonId::uuid);
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(MEMBERS_AFTER).bind(scope.uuid()).bind(after)
            .bind(Stretch::<Member>::rows(limit)).fetch_all(pool).await?);
        let members = rows.into_iter().map(Row::member).collect::<Result<_, _>>()?;
        Ok(Stretch::of(members, limit))
    }

    /// The people of an organization, the oldest account first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn members(&self, scope: Scope) -> Result<Vec<Member>, Error> {
        let rows: Vec<Row> =
            read!(self, pool => sqlx::query_as(MEMBERS).bind(scope.uuid()).fetch_all(pool).await?);
        rows.into_iter().map(Row::member).collect()
    }

    /// One person of an organization.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn member(&self, scope: Scope, person: PersonId) -> Result<Option<Member>, Error> {
        const SQL: &str = "
            SELECT m.person_id, p.email, p.name, m.role, m.created_at FROM member m JOIN person p ON p.id = m.person_id
            WHERE m.organization_id = $1 AND m.person_id = $2";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(person.uuid())
            .fetch_optional(pool).await?);
        row.map(Row::member).transpose()
    }

    /// Adds a person to an organization without an invitation: what an operator's command does.
    ///
    /// # Errors
    ///
    /// [`Error::EmailTaken`], [`Error::AlreadyMember`], [`Error::NotFound`] when there is no such organization or known
    /// person, or the database's.
    pub async fn create_member(
        &self,
        scope: Scope,
        newcomer: Newcomer,
        role: OrganizationRole,
        entry: &Entry,
    ) -> Result<(), Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                locks::organization(tx, scope.uuid()).await?;
                let person = admit(tx, newcomer, entry.at).await?;
                if !insert(tx, scope.uuid(), person, role, entry.at).await? {
                    return Err(Error::AlreadyMember);
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Gives a person another role in the organization. Who comes down takes the invitations they made with them.
    ///
    /// # Errors
    ///
    /// [`Error::LastOwner`], [`Error::NotFound`], or the database's.
    pub async fn set_member_role(
        &self,
        scope: Scope,
        person: PersonId,
        role: OrganizationRole,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = "UPDATE member SET role = $3 WHERE organization_id = $1 AND person_id = $2";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let before = leave_role(tx, scope.uuid(), person, Some(role)).await?;
                on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(person.uuid()).bind(role.as_str()).execute(c).await?
                    .rows_affected());
                // The roles stand from the highest down.
                if role > before {
                    links::delete_invited_by(tx, scope.uuid(), person).await?;
                }
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// Removes a person from the organization: with their roles for its agents, their sign-ins that look at it and the
    /// invitations they made. Who then belongs to no organization is forgotten.
    ///
    /// # Errors
    ///
    /// [`Error::LastOwner`], [`Error::NotFound`], or the database's.
    pub async fn remove_member(&self, scope: Scope, person: PersonId, entry: &Entry) -> Result<(), Error> {
        const ROWS: [&str; 3] = [
            "DELETE FROM member WHERE organization_id = $1 AND person_id = $2",
            "DELETE FROM agent_member WHERE organization_id = $1 AND person_id = $2",
            "DELETE FROM sign_in WHERE organization_id = $1 AND person_id = $2",
        ];
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                leave_role(tx, scope.uuid(), person, None).await?;
                for sql in ROWS {
                    on!(tx, c => sqlx::query(sql).bind(scope.uuid()).bind(person.uuid()).execute(c).await?.rows_affected());
                }
                links::delete_invited_by(tx, scope.uuid(), person).await?;
                persons::forget_stranger(tx, person).await?;
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }
}

/// Makes sure that there is the person who comes in.
pub(super) async fn admit(tx: &mut Tx, newcomer: Newcomer, now: Timestamp) -> Result<PersonId, Error> {
    let person = newcomer.person();
    match newcomer {
        Newcomer::New(new) => persons::insert(tx, new, now).await?,
        Newcomer::Known(person) => locks::person(tx, person).await?,
    }
    Ok(person)
}

/// Adds a member; says whether the person was none before.
pub(super) async fn insert(
    tx: &mut Tx,
    organization: Uuid,
    person: PersonId,
    role: OrganizationRole,
    now: Timestamp,
) -> Result<bool, Error> {
    const SQL: &str = "
        INSERT INTO member (organization_id, person_id, role, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organization_id, person_id) DO NOTHING";
    let rows = on!(tx, c => sqlx::query(SQL).bind(organization).bind(person.uuid()).bind(role.as_str())
        .bind(now.as_millis()).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Locks the organization and says what the person is there, unless they are its last owner and would be `next`.
async fn leave_role(
    tx: &mut Tx,
    organization: Uuid,
    person: PersonId,
    next: Option<OrganizationRole>,
) -> Result<OrganizationRole, Error> {
    const ROLE: &str = "SELECT role FROM member WHERE organization_id = $1 AND person_id = $2";
    const ANOTHER: &str = "
        SELECT person_id FROM member WHERE organization_id = $1 AND person_id <> $2 AND role = 'owner' LIMIT 1";
    locks::organization(tx, organization).await?;
    let word: Option<String> = on!(tx, c => sqlx::query_scalar(ROLE).bind(organization).bind(person.uuid()).fetch_optional(c).await?);
    let before = parse_role(&word.ok_or(Error::NotFound)?, person)?;
    if before == OrganizationRole::Owner && next != Some(OrganizationRole::Owner) {
        let another: Option<Uuid> = on!(tx, c => sqlx::query_scalar(ANOTHER).bind(organization).bind(person.uuid()).fetch_optional(c).await?);
        another.ok_or(Error::LastOwner)?;
    }
    Ok(before)
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
    fn member(self) -> Result<Member, Error> {
        let person = PersonId::from_uuid(self.person_id);
        Ok(Member {
            person,
            email: self.email,
            name: self.name,
            role: parse_role(&self.role, person)?,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}
