//! Templates that are declared here, for providers whose API tells nothing of their own.

use serde_json::Value;
use uuid::Uuid;
use warta_core::ids::{ApiKeyId, ChannelId, TemplateId};
use warta_core::time::Timestamp;

use crate::db::{from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// A template as it was declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// Its id.
    pub id: TemplateId,
    /// The channel it is for.
    pub channel: ChannelId,
    /// Its name with the provider; with the language it is the only one of its channel.
    pub name: String,
    /// Its language.
    pub language: String,
    /// What it is for, in WhatsApp's word.
    pub category: String,
    /// Its parts in WhatsApp's own shape.
    pub components: Vec<Value>,
    /// When it was declared.
    pub created_at: Timestamp,
    /// The key that declared it.
    pub created_by: ApiKeyId,
}

/// Which declarations are wanted.
#[derive(Debug, Clone, Copy)]
pub struct DeclarationFilter<'a> {
    /// Only those whose name holds this.
    pub name: Option<&'a str>,
    /// Only those declared before this one.
    pub before: Option<TemplateId>,
    /// How many at the most.
    pub limit: u32,
}

impl Store {
    /// Declares a template; says whether that was possible: not where the channel has one of this name and language.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn declare_template(&self, scope: Scope, new: Declaration) -> Result<bool, Error> {
        const SQL: &str = "
            INSERT INTO template_declaration
              (organization_id, id, channel_id, name, language, category, components, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (organization_id, channel_id, name, language) DO NOTHING";
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(new.id.uuid()).bind(new.channel.uuid())
                    .bind(new.name).bind(new.language).bind(new.category).bind(Value::Array(new.components).to_string())
                    .bind(new.created_at.as_millis()).bind(new.created_by.uuid()).execute(c).await?.rows_affected());
                Ok(rows == 1)
            })
        })
        .await
    }

    /// The declarations of a channel, the newest first.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn declarations(
        &self,
        scope: Scope,
        channel: ChannelId,
        filter: DeclarationFilter<'_>,
    ) -> Result<Vec<Declaration>, Error> {
        let before = filter.before.map_or(Uuid::max(), TemplateId::uuid);
        let name = filter.name.unwrap_or_default();
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(PAGE).bind(scope.uuid()).bind(channel.uuid()).bind(before)
            .bind(name).bind(i64::from(filter.limit)).fetch_all(pool).await?);
        rows.into_iter().map(Row::declaration).collect()
    }

    /// A declaration of a channel.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn declaration(
        &self,
        scope: Scope,
        channel: ChannelId,
        id: TemplateId,
    ) -> Result<Option<Declaration>, Error> {
        const SQL: &str = "
            SELECT id, channel_id, name, language, category, components, created_at, created_by FROM template_declaration
            WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
        let row: Option<Row> = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(channel.uuid())
            .bind(id.uuid()).fetch_optional(pool).await?);
        row.map(Row::declaration).transpose()
    }

    /// The declaration that a message names.
    ///
    /// # Errors
    ///
    /// When the database fails or the row is corrupt.
    pub async fn declaration_named(
        &self,
        scope: Scope,
        channel: ChannelId,
        (name, language): (&str, &str),
    ) -> Result<Option<Declaration>, Error> {
        let row: Option<Row> = read!(self, pool => sqlx::query_as(NAMED).bind(scope.uuid()).bind(channel.uuid())
            .bind(name).bind(language).fetch_optional(pool).await?);
        row.map(Row::declaration).transpose()
    }

    /// Gives a declaration another category, other parts, or both; says whether there was one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn change_declaration(
        &self,
        scope: Scope,
        (channel, id): (ChannelId, TemplateId),
        category: Option<String>,
        components: Option<Vec<Value>>,
    ) -> Result<bool, Error> {
        const SQL: &str = "
            UPDATE template_declaration SET category = coalesce($4, category), components = coalesce($5, components)
            WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
        let components = components.map(|components| Value::Array(components).to_string());
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(channel.uuid()).bind(id.uuid())
                    .bind(category).bind(components).execute(c).await?.rows_affected());
                Ok(rows == 1)
            })
        })
        .await
    }

    /// Deletes a declaration; says whether there was one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn delete_declaration(
        &self,
        scope: Scope,
        (channel, id): (ChannelId, TemplateId),
    ) -> Result<bool, Error> {
        const SQL: &str = "
            DELETE FROM template_declaration WHERE organization_id = $1 AND channel_id = $2 AND id = $3";
        self.write(move |tx| {
            Box::pin(async move {
                let rows = on!(tx, c => sqlx::query(SQL).bind(scope.uuid()).bind(channel.uuid()).bind(id.uuid())
                    .execute(c).await?.rows_affected());
                Ok(rows == 1)
            })
        })
        .await
    }
}

// A name that holds the text is another one without it. LIKE would take the _ of a name for any letter.
pub(crate) const PAGE: &str = "
    SELECT id, channel_id, name, language, category, components, created_at, created_by FROM template_declaration
    WHERE organization_id = $1 AND channel_id = $2 AND id < $3 AND ($4 = '' OR replace(name, $4, '') <> name)
    ORDER BY id DESC LIMIT $5";

pub(crate) const NAMED: &str = "
    SELECT id, channel_id, name, language, category, components, created_at, created_by FROM template_declaration
    WHERE organization_id = $1 AND channel_id = $2 AND name = $3 AND language = $4";

from_row! {
    struct Row {
        id: Uuid,
        channel_id: Uuid,
        name: String,
        language: String,
        category: String,
        components: String,
        created_at: i64,
        created_by: Uuid,
    }
}

impl Row {
    fn declaration(self) -> Result<Declaration, Error> {
        let id = TemplateId::from_uuid(self.id);
        let corrupt =
            |_| Error::Corrupt { table: "template_declaration", column: "components", id: id.to_string() };
        Ok(Declaration {
            id,
            channel: ChannelId::from_uuid(self.channel_id),
            name: self.name,
            language: self.language,
            category: self.category,
            components: serde_json::from_str(&self.components).map_err(corrupt)?,
            created_at: Timestamp::from_millis(self.created_at),
            created_by: ApiKeyId::from_uuid(self.created_by),
        })
    }
}
