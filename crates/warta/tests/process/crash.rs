//! `kill -9` in a lively conversation: nothing is lost, and nothing doubled as long as statuses arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Chat, Http, Program, Ready, TwinReady, long, text};

/// How long everything may take to come to rest after the last start: leases of the killed run out, uncertain sends wait.
const REST: Duration = Duration::from_mins(3);
/// Users who write at the same time.
const USERS: usize = 6;
/// The pair limit of the gateway lets 45 answers through in one go, so after a few kills others write.
const KILLS_PER_USER: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_gateway_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (twin_data, data) = (folder.path().join("twin"), folder.path().join("demo"));
    let twin_args = ["twin", "--json", "--port", "0", "--data", twin_data.to_str().unwrap()];
    let (twin, ready) = Program::start::<TwinReady>(&twin_args).await;
    lively_conversation("gateway", &data, &["--twin", &ready.url]).await;
    assert_eq!(twin.stop().await.0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_gateway_and_twin_together_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    lively_conversation("all in one", folder.path(), &[]).await;
}

async fn lively_conversation(name: &str, data: &Path, more: &[&str]) {
    let kills = if long() { 500 } else { 5 };
    let args = [&["demo", "--json", "--port", "0", "--data", data.to_str().unwrap()], more].concat();
    let http = Http::new();
    let mut writer = Writer { sent: 0, kills: 0 };
    let (mut program, mut ready) = Program::start::<Ready>(&args).await;
    let mut chat = chat_of(&http, &ready).await;
    for kill in 0..kills {
        writer.kills = kill;
        tokio::select! {
            never = writer.write(&chat) => match never {},
            () = tokio::time::sleep(random_moment()) => {}
        }
        program.kill_9();
        // Users do not wait until it is back.
        (program, ready) = tokio::select! {
            never = writer.write(&chat) => match never {},
            started = Program::start::<Ready>(&args) => started,
        };
        chat = chat_of(&http, &ready).await;
    }
    let mut books = Books::read(&http, &ready, &chat).await;
    let rest = async {
        while chat.owed().await > 0 || !books.at_rest() {
            tokio::time::sleep(Duration::from_millis(500)).await;
            books = Books::read(&http, &ready, &chat).await;
        }
    };
    // When it does not come to rest, the books say what is missing.
    let rested = tokio::time::timeout(REST, rest).await.is_ok();
    eprintln!("{name}: {kills} kills, {}, at rest: {rested}", books.seen());
    books.balance();
    assert_eq!(program.stop().await.0, Some(0));
}

/// The published number, without the limits that would make this test slow.
async fn chat_of(http: &Http, ready: &Ready) -> Chat {
    let chat = Chat::new(http, &ready.twins.meta_cloud, &ready.channels[0].phone_number_id);
    chat.faults(&json!({ "throughput_mps": 0, "pair_burst": 0 })).await;
    chat
}

/// Up to two seconds.
fn random_moment() -> Duration {
    Duration::from_millis(RandomState::new().hash_one(0) % 2_000)
}

/// Writes without end, each message with a mark of its own.
struct Writer {
    sent: usize,
    kills: usize,
}

