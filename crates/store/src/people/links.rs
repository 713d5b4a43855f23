//! One-time links. Only a hash of the token in a link is kept; a link that was used is gone.

use uuid::Uuid;
use warta_core::ids::{AgentId, LinkId, OrganizationId, PersonId};
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::time::Timestamp;

use super::locks;
use crate::audit::{self, Entry};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;
use crate::stretch::Stretch;

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Become the first owner.
    SetUp {
        /// Of this organization; of a new one where `None`.
        organization: Option<OrganizationId>,
    },
    /// Sign in without a password.
    Enter {
        /// Who.
        person: PersonId,
    },
    /// Choose a new password.
    Reset {
        /// Who.
        person: PersonId,
    },
    /// Come into an organization.
    Join(Invitation),
}

/// What an invitation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The organization.
    pub organization: OrganizationId,
    /// Whom it is meant for.
    pub email: String,
    /// What they become there.
    pub role: OrganizationRole,
    /// An agent they are assigned to, and as what.
    pub agent: Option<(AgentId, AgentRole)>,
    /// Who invited; nobody where a command did.
    pub invited_by: Option<PersonId>,
}

/// A link to store.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Its id.
    pub id: LinkId,
    /// The hash of the token in it.
    pub token_hash: [u8; 32],
    /// What it is for.
    pub purpose: Purpose,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A link that was neither used nor has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Purpose {
    const fn kind(&self) -> &'static str {
        match self {
            Self::SetUp { .. } => SET_UP,
            Self::Enter { .. } => ENTER,
            Self::Reset { .. } => RESET,
            Self::Join(_) => JOIN,
        }
    }

    const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Enter { person } | Self::Reset { person } => Some(*person),
            Self::SetUp { .. } | Self::Join(_) => None,
        }
    }

    const fn organization(&self) -> Option<OrganizationId> {
        match self {
            Self::SetUp { organization } => *organization,
            Self::Join(invitation) => Some(invitation.organization),
            Self::Enter { .. } | Self::Reset { .. } => None,
        }
    }
}

pub(super) const SET_UP: &str = "set_up";
pub(super) const ENTER: &str = "enter";
pub(super) const RESET: &str = "reset";
pub(super) const JOIN: &str = "join";

pub(crate) const INVITATIONS: &str = "
    SELECT id, kind, organization_id, person_id, email, role, agent_id, agent_role, invited_by, created_at, expires_at
    FROM link WHERE organization_id = $1 AND kind = 'join' AND expires_at > $2 ORDER BY id DESC";
pub(crate) const INVITATIONS_BEFORE: &str = "
    SELECT id, kind, organization_id, person_id, email, role, agent_id, agent_role, invited_by, created_at, expires_at
    FROM link WHERE organization_id = $1 AND kind = 'join' AND expires_at > $2 AND id < $3 ORDER BY id DESC LIMIT $4";

