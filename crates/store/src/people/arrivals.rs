//! Coming in by a one-time link: the link is used up in the transaction that does what it is for, so that a link is never
//! spent for nothing, nor twice.

use warta_core::ids::{OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;
use warta_core::secret::Secret;

use super::links::{self, Purpose};
use super::members::{self, Newcomer};
use super::persons::NewPerson;
use super::sign_ins::{self, NewSignIn};
use super::{agent_members, organizations, passwords};
use crate::audit::{self, Entry};
use crate::error::Error;
use crate::store::Store;

/// An organization and its first owner.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The organization to make, unless the link names one.
    pub organization: OrganizationId,
    /// What it is called from now on.
    pub name: String,
    /// Its owner.
    pub owner: NewPerson,
}

impl Store {
    /// Makes the first owner, and their organization where there is none; says which it is.
    ///
    /// # Errors
    ///
    /// [`Error::LinkGone`], [`Error::EmailTaken`], or the database's.
    pub async fn set_up_organization(
        &self,
        link_hash: [u8; 32],
        new: SetUp,
        entry: &Entry,
    ) -> Result<OrganizationId, Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let Purpose::SetUp { organization } =
                    links::take(tx, link_hash, links::SET_UP, entry.at).await?
                else {
                    return Err(Error::LinkGone);
                };
                let organization = organization.unwrap_or(new.organization);
                organizations::put(tx, organization, new.name, entry.at).await?;
                let owner = members::admit(tx, Newcomer::New(new.owner), entry.at).await?;
                members::insert(tx, organization.uuid(), owner, OrganizationRole::Owner, entry.at).await?;
                audit::insert(tx, organization.uuid(), &entry).await?;
                Ok(organization)
            })
        })
        .await
    }

    /// Lets a person in by invitation; says into which organization. Who belongs to it already keeps their role, and gets
    /// the agent's where they had none.
    ///
    /// # Errors
    ///
    /// [`Error::LinkGone`], [`Error::EmailTaken`], [`Error::AlreadyMember`] when the invitation gives the person nothing,
    /// [`Error::NotFound`] when there is no such known person, or the database's. The link can then still be used.
    pub async fn join(
        &self,
        link_hash: [u8; 32],
        newcomer: Newcomer,
        entry: &Entry,
    ) -> Result<OrganizationId, Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let Purpose::Join(invitation) = links::take(tx, link_hash, links::JOIN, entry.at).await?
                else {
                    return Err(Error::LinkGone);
                };
                let organization = invitation.organization.uuid();
                let person = members::admit(tx, newcomer, entry.at).await?;
                let mut gained = members::insert(tx, organization, person, invitation.role, entry.at).await?;
                if let Some((agent, role)) = invitation.agent {
                    let place = (organization, agent, person);
                    gained |= agent_members::insert_new(tx, place, role, entry.at).await?;
                }
                if !gained {
                    return Err(Error::AlreadyMember);
                }
                audit::insert(tx, organization, &entry).await?;
                Ok(invitation.organization)
            })
        })
        .await
    }

    /// Signs a person in by a link made for them.
    ///
    /// # Errors
    ///
    /// [`Error::LinkGone`], also when the link is another person's; [`Error::NotFound`] when the person does not belong to
    /// the organization; the database's.
    pub async fn enter(&self, link_hash: [u8; 32], new: NewSignIn, entry: &Entry) -> Result<(), Error> {
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let purpose = links::take(tx, link_hash, links::ENTER, entry.at).await?;
                if purpose != (Purpose::Enter { person: new.person }) {
                    return Err(Error::LinkGone);
                }
                sign_ins::insert(tx, new, &entry).await
            })
        })
        .await
    }

    /// Sets a person's password by a link made for them; says whose. Every sign-in of theirs ends, and so do other links
    /// that would let them in.
    ///
    /// # Errors
    ///
    /// [`Error::LinkGone`], or the database's.
    pub async fn reset_password(
        &self,
        link_hash: [u8; 32],
        password_hash: &Secret,
        entry: &Entry,
    ) -> Result<PersonId, Error> {
        let (hash, entry) = (password_hash.clone(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let Purpose::Reset { person } = links::take(tx, link_hash, links::RESET, entry.at).await?
                else {
                    return Err(Error::LinkGone);
                };
                passwords::replace(tx, person, &hash, None).await?;
                audit::insert_of_person(tx, person, &entry).await?;
                Ok(person)
            })
        })
        .await
    }
}
