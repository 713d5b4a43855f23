//! Persons, whatever they belong to.

use uuid::Uuid;
use warta_core::ids::PersonId;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::{links, locks};
use crate::audit::{self, Entry};
use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::store::Store;

/// A person who uses the console.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their e-mail, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The hash of their password, in the PHC form. `None`: they cannot sign in by password.
    pub password_hash: Option<Secret>,
    /// The language of their console, `en` or `id`. `None`: what the browser asks for.
    pub language: Option<String>,
    /// When they came.
    pub created_at: Timestamp,
}

/// A person to store.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Their id.
    pub id: PersonId,
    /// Their e-mail. It is kept in lower case, without white space around it.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The hash of their password, in the PHC form.
    pub password_hash: Option<Secret>,
    /// The language of their console, `en` or `id`.
    pub language: Option<String>,
}

impl Store {
    /// Whether there is anybody yet. Unscoped: before the first person nobody asks for an organization.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn has_people(&self) -> Result<bool, Error> {
        const SQL: &str = "SELECT id FROM person LIMIT 1";
        let found: Option<Uuid> = read!(self, pool => sqlx::query_scalar(SQL).fetch_optional(pool).await?);
        Ok(found.is_some())
    }

    /// A person.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>, Error> {
        const SQL: &str =
            "SELECT id, email, name, password_hash, language, created_at FROM person WHERE id = $1";
        let row: Option<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(id.uuid()).fetch_optional(pool).await?);
        Ok(row.map(Row::person))
    }

    /// The person with this e-mail, however it is written.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<Person>, Error> {
        const SQL: &str =
            "SELECT id, email, name, password_hash, language, created_at FROM person WHERE email = $1";
        let row: Option<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(canonical(email)).fetch_optional(pool).await?);
        Ok(row.map(Row::person))
    }

    /// Sets a person's name and language.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn set_person(
        &self,
        person: PersonId,
        name: &str,
        language: Option<&str>,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = "UPDATE person SET name = $2, language = $3 WHERE id = $1";
        let (name, language, entry) = (name.to_owned(), language.map(str::to_owned), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(person.uuid()).bind(name).bind(language).execute(c).await?
                    .rows_affected());
                if rows == 0 {
                    return Err(Error::NotFound);
                }
                audit::insert_of_person(tx, person, &entry).await
            })
        })
        .await
    }
}

/// Adds a person. With the first one the set-up links go: nobody else may set this up.
pub(super) async fn insert(tx: &mut Tx, new: NewPerson, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO person (id, email, name, password_hash, language, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let hash = new.password_hash.map(|hash| hash.expose().to_owned());
    on!(tx, c => sqlx::query(SQL).bind(new.id.uuid()).bind(canonical(&new.email)).bind(new.name).bind(hash)
        .bind(new.language).bind(now.as_millis()).execute(c).await.map_err(taken)?.rows_affected());
    links::delete_set_ups(tx).await
}

/// Forgets a person who belongs to nothing any more: their e-mail is free for another invitation.
pub(super) async fn forget_stranger(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str =
        "DELETE FROM person WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM member WHERE person_id = $1)";
    locks::person(tx, person).await?;
    if on!(tx, c => sqlx::query(SQL).bind(person.uuid()).execute(c).await?.rows_affected()) == 1 {
        links::delete_of_person(tx, person).await?;
    }
    Ok(())
}

fn canonical(email: &str) -> String {
    email.trim().to_lowercase()
}

fn taken(error: sqlx::Error) -> Error {
    if Error::is_unique_violation(&error, "person_email", "person.email") {
        Error::EmailTaken
    } else {
        error.into()
    }
}

from_row! {
    /// A row of `person`.
    pub(super) struct Row {
        id: Uuid,
        email: String,
        name: String,
        password_hash: Option<String>,
        language: Option<String>,
        created_at: i64,
    }
}

impl Row {
    pub(super) fn person(self) -> Person {
        Person {
            id: PersonId::from_uuid(self.id),
            email: self.email,
            name: self.name,
            password_hash: self.password_hash.map(|hash| Secret::new(&hash)),
            language: self.language,
            created_at: Timestamp::from_millis(self.created_at),
        }
    }
}
