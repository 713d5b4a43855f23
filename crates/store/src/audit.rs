//! The audit: what was done, by whom, from where. An entry is written in the transaction that does it, and never changed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use warta_core::audit::Action;
use warta_core::ids::{AgentId, AuditId, ChannelId, PersonId};
use warta_core::json;
use warta_core::time::Timestamp;

use crate::db::{Tx, from_row, on, read};
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// The longest page.
const LIMIT: u32 = 500;

/// Who did something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The person. `None` for what a command, the bearer of a link or nobody known did.
    pub person: Option<PersonId>,
    /// Who it was in words, as they were called then.
    pub actor: String,
    /// The network address it came from; empty for a command.
    pub address: String,
}

impl By {
    /// The actor's word for what we did by ourselves. A person who is called so has an id.
    pub const SYSTEM: &str = "system";
}

/// An entry of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// Who did it.
    pub by: By,
    /// What was done.
    pub action: Action,
    /// The agent it concerns.
    pub agent: Option<AgentId>,
    /// The channel it concerns.
    pub channel: Option<ChannelId>,
    /// What it was done to, in words.
    pub subject: String,
    /// What is different now.
    pub changes: Vec<Change>,
    /// When.
    pub at: Timestamp,
}

impl Entry {
    /// An entry that says who did what; what it concerns is filled in by the caller.
    #[must_use]
    pub fn new(id: AuditId, by: By, action: Action, at: Timestamp) -> Self {
        Self { id, by, action, agent: None, channel: None, subject: String::new(), changes: Vec::new(), at }
    }

    /// An entry of what we did by ourselves.
    #[must_use]
    pub fn by_system(id: AuditId, action: Action, at: Timestamp) -> Self {
        Self::new(id, By { person: None, actor: By::SYSTEM.to_owned(), address: String::new() }, action, at)
    }

    /// An entry of what an operator's command did.
    #[must_use]
    pub fn by_command(id: AuditId, action: Action, at: Timestamp) -> Self {
        Self::new(
            id,
            By { person: None, actor: "command line".to_owned(), address: String::new() },
            action,
            at,
        )
    }
}

/// Something that is different after an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What.
    pub field: String,
    /// As it was; of a secret the last four characters.
    pub before: Option<String>,
    /// As it is; of a secret the last four characters.
    pub after: Option<String>,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only about this agent.
    pub agent: Option<AgentId>,
    /// Only about this channel.
    pub channel: Option<ChannelId>,
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only this.
    pub action: Option<Action>,
    /// Only older than this one.
    pub before: Option<AuditId>,
    /// How many at the most: 1 to 500.
    pub limit: u32,
}

/// A part of the audit, the newest first.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// A page, in several texts, so that each walks the index made for it and stops at the page's end.
macro_rules! page_sql {
    ($place:literal) => {
        concat!(
            "SELECT id, at, person_id, actor, address, action, agent_id, channel_id, subject, changes FROM audit
             WHERE organization_id = $1 AND id < $2
               AND (agent_id = $3 OR $3 IS NULL) AND (channel_id = $4 OR $4 IS NULL)
               AND (person_id = $5 OR $5 IS NULL) AND (action = $6 OR $6 IS NULL)",
            $place,
            " ORDER BY id DESC LIMIT $7"
        )
    };
}
pub(crate) const PAGE: &str = page_sql!("");
pub(crate) const PAGE_OF_AGENT: &str = page_sql!(" AND agent_id = $3");
pub(crate) const PAGE_OF_CHANNEL: &str = page_sql!(" AND channel_id = $4");
pub(crate) const PAGE_OF_PERSON: &str = page_sql!(" AND person_id = $5");
pub(crate) const PAGE_OF_ACTION: &str = page_sql!(" AND action = $6");

impl AuditFilter {
    const fn sql(&self) -> &'static str {
        if self.channel.is_some() {
            PAGE_OF_CHANNEL
        } else if self.person.is_some() {
            PAGE_OF_PERSON
        } else if self.action.is_some() {
            PAGE_OF_ACTION
        } else if self.agent.is_some() {
            PAGE_OF_AGENT
        } else {
            PAGE
        }
    }
}