impl Store {
    /// Stores a link. An earlier one for the same set-up, or with which the same person could do the same, ends; an
    /// invitation does not end others.
    ///
    /// The entry goes to the organization, for a person's link to each of theirs; for a set-up before there is an
    /// organization there is nowhere to write it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn create_link(&self, new: NewLink, entry: &Entry) -> Result<(), Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                end_earlier(tx, &new.purpose, entry.at).await?;
                let (organization, person) = (new.purpose.organization(), new.purpose.person());
                insert(tx, new, entry.at).await?;
                match (organization, person) {
                    (Some(organization), _) => audit::insert(tx, organization.uuid(), &entry).await,
                    (None, Some(person)) => audit::insert_of_person(tx, person, &entry).await,
                    (None, None) => Ok(()),
                }
            })
        })
        .await
    }

    /// The link with this token, as long as it can be used. Unscoped: its bearer shows nothing else.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn link(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<Link>, Error> {
        const SQL: &str = "
            SELECT id, kind, organization_id, person_id, email, role, agent_id, agent_role, invited_by, created_at, expires_at
            FROM link WHERE token_hash = $1 AND expires_at > $2";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(token_hash.as_slice()).bind(now.as_millis())
            .fetch_optional(pool).await?);
        row.map(Row::link).transpose()
    }

    /// The invitations of an organization that can be used, the newest first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn invitations(&self, scope: Scope, now: Timestamp) -> Result<Vec<Link>, Error> {
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(INVITATIONS).bind(scope.uuid()).bind(now.as_millis())
            .fetch_all(pool).await?);
        rows.into_iter().map(Row::link).collect()
    }

    /// A stretch of them: those before `before` where given.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn invitations_before(
        &self,
        scope: Scope,
        now: Timestamp,
        before: Option<LinkId>,
        limit: u32,
    ) -> Result<Stretch<Link>, Error> {
        let before = before.map_or(Uuid::max(), LinkId::uuid);
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(INVITATIONS_BEFORE).bind(scope.uuid())
            .bind(now.as_millis()).bind(before).bind(Stretch::<Link>::rows(limit)).fetch_all(pool).await?);
        let links = rows.into_iter().map(Row::link).collect::<Result<_, _>>()?;
        Ok(Stretch::of(links, limit))
    }

    /// Takes an invitation back; says whether there was one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn revoke_invitation(&self, scope: Scope, id: LinkId, entry: &Entry) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM link WHERE id = $2 AND organization_id = $1 AND kind = 'join'";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).execute(c).await?.rows_affected());
                if rows == 1 {
                    audit::insert(tx, scope.uuid(), &entry).await?;
                }
                Ok(rows == 1)
            })
        })
        .await
    }
}

/// Uses a link up. Of several callers at once one has it. What it is about is locked before it, the order in which
/// everything else here locks: else, on PostgreSQL, who joins and who removes the one who invited could stop each other.
pub(super) async fn take(
    tx: &mut Tx,
    token_hash: [u8; 32],
    kind: &'static str,
    now: Timestamp,
) -> Result<Purpose, Error> {
    const ABOUT: &str = "SELECT organization_id, person_id FROM link WHERE token_hash = $1 AND kind = $2";
    const SQL: &str = "
        DELETE FROM link WHERE token_hash = $1 AND kind = $2 AND expires_at > $3
        RETURNING id, kind, organization_id, person_id, email, role, agent_id, agent_role, invited_by, created_at, expires_at";
    let about: Option<(Option<Uuid>, Option<Uuid>)> = on!(tx, c => sqlx::query_as(ABOUT).bind(token_hash.to_vec())
        .bind(kind).fetch_optional(c).await?);
    let (organization, person) = about.ok_or(Error::LinkGone)?;
    if let Some(organization) = organization {
        locks::organization(tx, organization).await?;
    }
    if let Some(person) = person {
        locks::person(tx, PersonId::from_uuid(person)).await?;
    }
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL).bind(token_hash.to_vec()).bind(kind).bind(now.as_millis())
        .fetch_optional(c).await?);
    Ok(row.ok_or(Error::LinkGone)?.link()?.purpose)
}

