//! Sign-ins: browsers that somebody is signed in with. Only a hash of what the browser holds is kept.

use uuid::Uuid;
use warta_core::ids::{OrganizationId, PersonId, SignInId};
use warta_core::permission::OrganizationRole;
use warta_core::time::Timestamp;

use super::organizations;
use super::persons::{self, Person};
use crate::audit::{self, Entry};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::store::Store;

/// A sign-in to store.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    /// Its id.
    pub id: SignInId,
    /// Whose it is.
    pub person: PersonId,
    /// The organization that the browser looks at first.
    pub organization: OrganizationId,
    /// The hash of the token that the browser holds.
    pub token_hash: [u8; 32],
    /// The network address it came from.
    pub address: String,
    /// What kind of browser it is, in its own words.
    pub browser: String,
    /// Sign-ins of the person that were not used since are ended by this one.
    pub idle_since: Timestamp,
}

/// A sign-in, for the person to recognise it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: SignInId,
    /// The organization that the browser looks at.
    pub organization: OrganizationId,
    /// The network address it came from.
    pub address: String,
    /// What kind of browser it is, in its own words.
    pub browser: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When the person last showed who they are: by password or one-time link.
    pub proven_at: Timestamp,
    /// When it was last used, roughly.
    pub last_used_at: Timestamp,
}

/// Who holds a sign-in, and where.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The sign-in.
    pub sign_in: SignIn,
    /// The person.
    pub person: Person,
    /// The name of the organization that the browser looks at.
    pub organization_name: String,
    /// What the person is there.
    pub role: OrganizationRole,
}

pub(crate) const SIGNED_IN: &str = "
    SELECT s.id AS sign_in_id, s.organization_id, s.address, s.browser, s.created_at AS signed_in_at, s.proven_at,
      s.last_used_at, p.id, p.email, p.name, p.password_hash, p.language, p.created_at,
      o.name AS organization_name, m.role
    FROM sign_in s
    JOIN person p ON p.id = s.person_id
    JOIN member m ON m.organization_id = s.organization_id AND m.person_id = s.person_id
    JOIN organization o ON o.id = s.organization_id
    WHERE s.token_hash = $1";

pub(crate) const SIGN_INS: &str = "
    SELECT id AS sign_in_id, organization_id, address, browser, created_at AS signed_in_at, proven_at, last_used_at
    FROM sign_in WHERE person_id = $1 ORDER BY id DESC";

impl Store {
    /// Stores a sign-in and ends those that the person has long not used.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when the person does not belong to the organization, or the database's.
    pub async fn create_sign_in(&self, new: NewSignIn, entry: &Entry) -> Result<(), Error> {
        let entry = entry.clone();
        self.write(move |tx| Box::pin(async move { insert(tx, new, &entry).await })).await
    }

    /// Who holds the token with this hash. Unscoped: the token says which organization. `None` also when the person does not
    /// belong to that organization any more.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn sign_in(&self, token_hash: &[u8; 32]) -> Result<Option<SignedIn>, Error> {
        let row: Option<SignedInRow> = read!(self, pool => sqlx::query_as(SIGNED_IN).bind(token_hash.as_slice())
            .fetch_optional(pool).await?);
        row.map(SignedInRow::signed_in).transpose()
    }

    /// Notes that a sign-in was used. At most once a minute is enough: the caller keeps that.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn touch_sign_in(&self, id: SignInId, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "UPDATE sign_in SET last_used_at = $2 WHERE id = $1";
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(now.as_millis()).execute(c).await?.rows_affected());
                Ok(())
            })
        })
        .await
    }

    /// The sign-ins of a person, the newest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn sign_ins(&self, person: PersonId) -> Result<Vec<SignIn>, Error> {
        let rows: Vec<Row> =
            read!(self, pool => sqlx::query_as(SIGN_INS).bind(person.uuid()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(Row::sign_in).collect())
    }

    /// Ends a sign-in of a person; says whether there was one to end.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn end_sign_in(&self, person: PersonId, id: SignInId, entry: &Entry) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM sign_in WHERE id = $1 AND person_id = $2";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(person.uuid()).execute(c).await?.rows_affected());
                if rows == 1 {
                    audit::insert_of_person(tx, person, &entry).await?;
                }
                Ok(rows == 1)
            })
        })
        .await
    }

    /// Ends every sign-in of a person but one; says how many.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn end_other_sign_ins(
        &self,
        person: PersonId,
        keep: SignInId,
        entry: &Entry,
    ) -> Result<u64, Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let ended = end_others(tx, person, Some(keep)).await?;
                if ended > 0 {
                    audit::insert_of_person(tx, person, &entry).await?;
                }
                Ok(ended)
            })
        })
        .await
    }

    /// Makes a browser look at another organization of the person.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when the sign-in is not theirs or they do not belong to the organization, or the database's.
    pub async fn switch_organization(
        &self,
        person: PersonId,
        id: SignInId,
        organization: OrganizationId,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE sign_in SET organization_id = $3 WHERE id = $1 AND person_id = $2
              AND EXISTS (SELECT 1 FROM member WHERE organization_id = $3 AND person_id = $2)";
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(person.uuid()).bind(organization.uuid())
                    .execute(c).await?.rows_affected());
                if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
    }
}

