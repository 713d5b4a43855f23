//! Each query that a page or a worker runs again and again walks an index.

use crate::db::Pools;
use crate::{
    audit, channels, conversations, messages, numbers, people, quarantine, retention, templates, testing,
};

async fn plan(pool: &sqlx::SqlitePool, sql: &str) -> Vec<String> {
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(pool).await.unwrap();
    steps.into_iter().map(|(.., step)| step).collect()
}

#[tokio::test]
async fn what_is_asked_often_walks_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = testing::sqlite(folder.path()).await;
    let Pools::Sqlite(pool) = store.pools() else { panic!("this is SQLite") };
    for sql in [
        messages::PAGE,
        messages::PAGE_OF_CHANNEL,
        messages::PAGE_OF_CONVERSATION,
        messages::PAGE_OF_PROVIDER_ID,
        messages::DEAD_LETTERS,
        messages::TIMELINE,
        quarantine::QUARANTINED,
        templates::PAGE,
        templates::NAMED,
        channels::FOR_AGENT,
        channels::LAST_INBOUND,
        channels::LAST_SENT,
        channels::TO_SEND,
        conversations::HEAD,
        conversations::NEXT_DUE,
        conversations::DEPARTURES,
        conversations::SAID,
        conversations::OFFERED,
        numbers::SENDABLE,
        audit::PAGE,
        audit::PAGE_OF_AGENT,
        audit::PAGE_OF_CHANNEL,
        audit::PAGE_OF_PERSON,
        audit::PAGE_OF_ACTION,
        people::AGENT_MEMBERS,
        people::AGENT_ROLES,
        people::INVITATIONS,
        people::INVITATIONS_BEFORE,
        people::MEMBERS,
        people::MEMBERS_AFTER,
        people::ORGANIZATIONS_OF,
        people::SIGN_INS,
        people::SIGNED_IN,
        channels::HANDOFFS,
        channels::REVISIONS,
        channels::SECRET_ROWS,
    ] {
        let plan = plan(pool, sql).await;
        let scans = plan.iter().filter(|step| step.starts_with("SCAN")).count();
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(scans == 0 && !sorts, "{sql}\n{plan:#?}");
    }
    store.close().await;
}

#[tokio::test]
async fn what_is_to_be_forgotten_is_found_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = testing::sqlite(folder.path()).await;
    let Pools::Sqlite(pool) = store.pools() else { panic!("this is SQLite") };
    for (sql, found) in [
        (retention::ENVELOPES, "SEARCH e USING"),
        (retention::CALLS, "SEARCH idempotency USING COVERING INDEX"),
    ] {
        let plan = plan(pool, sql).await;
        assert!(plan.iter().any(|step| step.starts_with(found)), "{sql}\n{plan:#?}");
        let scans =
            plan.iter().any(|step| step.starts_with("SCAN e") || step.starts_with("SCAN idempotency"));
        assert!(!scans, "{sql}\n{plan:#?}");
    }
    store.close().await;
}
