//! What was done, by whom.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::ids::{AgentId, AuditId, ChannelId, PersonId};
use warta_core::time::Timestamp;

use crate::db::{Tx, on};
use crate::error::Error;

/// Who, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The person.
    pub person: Option<PersonId>,
    /// In words.
    pub actor: String,
    /// The address.
    pub address: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// By whom.
    pub by: By,
    /// What.
    pub action: Action,
    /// The agent.
    pub agent: Option<AgentId>,
    /// The channel.
    pub channel: Option<ChannelId>,
    /// To what.
    pub subject: String,
    /// What changed.
    pub changes: Vec<Change>,
    /// When.
    pub at: Timestamp,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field.
    pub field: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

impl Entry {
    /// By a command.
    #[must_use]
    pub fn by_command(id: AuditId, action: Action, at: Timestamp) -> Self {
        let by = By { person: None, actor: "command".to_owned(), address: String::new() };
        Self { id, by, action, agent: None, channel: None, subject: String::new(), changes: Vec::new(), at }
    }
}

pub(crate) async fn insert(tx: &mut Tx, organization: Uuid, entry: &Entry) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO audit (organization_id, id, at, person_id, actor, address, action, agent_id, channel_id, subject, changes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let changes = serde_json::to_string(&entry.changes).unwrap_or_default();
    on!(tx, c => sqlx::query(SQL).bind(organization).bind(entry.id.uuid()).bind(entry.at.as_millis())
        .bind(entry.by.person.map(PersonId::uuid)).bind(&entry.by.actor).bind(&entry.by.address)
        .bind(entry.action.as_str()).bind(entry.agent.map(AgentId::uuid)).bind(entry.channel.map(ChannelId::uuid))
        .bind(&entry.subject).bind(changes).execute(c).await?.rows_affected());
    Ok(())
}
