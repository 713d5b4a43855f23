//! Organizations and agents.

use std::collections::BTreeMap;

use uuid::Uuid;
use warta_core::ids::{AgentId, OrganizationId};
use warta_core::json;
use warta_core::time::Timestamp;

use crate::audit::{self, Entry, storable};
use crate::channels;
use crate::db::{Tx, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// The language it speaks: `en` or `id`.
    pub language: String,
    /// Whether it has a picture: [`Store::avatar`].
    pub has_avatar: bool,
    /// What users are told, by language, when something the agent said cannot be sent. Off where there is no text.
    pub fallback: BTreeMap<String, String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An agent to create.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// The language it speaks: `en` or `id`.
    pub language: String,
}

impl Store {
    /// Adds an organization.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn create_organization(
        &self,
        id: OrganizationId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO organization (id, name, created_at) VALUES ($1, $2, $3)";
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(id.uuid()).bind(name).bind(now.as_millis()).execute(c).await?.rows_affected());
                Ok(())
            })
        })
        .await
    }

    /// Every organization with its name, the oldest first. Unscoped: for the operator.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn organizations(&self) -> Result<Vec<(OrganizationId, String)>, Error> {
        const SQL: &str = "SELECT id, name FROM organization ORDER BY id";
        let rows: Vec<(Uuid, String)> = read!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(id, name)| (OrganizationId::from_uuid(id), name)).collect())
    }

    /// Adds an agent.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn create_agent(&self, scope: Scope, new: NewAgent, entry: &Entry) -> Result<(), Error> {
        const SQL: &str = "
            INSERT INTO agent (organization_id, id, name, language, created_at) VALUES ($1, $2, $3, $4, $5)";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(new.id.uuid()).bind(storable(&new.name)).bind(new.language)
                    .bind(entry.at.as_millis()).execute(c).await?.rows_affected());
                audit::insert(tx, scope.uuid(), &entry).await
            })
        })
        .await
    }

    /// The agents of an organization, the oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn agents(&self, scope: Scope) -> Result<Vec<Agent>, Error> {
        const SQL: &str = "
            SELECT id, name, language, avatar IS NOT NULL, created_at, fallback FROM agent
            WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY id";
        let rows: Vec<Row> =
            read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(agent).collect())
    }

    /// An agent.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn agent(&self, scope: Scope, id: AgentId) -> Result<Option<Agent>, Error> {
        const SQL: &str = "
            SELECT id, name, language, avatar IS NOT NULL, created_at, fallback FROM agent
            WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(id.uuid())
            .fetch_optional(pool).await?);
        Ok(row.map(agent))
    }

    /// Gives an agent a name and a language.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn set_agent(
        &self,
        scope: Scope,
        id: AgentId,
        (name, language): (&str, &str),
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str = "
            UPDATE agent SET name = $3, language = $4 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let (name, language, entry) = (storable(name), language.to_owned(), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(name).bind(language)
                    .execute(c).await?.rows_affected());
                one(tx, rows, scope, &entry).await
            })
        })
        .await
    }

    /// Says what users are told, by language, when something the agent said cannot be sent.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn set_fallback(
        &self,
        scope: Scope,
        id: AgentId,
        fallback: &BTreeMap<String, String>,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str =
            "UPDATE agent SET fallback = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let (fallback, entry) = (storable(&json::text(fallback)), entry.clone());
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(fallback)
                    .execute(c).await?.rows_affected());
                one(tx, rows, scope, &entry).await
            })
        })
        .await
    }

    /// Gives an agent a picture, or takes it away.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or the database's.
    pub async fn set_avatar(
        &self,
        scope: Scope,
        id: AgentId,
        picture: Option<Vec<u8>>,
        entry: &Entry,
    ) -> Result<(), Error> {
        const SQL: &str =
            "UPDATE agent SET avatar = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(picture)
                    .execute(c).await?.rows_affected());
                one(tx, rows, scope, &entry).await
            })
        })
        .await
    }

    /// The picture of an agent.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn avatar(&self, scope: Scope, id: AgentId) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str =
            "SELECT avatar FROM agent WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let avatar: Option<Option<Vec<u8>>> = read!(self, pool => sqlx::query_scalar(SQL).bind(scope.uuid())
            .bind(id.uuid()).fetch_optional(pool).await?);
        Ok(avatar.flatten())
    }

    /// Deletes an agent and its channels. Their messages stay.
    ///
    /// # Errors
    ///
    /// [`Error::ChannelLive`] when a channel of it is live, [`Error::NotFound`], or the database's.
    pub async fn delete_agent(&self, scope: Scope, id: AgentId, entry: &Entry) -> Result<(), Error> {
        // The agent first: a channel that is being added waits for it and then finds it gone.
        const SQL: &str =
            "UPDATE agent SET deleted_at = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        const CHANNELS: &str = "
            UPDATE channel SET revision = revision WHERE organization_id = $1 AND agent_id = $2 AND deleted_at IS NULL
            RETURNING id, state";
        let entry = entry.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(id.uuid()).bind(entry.at.as_millis())
                    .execute(c).await?.rows_affected());
                let channels: Vec<(Uuid, String)> = on!(tx, c => sqlx::query_as(CHANNELS).bind(scope.uuid())
                    .bind(id.uuid()).fetch_all(c).await?);
                if channels.iter().any(|(_, state)| state == "live") {
                    return Err(Error::ChannelLive);
                }
                for (channel, _) in channels {
                    channels::delete(tx, (scope.uuid(), channel), &entry).await?;
                }
                one(tx, rows, scope, &entry).await
            })
        })
        .await
    }
}

type Row = (Uuid, String, String, bool, i64, String);

fn agent((id, name, language, has_avatar, created_at, fallback): Row) -> Agent {
    let created_at = Timestamp::from_millis(created_at);
    // Without a text nothing is said, which is how an agent starts.
    let fallback = serde_json::from_str(&fallback).unwrap_or_default();
    Agent { id: AgentId::from_uuid(id), name, language, has_avatar, fallback, created_at }
}

/// Adds to the audit when the one row it is about was there.
async fn one(tx: &mut Tx, rows: u64, scope: Scope, entry: &Entry) -> Result<(), Error> {
    if rows == 0 {
        return Err(Error::NotFound);
    }
    audit::insert(tx, scope.uuid(), entry).await
}
