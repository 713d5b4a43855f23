//! What people write, who they are, and what opens doors never stands in the log: facts/promises.md S7.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::json;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use warta_console::KEPT_OUT_OF_LOGS;
use warta_core::channel::Protocol;

use crate::support::webhook::{APP_SECRET, messages, signature, text};
use crate::support::world::{ACCESS_TOKEN, AGENT_SECRET, NUMBER, VERIFY_TOKEN};
use crate::support::{BUDI, PROTOCOLS, Pair, Say, World};

/// Of these tests alone, since all tests of a process share the log.
const PHONE: &str = "6281277700042";
const SAID: &str = "canary-said-8c41";
const REPLY: &str = "canary-reply-8c41";
const SAID_TO_A_TWIN: &str = "canary-twin-8c41";

/// What the process logs, from the first look on, at its most talkative. A process has one place for its log, so the tests share it.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let (target, level) = KEPT_OUT_OF_LOGS;
    let filter = Targets::new().with_default(LevelFilter::TRACE).with_target(target, level);
    let lines = tracing_subscriber::fmt::layer().with_writer(log.clone());
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    log
});

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_text_number_or_secret_is_logged_even_when_all_goes_wrong() {
    LazyLock::force(&LOG);
    let world = World::new().await;
    let broken = format!("{{\"replies\": [{{\"type\": \"{REPLY}\"}}, \"{REPLY}\"");
    let bad = format!("{{\"replies\": [{{\"type\": \"{REPLY}\", \"{REPLY}\": 1}}]}}");
    world.agent.script([
        Say::Text(200, None, broken),
        Say::Text(500, None, REPLY.to_owned()),
        Say::Cut,
        Say::Text(200, None, bad),
        Say::reply(REPLY),
        Say::reply(REPLY),
    ]);
    world.graph.script([
        Say::fault(401, 190),
        Say::fault(400, 131_026),
        Say::Cut,
        Say::Text(502, None, REPLY.to_owned()),
    ]);
    for body in ["one", "two", "three"] {
        world.write(PHONE, &format!("{SAID}-{body}")).await;
    }
    world.run_for(120).await;
    let mut cut = messages(NUMBER, &[text(PHONE, "wamid.1", SAID, 0)]).to_string();
    cut.truncate(cut.len() - 5);
    let right = signature(APP_SECRET, cut.as_bytes());
    world.post_raw(cut.clone().into_bytes(), Some(&right)).await;
    world.post_raw(cut.into_bytes(), Some("sha256=00")).await;
    assert_eq!(world.received().await, ["delivered", "delivered", "delivered"]);

    let log = LOG.text();
    assert!(log.contains("a reply of the agent is left out"), "the log was not caught");
    for marker in [PHONE, "77700042", SAID, REPLY, APP_SECRET, ACCESS_TOKEN, AGENT_SECRET, VERIFY_TOKEN] {
        let line = log.lines().find(|line| line.contains(marker));
        assert_eq!(line, None, "{marker}");
    }
}

#[tokio::test]
async fn no_protocol_lets_its_secrets_into_the_log() {
    LazyLock::force(&LOG);
    for protocol in PROTOCOLS {
        let pair = Pair::open(protocol).await;
        pair.write(SAID_TO_A_TWIN).await;
        pair.all_read(1).await;
        let fault = match protocol {
            Protocol::MetaCloud => json!({"fail_next": {"count": 3, "http_status": 401, "code": 190}}),
            Protocol::Coster | Protocol::Qontak => json!({"scenario": "http500", "times": 3}),
        };
        pair.faults(fault).await;
        pair.write(SAID_TO_A_TWIN).await;
        pair.world.run_for(60).await;
        let log = LOG.text();
        assert!(log.contains("warta_gateway"), "the log was not caught");
        for marker in pair.all_secrets().iter().map(String::as_str).chain([SAID_TO_A_TWIN, BUDI]) {
            let line = log.lines().find(|line| line.contains(marker));
            assert_eq!(line, None, "{protocol:?}: {marker}");
        }
    }
}
