//! Locks that are taken before people change, so that two such changes wait for each other.

use uuid::Uuid;
use warta_core::ids::PersonId;

use crate::db::{Tx, on};
use crate::error::Error;

/// Locks a person, so that they are not deleted while they join.
pub(super) async fn person(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "UPDATE person SET name = name WHERE id = $1";
    let rows = on!(tx, c => sqlx::query(SQL).bind(person.uuid()).execute(c).await?.rows_affected());
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Makes other changes of this organization's people wait until this transaction ends.
pub(super) async fn organization(tx: &mut Tx, organization: Uuid) -> Result<(), Error> {
    const SQL: &str = "UPDATE organization SET name = name WHERE id = $1";
    let rows = on!(tx, c => sqlx::query(SQL).bind(organization).execute(c).await?.rows_affected());
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}
