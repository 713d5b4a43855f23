//! Passwords: a new one ends whatever else lets the person in.

use warta_core::ids::{PersonId, SignInId};
use warta_core::secret::Secret;

use super::{links, sign_ins};
use crate::audit::{self, Entry};
use crate::db::{Tx, on};
use crate::error::Error;
use crate::store::Store;

impl Store {
    /// Sets a person's password. Every other sign-in of theirs ends, and so do links that would let them in.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn set_password(
        &self,
        person: PersonId,
        password_hash: &Secret,
        keep: SignInId,
        entry: &Entry,
    ) -> Result<(), Error> {
        let (hash, entry) = (password_hash.clone(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                replace(tx, person, &hash, Some(keep)).await?;
                audit::insert_of_person(tx, person, &entry).await
            })
        })
        .await
    }
}

/// Sets the password, ends every sign-in but `keep` and every link that lets the person in.
pub(super) async fn replace(
    tx: &mut Tx,
    person: PersonId,
    hash: &Secret,
    keep: Option<SignInId>,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE person SET password_hash = $2 WHERE id = $1";
    let rows = on!(tx, c => sqlx::query(SQL).bind(person.uuid()).bind(hash.expose().to_owned()).execute(c).await?.rows_affected());
    if rows == 0 {
        return Err(Error::NotFound);
    }
    sign_ins::end_others(tx, person, keep).await?;
    links::delete_of_person(tx, person).await
}