impl Store {
    /// Writes an entry about what changed nothing in the store: a refusal, a test that was run.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn record(&self, scope: Scope, entry: &Entry) -> Result<(), Error> {
        let entry = entry.clone();
        self.write(move |tx| Box::pin(async move { insert(tx, scope.uuid(), &entry).await })).await
    }

    /// A page of the audit.
    ///
    /// # Errors
    ///
    /// When the database fails or a row is corrupt.
    pub async fn audit(&self, scope: Scope, filter: &AuditFilter) -> Result<AuditPage, Error> {
        let before = filter.before.map_or(Uuid::max(), AuditId::uuid);
        let (agent, channel) = (filter.agent.map(AgentId::uuid), filter.channel.map(ChannelId::uuid));
        let (person, action) = (filter.person.map(PersonId::uuid), filter.action.map(Action::as_str));
        let limit = filter.limit.clamp(1, LIMIT);
        let rows: Vec<Row> = read!(self, pool => sqlx::query_as(filter.sql()).bind(scope.uuid()).bind(before).bind(agent)
            .bind(channel).bind(person).bind(action).bind(i64::from(limit) + 1).fetch_all(pool).await?);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        let entries = rows.into_iter().take(limit).map(Row::entry).collect::<Result<_, _>>()?;
        Ok(AuditPage { entries, has_more })
    }
}

/// Writes an entry of an organization.
pub(crate) async fn insert(tx: &mut Tx, organization: Uuid, entry: &Entry) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO audit (organization_id, id, at, person_id, actor, address, action, agent_id, channel_id, subject, changes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    run(tx, SQL, organization, entry).await
}

/// Writes an entry about a person's account in each organization they belong to: the account opens all of them.
pub(crate) async fn insert_of_person(tx: &mut Tx, person: PersonId, entry: &Entry) -> Result<(), Error> {
    const SQL: &str = "
        INSERT INTO audit (organization_id, id, at, person_id, actor, address, action, agent_id, channel_id, subject, changes)
        SELECT organization_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM member WHERE person_id = $1";
    run(tx, SQL, person.uuid(), entry).await
}

async fn run(tx: &mut Tx, sql: &'static str, of: Uuid, entry: &Entry) -> Result<(), Error> {
    let changes = json::text(&entry.changes);
    on!(tx, c => sqlx::query(sql).bind(of).bind(entry.id.uuid()).bind(entry.at.as_millis())
        .bind(entry.by.person.map(PersonId::uuid)).bind(storable(&entry.by.actor)).bind(storable(&entry.by.address))
        .bind(entry.action.as_str()).bind(entry.agent.map(AgentId::uuid)).bind(entry.channel.map(ChannelId::uuid))
        .bind(storable(&entry.subject)).bind(changes).execute(c).await?.rows_affected());
    Ok(())
}

/// Without the one character that PostgreSQL takes in no text: what a stranger types must not keep the entry from being
/// written.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

from_row! {
    struct Row {
        id: Uuid,
        at: i64,
        person_id: Option<Uuid>,
        actor: String,
        address: String,
        action: String,
        agent_id: Option<Uuid>,
        channel_id: Option<Uuid>,
        subject: String,
        changes: String,
    }
}

impl Row {
    fn entry(self) -> Result<Entry, Error> {
        let id = AuditId::from_uuid(self.id);
        let corrupt = |column| Error::Corrupt { table: "audit", column, id: id.to_string() };
        Ok(Entry {
            id,
            by: By {
                person: self.person_id.map(PersonId::from_uuid),
                actor: self.actor,
                address: self.address,
            },
            action: self.action.parse().map_err(|_| corrupt("action"))?,
            agent: self.agent_id.map(AgentId::from_uuid),
            channel: self.channel_id.map(ChannelId::from_uuid),
            subject: self.subject,
            changes: serde_json::from_str(&self.changes).map_err(|_| corrupt("changes"))?,
            at: Timestamp::from_millis(self.at),
        })
    }
}
