//! What is kept for a while only: webhooks as they came, and the calls that may be repeated. Batch by batch, so that whoever has
//! something to store waits for one batch at the most.

use std::time::Duration;

use warta_core::clock::uuid_v7;
use warta_core::time::Timestamp;

use crate::db::on_each;
use crate::error::Error;
use crate::outbound::REMEMBERED_MS;
use crate::store::Store;

/// How long a webhook is kept as it came (facts/promises.md S11).
const ENVELOPES_STAY: Duration = Duration::from_hours(7 * 24);
/// How many rows of each kind a batch forgets.
const BATCH: i64 = 1_000;

/// Ids grow with time, so that the key finds what is old, one organization after the other: an index of its own would slow the hot
/// path. `CROSS JOIN`, since SQLite would turn the tables round otherwise. PostgreSQL passes over rows that another node is forgetting.
macro_rules! envelopes {
    ($lock:literal) => {
        concat!(
            "DELETE FROM envelope WHERE (organization_id, id) IN (
               SELECT e.organization_id, e.id FROM organization o
               CROSS JOIN envelope e WHERE e.organization_id = o.id AND e.id < $1 AND e.received_at < $2 LIMIT $3",
            $lock,
            ")"
        )
    };
}

macro_rules! calls {
    ($lock:literal) => {
        concat!(
            "DELETE FROM idempotency WHERE (organization_id, channel_id, key) IN (
               SELECT organization_id, channel_id, key FROM idempotency WHERE created_at <= $1 LIMIT $2",
            $lock,
            ")"
        )
    };
}

pub(crate) const ENVELOPES: &str = envelopes!("");
pub(crate) const CALLS: &str = calls!("");

impl Store {
    /// Forgets a batch of what is kept for a while only: webhooks as they came, after 7 days, and calls that may be repeated, after 24
    /// hours. Says how many rows that were; with none, all is forgotten.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_old(&self, now: Timestamp) -> Result<u64, Error> {
        let came_before = now.before(ENVELOPES_STAY);
        let (first, oldest) = (uuid_v7(came_before, 0, [0; 8]), now.as_millis() - REMEMBERED_MS);
        self.write(move |tx| {
            Box::pin(async move {
                let envelopes = on_each!(tx, sql = (ENVELOPES, envelopes!(" FOR UPDATE OF e SKIP LOCKED")), c =>
                    sqlx::query(sql).bind(first).bind(came_before.as_millis()).bind(BATCH).execute(c).await?.rows_affected());
                let calls = on_each!(tx, sql = (CALLS, calls!(" FOR UPDATE SKIP LOCKED")), c =>
                    sqlx::query(sql).bind(oldest).bind(BATCH).execute(c).await?.rows_affected());
                Ok(envelopes + calls)
            })
        })
        .await
    }
}
