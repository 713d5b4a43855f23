//! Nodes on machines whose clocks differ, on one database and in real time: they behave as one. facts/promises.md R8 (e).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use warta_core::clock::Clock;
use warta_core::session::Settings;
use warta_core::time::Timestamp;
use warta_gateway::app::App;
use warta_gateway::system::{SystemClock, SystemMinter};
use warta_gateway::timekeeping::GuardedClock;
use warta_gateway::workers;
use warta_store::ChannelChange;

use crate::support::{Say, World};

const USERS: u32 = 30;
/// How far apart users write, in seconds.
const APART: f64 = 0.2;
/// How long the test may take until the nodes work.
const SETTING_UP: Duration = Duration::from_secs(8);
/// How late a session may be asked about.
const LATE: Duration = Duration::from_secs(2);

/// A machine whose clock is ahead.
#[derive(Debug)]
struct Ahead(Duration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().after(self.0)
    }
}

/// A node at work on a machine whose clock is ahead by so much, until it is stopped.
struct Node {
    app: Arc<App>,
    clock: Arc<GuardedClock>,
    stop: CancellationToken,
}

impl Node {
    async fn new(world: &World, owner: &str, ahead: Duration) -> Self {
        let clock = Arc::new(GuardedClock::new(Arc::new(Ahead(ahead))));
        clock.set(&world.app.store).await;
        let app = world.node(owner, clock.clone(), Arc::new(SystemMinter::default()));
        Self { app, clock, stop: CancellationToken::new() }
    }

    async fn work(&self) {
        let working = workers::run(Arc::clone(&self.app), self.stop.clone());
        tokio::join!(Box::pin(working), self.clock.keep(&self.app.store, &self.stop));
    }
}

/// Both nodes work while `meanwhile` runs.
async fn work_of_two(one: &Node, other: &Node, meanwhile: impl Future<Output = ()>) {
    let meanwhile = async {
        meanwhile.await;
        one.stop.cancel();
        other.stop.cancel();
    };
    tokio::join!(Box::pin(one.work()), Box::pin(other.work()), meanwhile);
}

async fn until(limit: Duration, mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(limit, waiting).await.unwrap();
}

fn user(number: u32) -> String {
    format!("62812700{number:05}")
}

/// Sessions come due over some seconds, on two nodes half a minute apart.
#[tokio::test]
async fn each_session_is_asked_about_once_and_none_early() {
    let minute = Duration::from_mins(1);
    let started = SystemClock.now().before(minute).after(SETTING_UP);
    let Some(world) = World::on_postgres_at(started).await else { return };
    let session = Settings { ask_more_minutes: 1, ask_end_minutes: 1_380, ..Settings::default() };
    world.change(ChannelChange { session: Some(session), ..ChannelChange::default() }).await;
    world.app.directory.forget();
    let mut due = HashMap::new();
    for number in 0..USERS {
        world.pass(APART);
        world.agent.script([Say::reply("Hello")]);
        world.write(&user(number), "Halo").await;
        world.run().await;
        // Providers tell the time of a message in whole seconds.
        due.insert(user(number), Timestamp::from_secs(world.seconds()).unwrap().after(minute));
    }
    let asked: Arc<Mutex<Vec<(String, Timestamp)>>> = Arc::default();
    let book = Arc::clone(&asked);
    world.graph.rule(move |call| {
        if call.body["interactive"].is_object() {
            let to = call.body["to"].as_str().unwrap().trim_start_matches('+').to_owned();
            book.lock().unwrap().push((to, SystemClock.now()));
        }
        None
    });
    let right = Node::new(&world, "right", Duration::ZERO).await;
    let ahead = Node::new(&world, "ahead", minute / 2).await;
    let apart = right.app.now().since(ahead.app.now()).max(ahead.app.now().since(right.app.now()));
    assert!(apart < Duration::from_millis(200), "{apart:?}");
    work_of_two(&right, &ahead, async {
        until(minute, || asked.lock().unwrap().len() >= due.len()).await;
        tokio::time::sleep(LATE).await; // for a second question to show
    })
    .await;
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), due.len(), "one question for each: {asked:?}");
    for (user, at) in &asked {
        let due = due[user];
        assert!(*at >= due && at.since(due) <= LATE, "{user} was due at {due} and asked at {at}");
    }
    assert_eq!(asked.iter().map(|(user, _)| user).collect::<std::collections::HashSet<_>>().len(), due.len());
}

/// A claim holds for some time by the clock of all, not by that of the node that would take it over.
#[tokio::test]
async fn a_node_far_ahead_takes_over_nothing_that_another_works_on() {
    let Some(world) = World::on_postgres_at(SystemClock.now()).await else { return };
    world.agent.rule(|call| {
        let late = Say::Late(Duration::from_secs(4), Box::new(Say::reply("Hello")));
        (call.told() == "Halo").then_some(late)
    });
    world.write(&user(1), "Halo").await;
    let (right, ahead) = (
        Node::new(&world, "right", Duration::ZERO).await,
        Node::new(&world, "ahead", Duration::from_secs(55)).await,
    );
    work_of_two(&right, &ahead, async {
        until(Duration::from_secs(20), || !world.graph.calls().is_empty()).await;
        tokio::time::sleep(LATE).await; // for a second answer to show
    })
    .await;
    assert_eq!((world.agent.told().len(), world.graph.sent().len()), (1, 1));
}
