//! How many webhooks a second the store takes in: `cargo run --release -p warta-store --example ingest [URL]`.
//!
//! 64 callers store 100,000 webhooks of one message each, from 20,000 users, in a fresh SQLite file or the empty database at
//! URL. Prints webhooks per second and how large the write-ahead log has grown.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a probe fails loudly and prints what it finds"
)]
#![expect(clippy::disallowed_methods, reason = "a probe measures")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use serde_json::json;
use tokio::task::JoinSet;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::clock::{CountingMinter, Minter as _};
use warta_core::identity::Identity;
use warta_core::ids::{AgentId, ChannelId, EnvelopeId, OrganizationId};
use warta_core::message::{Context, InboundContent, Text};
use warta_core::time::Timestamp;
use warta_core::webhook::{Item, Message};
use warta_store::{Ingest, NewAgent, NewChannel, NewItem, OpenOptions, Part, Scope, Store, testing};

const WEBHOOKS: u32 = 100_000;
const CALLERS: u32 = 64;
const USERS: u32 = 20_000;
const NOW: Timestamp = Timestamp::from_millis(1_794_052_811_000);

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("warta.db");
    let url = std::env::args().nth(1).unwrap_or_else(|| file.display().to_string());
    let store = Store::open(OpenOptions::new(&url, testing::key())).await.expect("a store");
    store.migrate().await.expect("its tables");
    let minter = Arc::new(CountingMinter::default());
    let organization = OrganizationId::from_uuid(minter.uuid(NOW));
    let channel = ChannelId::from_uuid(minter.uuid(NOW));
    let (agent, scope) = (AgentId::from_uuid(minter.uuid(NOW)), Scope::new(organization));
    let new_agent = NewAgent { id: agent, name: "Probe".to_owned(), language: "en".to_owned() };
    store.create_agent(scope, new_agent, &testing::entry(&*minter, NOW)).await.expect("an agent");
    let new = NewChannel {
        organization,
        id: channel,
        agent,
        environment: Environment::Published,
        protocol: Protocol::MetaCloud,
        state: State::Live,
        account: "6281100000001".parse().ok(),
        settings: json!({}),
        session: warta_core::session::Settings::default(),
        secrets: Vec::new(),
    };
    store.create_channel(new, &testing::entry(&*minter, NOW)).await.expect("a channel");

    let next = Arc::new(AtomicU32::new(0));
    let started = std::time::Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (store, next, minter) = (store.clone(), Arc::clone(&next), Arc::clone(&minter));
        callers.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= WEBHOOKS {
                    return;
                }
                let ingest = webhook(&minter, organization, channel, n);
                store.ingest(ingest).await.expect("a stored webhook");
            }
        });
    }
    callers.join_all().await;
    let rate = f64::from(WEBHOOKS) / started.elapsed().as_secs_f64();
    let log = std::fs::metadata(folder.path().join("warta.db-wal")).map_or(0, |log| log.len() / 1_048_576);
    println!("{rate:.0} webhooks a second, write-ahead log {log} MiB");
    store.close().await;
}

fn webhook(minter: &CountingMinter, organization: OrganizationId, channel: ChannelId, n: u32) -> Ingest {
    let message = Message {
        provider_id: format!("wamid.HBgNNjI4MTI1NTUwMTIzNBUCABIYIDQ{n:010}"),
        from: Identity::Phone(format!("62812{:08}", n % USERS).parse().expect("a phone")),
        name: Some("Budi".to_owned()),
        username: None,
        room: None,
        sent_at: NOW,
        content: InboundContent::Text(Text {
            body: "Halo, apakah masih ada meja?".to_owned(),
            preview_url: false,
        }),
        context: Context::default(),
    };
    let item = NewItem { id: minter.uuid(NOW), item: Item::Message(Box::new(message)) };
    Ingest {
        organization,
        channel,
        envelope: EnvelopeId::from_uuid(minter.uuid(NOW)),
        received_at: NOW,
        body: Bytes::from(vec![b'x'; 650]),
        parts: vec![Part { channel, items: vec![item] }],
    }
}
