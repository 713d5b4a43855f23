//! `kill -9` in a lively conversation: what was answered is neither lost nor doubled.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use serde_json::{Value, json};

use crate::world::{BUDI, Running, World};

/// Not a test: the process that the test below kills.
#[tokio::test]
#[ignore = "run by the crash test as a process of its own"]
async fn a_twin_to_kill() {
    let Some(data) = std::env::var_os("WARTA_TWIN_DATA").map(PathBuf::from) else { return };
    let twin = Running::start(&data).await;
    let address = data.join("base.new");
    std::fs::write(&address, &twin.base).unwrap();
    std::fs::rename(&address, data.join("base")).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_kill_loses_and_doubles_nothing_that_was_answered() {
    let mut world = World::connected().await;
    world.twin.stop().await;
    let (mut written, mut sent) = (Vec::new(), Vec::new());
    for round in 0..3 {
        world.twin = Running::spawn(world.data.path(), "crash::a_twin_to_kill").await;
        world.control("faults", json!({"pair_burst": 0, "throughput_mps": 0})).await;
        // The kill comes at another moment of the conversation each time.
        let life = Duration::from_millis(230 + 170 * round);
        drop(tokio::time::timeout(life, converse(&world, &mut written, &mut sent)).await);
        world.twin.kill();
    }

    world.twin = Running::spawn(world.data.path(), "crash::a_twin_to_kill").await;
    while world.books("owed").await != json!({"webhooks": 0, "statuses": 0}) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    assert!(
        written.len() > 6 && sent.len() > 6,
        "the conversation was lively: {} {}",
        written.len(),
        sent.len()
    );
    let phone = world.phone().await;
    let mut shown: HashMap<&str, u32> = HashMap::new();
    for item in &phone {
        *shown.entry(item["id"].as_str().unwrap()).or_default() += 1;
    }
    assert!(shown.values().all(|times| *times == 1));
    let values: Vec<Value> = world.receiver.hooks().iter().map(crate::world::Hook::value).collect();
    for wamid in &written {
        assert!(
            shown.contains_key(wamid.as_str())
                && values.iter().any(|value| value["messages"][0]["id"] == **wamid)
        );
    }
    for wamid in &sent {
        for word in ["sent", "delivered", "read"] {
            let told = |value: &Value| {
                value["statuses"][0]["id"] == **wamid && value["statuses"][0]["status"] == word
            };
            assert!(shown.contains_key(wamid.as_str()) && values.iter().any(told), "{word}");
        }
    }
    world.twin.kill();
}

/// Budi writes and is answered, without a pause.
async fn converse(world: &World, written: &mut Vec<String>, sent: &mut Vec<String>) {
    loop {
        written.push(world.budi_says("Halo").await);
        sent.push(world.say(&format!("Halo {BUDI}")).await);
    }
}
