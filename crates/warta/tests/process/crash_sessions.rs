//! `kill -9` while sessions come due: every user is asked once, none twice and none never. facts/promises.md R8.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use serde_json::json;

use crate::support::{Chat, Http, Program, Ready, TwinReady, long, session_behaviour, text};

/// How long all may take to be asked after the last start: leases of the killed run out, uncertain sends wait.
const REST: Duration = Duration::from_secs(100);
/// How many users write in one order to the twin.
const TOGETHER: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_come_due_amid_kills_are_each_asked_about_once() {
    // More would not do: a number sends 75 messages a second, two for each user, and who is overdue by a quarter of an hour is not
    // asked any more.
    let (users, kills, rest) = if long() { (10_000, 60, REST * 6) } else { (1_000, 5, REST) };
    let folder = tempfile::tempdir().unwrap();
    let (twin_data, data) = (folder.path().join("twin"), folder.path().join("demo"));
    let twin_args = ["twin", "--json", "--port", "0", "--data", twin_data.to_str().unwrap()];
    let (twin, twin_ready) = Program::start::<TwinReady>(&twin_args).await;
    let args = ["demo", "--json", "--port", "0", "--data", data.to_str().unwrap(), "--twin", &twin_ready.url];
    let http = Http::new();
    let (mut program, ready) = Program::start::<Ready>(&args).await;
    let chat = Chat::new(&http, &ready.twins.meta_cloud, &ready.channels[0].phone_number_id);
    chat.faults(&json!({ "throughput_mps": 0, "pair_burst": 0 })).await;
    session_behaviour(&http, &ready, &[("ask_more_minutes", "1"), ("ask_end_minutes", "1380")]).await;
    for first in (0..users).step_by(TOGETHER) {
        // The last digit is none that ends one of the twin's magic numbers, whom sends never reach.
        let write = |user: usize| text(&format!("6281270{user:06}1"), "Halo");
        let all: Vec<_> = (first..users.min(first + TOGETHER)).map(write).collect();
        assert!(chat.try_write(&all).await, "{first}");
    }
    // The first come due a minute after they wrote; from then on nothing stays up for long.
    tokio::time::sleep(Duration::from_secs(50)).await;
    for _ in 0..kills {
        tokio::time::sleep(random_moment()).await;
        program.kill_9();
        (program, _) = Program::start::<Ready>(&args).await;
    }
    let all_asked = async {
        while asked(&chat).await.len() < users {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let in_time = tokio::time::timeout(rest, all_asked).await.is_ok();
    // Time enough for a second question to show.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let asked = asked(&chat).await;
    let doubled = asked.values().filter(|times| **times > 1).count();
    eprintln!("{users} sessions, {kills} kills: {} asked, {doubled} of them twice", asked.len());
    assert!(in_time && asked.len() == users, "{} of {users} were asked", asked.len());
    assert_eq!(doubled, 0);
    assert_eq!(program.stop().await.0, Some(0));
    assert_eq!(twin.stop().await.0, Some(0));
}

/// How often the twin took the first question of each session.
async fn asked(chat: &Chat) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for sent in chat.journal("accepted").await {
        let sent = sent.to_string();
        let Some((_, id)) = sent.split_once("warta.session:") else { continue };
        *asked.entry(id.split(':').next().unwrap().to_owned()).or_default() += 1;
    }
    asked
}

/// From half a second up to two and a half.
fn random_moment() -> Duration {
    Duration::from_millis(500 + RandomState::new().hash_one(0) % 2_000)
}