impl Writer {
    async fn write(&mut self, chat: &Chat) -> std::convert::Infallible {
        loop {
            self.sent += 1;
            let user = self.kills / KILLS_PER_USER * USERS + self.sent % USERS;
            // Whether it was taken is in the twin's journal; a twin that is down takes nothing.
            // The last digit is none that ends one of the twin's magic numbers, whom sends never reach.
            chat.try_write(&[text(&format!("6281270{user:05}1"), &format!("#{}#", self.sent))]).await;
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }
}

/// What all three parties have on record, by the marks of the messages.
struct Books {
    /// What users wrote, by the twin's journal.
    written: BTreeSet<String>,
    /// How often each was stored as an inbound message.
    stored: BTreeMap<String, usize>,
    /// Under how many different ids each came to the agent.
    events: BTreeMap<String, usize>,
    /// How often each was answered, by the twin's journal.
    answered: BTreeMap<String, usize>,
    /// Where our sends stand.
    statuses: BTreeMap<String, usize>,
    /// Why sends failed, and how often.
    failures: BTreeMap<String, usize>,
    /// Sends that were repeated although the first may have arrived.
    resent: usize,
    /// Events that came to the agent more than once, with the same id.
    repeated: usize,
}

impl Books {
    async fn read(http: &Http, ready: &Ready, chat: &Chat) -> Self {
        let written = marks(
            chat.journal("received").await.iter().flat_map(|entry| entry["messages"].as_array().unwrap()),
        );
        let answered = marks(chat.journal("accepted").await.iter());
        let messages = http.messages(&ready.api, &ready.channels[0].api_key).await;
        let of = |direction: &'static str| {
            messages.iter().filter(move |message| message["direction"] == direction)
        };
        let mut statuses = BTreeMap::new();
        for message in of("outbound") {
            *statuses.entry(message["status"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let journal = http.get(&ready.twins.meta_cloud.agent_journal()).await;
        let journal = journal["events"].as_array().unwrap();
        let mut events = BTreeMap::new();
        for message in of("inbound") {
            let its = |event: &&Value| event["messages"].as_array().unwrap().contains(&message["id"]);
            *events.entry(mark(message)).or_default() += journal.iter().filter(its).count();
        }
        let mut failures = BTreeMap::new();
        for failed in of("outbound").filter(|message| !message["error"].is_null()) {
            *failures.entry(failed["error"].to_string()).or_default() += 1;
        }
        Self {
            failures,
            written: written.into_keys().collect(),
            stored: marks(of("inbound")),
            events,
            answered,
            statuses,
            resent: of("outbound").filter(|message| message["possible_duplicate"] == true).count(),
            repeated: journal.iter().filter(|event| event["count"].as_u64() > Some(1)).count(),
        }
    }

    fn at_rest(&self) -> bool {
        self.written.iter().all(|mark| self.answered.contains_key(mark)) && self.statuses.keys().eq(["read"])
    }

    fn seen(&self) -> String {
        let lost = self.written.iter().filter(|mark| !self.answered.contains_key(*mark)).count();
        let doubled = self.answered.values().filter(|times| **times > 1).count();
        format!(
            "{} messages, {lost} lost, {doubled} doubled, {} uncertain resent, {} events delivered again, statuses {:?}, failures {:?}",
            self.written.len(),
            self.resent,
            self.repeated,
            self.statuses,
            self.failures,
        )
    }

    fn balance(&self) {
        let once: BTreeMap<String, usize> = self.written.iter().map(|mark| (mark.clone(), 1)).collect();
        assert!(!once.is_empty(), "nobody wrote");
        for (what, counted) in [
            ("stored", &self.stored),
            ("ids of events at the agent", &self.events),
            ("answers accepted by the twin", &self.answered),
        ] {
            let wrong: Vec<_> = once
                .keys()
                .chain(counted.keys())
                .filter(|mark| counted.get(*mark) != Some(&1) || !once.contains_key(*mark))
                .map(|mark| (mark, counted.get(mark).copied().unwrap_or(0)))
                .collect();
            assert!(wrong.is_empty(), "{what}: should be 1 each, but {wrong:?}");
        }
        assert_eq!(self.statuses, BTreeMap::from([("read".to_owned(), once.len())]));
    }
}

/// How often each mark stands in `messages`.
fn marks<'a>(messages: impl Iterator<Item = &'a Value>) -> BTreeMap<String, usize> {
    let mut marks = BTreeMap::new();
    for message in messages {
        *marks.entry(mark(message)).or_default() += 1;
    }
    marks
}

/// The `#…#` in a message, wherever its text stands.
fn mark(message: &Value) -> String {
    let text = message.to_string();
    text.split('#').nth(1).unwrap_or_else(|| panic!("no mark in {text}")).to_owned()
}