/// Ends what would let a person in.
pub(super) async fn delete_of_person(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM link WHERE person_id = $1";
    on!(tx, c => sqlx::query(SQL).bind(person.uuid()).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends the invitations that a person made in an organization: they could have made them for themselves.
pub(super) async fn delete_invited_by(
    tx: &mut Tx,
    organization: Uuid,
    person: PersonId,
) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM link WHERE organization_id = $1 AND kind = 'join' AND invited_by = $2";
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(person.uuid()).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends every link to set up.
pub(super) async fn delete_set_ups(tx: &mut Tx) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM link WHERE kind = 'set_up'";
    on!(tx, c => sqlx::query(SQL).execute(c).await?.rows_affected());
    Ok(())
}

async fn end_earlier(tx: &mut Tx, purpose: &Purpose, now: Timestamp) -> Result<(), Error> {
    const EXPIRED: &str = "DELETE FROM link WHERE expires_at <= $1";
    const SAME: &str = "DELETE FROM link WHERE person_id = $1 AND kind = $2";
    on!(tx, c => sqlx::query(EXPIRED).bind(now.as_millis()).execute(c).await?.rows_affected());
    match purpose {
        Purpose::SetUp { .. } => delete_set_ups(tx).await?,
        Purpose::Enter { person } | Purpose::Reset { person } => {
            on!(tx, c => sqlx::query(SAME).bind(person.uuid()).bind(purpose.kind()).execute(c).await?.rows_affected());
        }
        Purpose::Join(_) => {}
    }
    Ok(())
}

async fn insert(tx: &mut Tx, new: NewLink, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO link (id, kind, token_hash, organization_id, person_id, email, role, agent_id, agent_role, invited_by,
          created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let (kind, organization, person) = (new.purpose.kind(), new.purpose.organization(), new.purpose.person());
    let invitation = match new.purpose {
        Purpose::Join(invitation) => Some(invitation),
        Purpose::SetUp { .. } | Purpose::Enter { .. } | Purpose::Reset { .. } => None,
    };
    let invitation = invitation.as_ref();
    let agent = invitation.and_then(|invitation| invitation.agent);
    on!(tx, c => sqlx::query(SQL).bind(new.id.uuid()).bind(kind).bind(new.token_hash.to_vec())
        .bind(organization.map(OrganizationId::uuid)).bind(person.map(PersonId::uuid))
        .bind(invitation.map(|invitation| invitation.email.clone()))
        .bind(invitation.map(|invitation| invitation.role.as_str()))
        .bind(agent.map(|(agent, _)| agent.uuid())).bind(agent.map(|(_, role)| role.as_str()))
        .bind(invitation.and_then(|invitation| invitation.invited_by).map(PersonId::uuid))
        .bind(now.as_millis()).bind(new.expires_at.as_millis()).execute(c).await?.rows_affected());
    Ok(())
}

from_row! {
    struct Row {
        id: Uuid,
        kind: String,
        organization_id: Option<Uuid>,
        person_id: Option<Uuid>,
        email: Option<String>,
        role: Option<String>,
        agent_id: Option<Uuid>,
        agent_role: Option<String>,
        invited_by: Option<Uuid>,
        created_at: i64,
        expires_at: i64,
    }
}

impl Row {
    fn link(self) -> Result<Link, Error> {
        let (created_at, expires_at) = (self.created_at, self.expires_at);
        Ok(Link {
            id: LinkId::from_uuid(self.id),
            purpose: self.purpose()?,
            created_at: Timestamp::from_millis(created_at),
            expires_at: Timestamp::from_millis(expires_at),
        })
    }

    fn purpose(self) -> Result<Purpose, Error> {
        let id = LinkId::from_uuid(self.id);
        let corrupt = |column| Error::Corrupt { table: "link", column, id: id.to_string() };
        let person = self.person_id.map(PersonId::from_uuid).ok_or_else(|| corrupt("person_id"));
        let organization = self.organization_id.map(OrganizationId::from_uuid);
        match self.kind.as_str() {
            SET_UP => Ok(Purpose::SetUp { organization }),
            ENTER => Ok(Purpose::Enter { person: person? }),
            RESET => Ok(Purpose::Reset { person: person? }),
            JOIN => {
                let role = self.role.and_then(|word| word.parse().ok()).ok_or_else(|| corrupt("role"))?;
                let agent_role = self.agent_role.map(|word| word.parse()).transpose();
                let agent_role = agent_role.map_err(|_| corrupt("agent_role"))?;
                Ok(Purpose::Join(Invitation {
                    organization: organization.ok_or_else(|| corrupt("organization_id"))?,
                    email: self.email.ok_or_else(|| corrupt("email"))?,
                    role,
                    agent: self.agent_id.map(AgentId::from_uuid).zip(agent_role),
                    invited_by: self.invited_by.map(PersonId::from_uuid),
                }))
            }
            _ => Err(corrupt("kind")),
        }
    }
}
