//! What a twin accepted and owes survives its process.

use serde_json::json;

use crate::world::{Running, World};

#[tokio::test]
async fn a_restart_keeps_accounts_chats_owed_webhooks_and_pending_statuses() {
    let mut world = World::connected().await;
    let slow = json!({"status_delays_ms": {"sent": 1, "delivered": 700, "read": 900}});
    world.control("faults", slow).await;
    world.receiver.answer_next(&[500; 2]);
    world.budi_says("Halo").await;
    let wamid = world.say("Halo Budi").await;
    world.receiver.wait_for(2).await;
    let before = world.receiver.hooks();
    assert!(
        before
            .iter()
            .all(|hook| hook.value().get("messages").is_some() || !world.receiver.statuses().is_empty())
    );

    world.twin.stop().await;
    world.twin = Running::start(world.data.path()).await;

    // What was answered with 500 comes again, so `sent` may be there twice.
    let mut statuses = world.receiver.statuses();
    while !statuses.contains(&"read".to_owned()) {
        statuses = world.receiver.wait_for_statuses(statuses.len() + 1).await;
    }
    assert!(statuses.ends_with(&["delivered".to_owned(), "read".to_owned()]), "{statuses:?}");
    let phone = world.phone().await;
    assert_eq!(phone.len(), 2);
    assert_eq!(phone[1]["id"], wamid.as_str());
    let inbound =
        world.receiver.hooks().into_iter().filter(|hook| hook.value().get("messages").is_some()).count();
    assert!(inbound >= 2, "the first answer was 500, so it came again");
    assert_eq!(world.look(&world.id("phone_number_id")).await.0, 200, "the token is still good");
}

#[tokio::test]
async fn a_line_cut_by_a_crash_is_dropped() {
    let mut world = World::connected().await;
    world.budi_says("Halo").await;
    world.twin.stop().await;
    let path = world.data.path().join("twin/meta.jsonl");
    let mut journal = std::fs::read(&path).unwrap();
    journal.extend_from_slice(br#"{"event":"recei"#);
    std::fs::write(&path, journal).unwrap();

    world.twin = Running::start(world.data.path()).await;

    assert_eq!(world.phone().await.len(), 1);
    world.budi_says("Lagi").await;
    assert_eq!(world.phone().await.len(), 2);
}