/// Adds a sign-in and its entry.
pub(super) async fn insert(tx: &mut Tx, new: NewSignIn, entry: &Entry) -> Result<(), Error> {
    const IDLE: &str = "DELETE FROM sign_in WHERE person_id = $1 AND last_used_at < $2";
    const SQL: &str = "
        INSERT INTO sign_in (id, person_id, organization_id, token_hash, address, browser, created_at, proven_at, last_used_at)
        SELECT $1, person_id, organization_id, $4, $5, $6, $7, $7, $7 FROM member
        WHERE organization_id = $3 AND person_id = $2";
    on!(tx, c => sqlx::query(IDLE).bind(new.person.uuid()).bind(new.idle_since.as_millis()).execute(c).await?
        .rows_affected());
    let rows = on!(tx, c => sqlx::query(SQL).bind(new.id.uuid()).bind(new.person.uuid()).bind(new.organization.uuid())
        .bind(new.token_hash.to_vec()).bind(new.address).bind(new.browser).bind(entry.at.as_millis()).execute(c).await?
        .rows_affected());
    if rows == 0 {
        return Err(Error::NotFound);
    }
    audit::insert_of_person(tx, new.person, entry).await
}

/// Ends every sign-in of a person but `keep`; says how many.
pub(super) async fn end_others(tx: &mut Tx, person: PersonId, keep: Option<SignInId>) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM sign_in WHERE person_id = $1 AND id <> $2";
    Ok(
        on!(tx, c => sqlx::query(SQL).bind(person.uuid()).bind(keep.map_or(Uuid::nil(), SignInId::uuid)).execute(c).await?
        .rows_affected()),
    )
}

from_row! {
    struct Row {
        sign_in_id: Uuid,
        organization_id: Uuid,
        address: String,
        browser: String,
        signed_in_at: i64,
        proven_at: i64,
        last_used_at: i64,
    }
}

impl Row {
    fn sign_in(self) -> SignIn {
        SignIn {
            id: SignInId::from_uuid(self.sign_in_id),
            organization: OrganizationId::from_uuid(self.organization_id),
            address: self.address,
            browser: self.browser,
            created_at: Timestamp::from_millis(self.signed_in_at),
            proven_at: Timestamp::from_millis(self.proven_at),
            last_used_at: Timestamp::from_millis(self.last_used_at),
        }
    }
}

from_row! {
    struct SignedInRow {
        ..sign_in: Row,
        ..person: persons::Row,
        organization_name: String,
        role: String,
    }
}

impl SignedInRow {
    fn signed_in(self) -> Result<SignedIn, Error> {
        let person = self.person.person();
        Ok(SignedIn {
            sign_in: self.sign_in.sign_in(),
            role: organizations::parse_role(&self.role, person.id)?,
            person,
            organization_name: self.organization_name,
        })
    }
}
