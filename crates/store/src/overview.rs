//! Counts for the overview.

use warta_core::checkup::LOOPBACK;

use crate::db::read;
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

/// How much waits and what needs a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that wait for an agent.
    pub waiting_for_agent: i64,
    /// Messages that wait to be sent.
    pub waiting_to_send: i64,
    /// Sends of which nobody knows what became.
    pub uncertain: i64,
    /// Messages given up on the way to their agent.
    pub dead: i64,
    /// Webhooks that could not be read.
    pub quarantined: i64,
}

impl Store {
    /// The counts of an organization.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn counts(&self, scope: Scope) -> Result<Counts, Error> {
        const SQL: &str = "
            SELECT
              (SELECT count(*) FROM message WHERE organization_id = $1 AND direction = 'inbound' AND status = 'received'),
              (SELECT count(*) FROM message WHERE organization_id = $1 AND direction = 'outbound'
                 AND status IN ('queued', 'dispatching', 'uncertain') AND status <> 'uncertain'),
              (SELECT count(*) FROM message WHERE organization_id = $1 AND direction = 'outbound'
                 AND status IN ('queued', 'dispatching', 'uncertain') AND status = 'uncertain'),
              (SELECT count(*) FROM message WHERE organization_id = $1 AND direction = 'inbound' AND status = 'dead'
                AND provider_id NOT LIKE $2),
              (SELECT count(*) FROM quarantine WHERE organization_id = $1 AND replayed_at IS NULL)";
        let row: (i64, i64, i64, i64, i64) = read!(self, pool => sqlx::query_as(SQL).bind(scope.uuid()).bind(format!("{LOOPBACK}%")).fetch_one(pool).await?);
        let (waiting_for_agent, waiting_to_send, uncertain, dead, quarantined) = row;
        Ok(Counts { waiting_for_agent, waiting_to_send, uncertain, dead, quarantined })
    }
}
