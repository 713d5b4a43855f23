//! What every protocol must do, run from one table against its twin over real HTTP: the rows are [`PROTOCOLS`], what differs
//! between them stands in `support/pair.rs`.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use warta_core::channel::Protocol;
use warta_core::message::{Direction, OutboundContent};
use warta_gateway::flow::outbound;
use warta_gateway::webhook_address;
use warta_store::{Content, NewOutbound, Priority};

use crate::support::{PROTOCOLS, Pair};

/// Runs a test for each protocol, under its name.
macro_rules! for_each_protocol {
    ($($(#[$meta:meta])* $name:ident($pair:ident) $body:block)+) => {
        $(mod $name {
            #[tokio::test]
            async fn meta_cloud() {
                super::run::$name(super::Pair::open(super::Protocol::MetaCloud).await).await;
            }
            #[tokio::test]
            async fn coster() {
                super::run::$name(super::Pair::open(super::Protocol::Coster).await).await;
            }
            #[tokio::test]
            async fn qontak() {
                super::run::$name(super::Pair::open(super::Protocol::Qontak).await).await;
            }
        })+
        mod run {
            use super::*;
            $($(#[$meta])* pub(super) async fn $name($pair: Pair) $body)+
        }
    };
}

/// A webhook as the provider sends it: the last one that the twin owed, word for word.
async fn last_webhook(pair: &Pair) -> String {
    let journal = format!("/{}/control/journal", pair.word());
    let journal = pair.call(Method::GET, &journal, "", &Value::Null).await;
    let entries = journal["entries"].as_array().unwrap().iter().rev();
    let hooks = entries.filter_map(|entry| entry["webhooks"].as_array()?.first()?["body"].as_str());
    hooks.map(str::to_owned).next().unwrap()
}

/// Posts bytes to the channel's own address, proven or not.
async fn post(pair: &Pair, body: &str, proven: bool) -> StatusCode {
    let address = pair.hook().await;
    let path = address.strip_prefix(&pair.world.app.settings.public_url).unwrap();
    let signs = webhook_address::shown(&pair.world.app, &pair.channel().await) == address;
    let path = if proven || signs { path.to_owned() } else { format!("{path}x") };
    let mut request = Request::post(path);
    if signs {
        let secret = if proven { pair.id("app_secret") } else { "another".to_owned() };
        request = request
            .header("x-hub-signature-256", crate::support::webhook::signature(&secret, body.as_bytes()));
    }
    pair.world.request(request.body(Body::from(body.to_owned())).unwrap()).await.0
}

/// Queues a message of the business, as the API does.
async fn send(pair: &Pair, content: Value) {
    let world = &pair.world;
    let conversation = world.messages(Direction::Inbound).await[0].conversation;
    let content: OutboundContent = serde_json::from_value(content).unwrap();
    assert_eq!(content.faults(), []);
    let new = NewOutbound {
        id: outbound::id(&world.app, &content, world.app.now()),
        conversation,
        content,
        reply_to: None,
        expires_at: world.app.now().after(std::time::Duration::from_hours(1)),
        priority: Priority::Reply,
        silent_since: None,
    };
    world.app.store.enqueue(world.scope(), world.channel, vec![new], None, world.app.now()).await.unwrap();
}

/// A template of Qontak's with its values.
fn login_code(name: &Value) -> Value {
    json!({"template": {"name": name, "language": "en_US", "components":
        [{"type": "body", "parameters": [{"type": "text", "text": "4711"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "4711"}]}]}})
}

for_each_protocol! {
    a_message_is_answered_and_read(pair) {
        pair.write("menu").await;
        pair.all_read(1).await;
        assert_eq!(pair.world.received().await, ["delivered"]);
        let answers = pair.answers().await;
        assert_eq!(answers[0]["type"], "interactive", "{answers:?}");
        let reply = pair.world.outbound().await.remove(0);
        let timeline = pair.world.timeline(&reply).await;
        for event in ["send accepted", "status sent", "status delivered", "status read"] {
            assert!(timeline.iter().any(|one| one == event), "{timeline:?}");
        }
    }

    a_tap_reaches_the_agent_as_a_choice(pair) {
        pair.write("menu").await;
        pair.all_read(1).await;
        let menu = pair.answers().await.remove(0);
        let button = &menu["interactive"]["action"]["buttons"][0]["reply"];
        pair.user_sends(json!({"type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": button}})).await;
        pair.until("the tap is answered", async |pair| pair.on_the_phone().await >= 2).await;
        let inbound = pair.world.messages(Direction::Inbound).await;
        let Content::Inbound { content, .. } = &inbound[1].content else { panic!("{inbound:?}") };
        let tapped = serde_json::to_value(content).unwrap();
        assert_eq!(tapped["button_reply"]["id"], button["id"], "{tapped}");
    }

    duplicates_and_disorder_change_nothing(pair) {
        let faults = if pair.protocol == Protocol::MetaCloud {
            [json!({"duplicate": 3, "reorder": true}), json!({"status_before_answer": true})]
        } else {
            [json!({"scenario": "duplicate"}), json!({"scenario": "read_first"})]
        };
        for (count, fault) in faults.into_iter().enumerate() {
            pair.faults(fault).await;
            pair.write("Halo").await;
            pair.all_read(count + 1).await;
        }
        assert_eq!(pair.on_the_phone().await, 2);
        assert_eq!(pair.world.received().await, ["delivered", "delivered"]);
    }

    a_status_before_the_answer_is_not_lost(pair) {
        let fault = if pair.protocol == Protocol::MetaCloud {
            json!({"status_before_answer": true})
        } else {
            json!({"scenario": "status_before_answer"})
        };
        pair.faults(fault).await;
        pair.write("Halo").await;
        pair.all_read(1).await;
        let reply = pair.world.outbound().await.remove(0);
        assert!(pair.world.timeline(&reply).await.contains(&"status sent".to_owned()));
    }

    a_provider_that_fails_and_slows_gets_all_in_the_end(pair) {
        if pair.protocol == Protocol::MetaCloud {
            pair.faults(json!({"throttle": {"count": 2, "code": 130_429}})).await;
        } else {
            pair.faults(json!({"scenario": "throttled", "times": 2})).await;
        }
        pair.write("Halo").await;
        // Whoever is told to slow down may wait for the next minute.
        pair.world.run_for(150).await;
        pair.all_read(1).await;
        assert_eq!(pair.on_the_phone().await, 1);
        assert!(!pair.world.outbound().await[0].possible_duplicate);
    }

    a_failed_message_tells_why(pair) {
        if pair.protocol == Protocol::MetaCloud {
            pair.faults(json!({"failed_code": 131_026})).await;
        } else {
            pair.faults(json!({"scenario": "failed"})).await;
        }
        pair.write("Halo").await;
        pair.until("the send fails", async |pair| pair.world.sends().await == ["failed"]).await;
    }

    what_is_not_proven_is_refused_and_nothing_is_kept(pair) {
        pair.write("Halo").await;
        pair.all_read(1).await;
        let body = last_webhook(&pair).await;
        assert!(matches!(post(&pair, &body, false).await, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN));
        assert_eq!(pair.world.received().await.len(), 1);
    }

    a_replayed_webhook_is_one_message(pair) {
        pair.write("Halo").await;
        pair.all_read(1).await;
        let journal = format!("/{}/control/journal?event=received", pair.word());
        let journal = pair.call(Method::GET, &journal, "", &Value::Null).await;
        let body = journal["entries"][0]["webhooks"][0]["body"].as_str().unwrap().to_owned();
        for _ in 0..5 {
            assert_eq!(post(&pair, &body, true).await, StatusCode::OK);
        }
        assert_eq!(pair.world.received().await, ["delivered"]);
        pair.world.run().await;
        assert_eq!(pair.world.sends().await.len(), 1);
    }

    what_cannot_be_read_is_kept_and_answered(pair) {
        pair.write("Halo").await;
        pair.all_read(1).await;
        let body = last_webhook(&pair).await;
        let cut = body.strip_suffix('}').unwrap();
        let strange = body.replace("\"delivered\"", "\"levitated\"").replace("\"read\"", "\"levitated\"");
        let more = format!("{{\"unheard_of\":{{\"deep\":[1,null]}},{}", body.strip_prefix('{').unwrap());
        for body in [cut, &strange, &more, "[]", "null", "{}", "\"text\"", "17", "{\"entry\":7}", ""] {
            let status = post(&pair, body, true).await;
            assert_eq!(status, StatusCode::OK, "{body}");
        }
        let huge = format!("{{\"x\":\"{}\"}}", "y".repeat(5 * 1024 * 1024));
        assert_eq!(post(&pair, &huge, true).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(pair.world.received().await, ["delivered"]);
        assert_eq!(pair.world.sends().await, ["read"]);
    }

    a_file_reaches_the_phone_and_a_picture_the_agent(pair) {
        pair.write("gambar").await;
        pair.all_read(1).await;
        let answers = pair.answers().await;
        assert_eq!(answers[0]["type"], "image", "{answers:?}");
        let id = if pair.protocol == Protocol::MetaCloud {
            None
        } else {
            pair.control("media", json!({})).await["id"].as_str().map(str::to_owned)
        };
        let Some(id) = id else { return };
        pair.user_sends(json!({"type": "image", "image": {"id": id, "caption": "lihat"}})).await;
        pair.until("the picture is answered", async |pair| pair.world.received().await.len() == 2).await;
        let inbound = pair.world.messages(Direction::Inbound).await;
        let Content::Inbound { content, .. } = &inbound[1].content else { panic!("{inbound:?}") };
        let picture = serde_json::to_value(content).unwrap();
        assert_eq!(picture["image"]["caption"], "lihat", "{picture}");
    }

    a_template_reaches_the_phone(pair) {
        pair.write("Halo").await;
        pair.all_read(1).await;
        // By its name and language wherever it is; Qontak knows it by an id, which the gateway looks up.
        let template = match pair.protocol {
            Protocol::MetaCloud | Protocol::Coster => json!({"template": {"name": "visit_reminder", "language": "id",
                "components": [{"type": "header", "parameters": [{"type": "text", "text": "Senin"}]},
                {"type": "body", "parameters": [{"type": "text", "text": "Budi"}, {"type": "text", "text": "10.00"}]}]}}),
            Protocol::Qontak => login_code(&json!("login_code")),
        };
        send(&pair, template).await;
        pair.all_read(2).await;
        let shown = pair.answers().await.remove(1);
        let body = shown["shown"]["body"].as_str().unwrap();
        assert!(body.contains("Budi") || body.contains("4711"), "{shown}");
    }
}

#[test]
fn no_protocol_is_left_out() {
    assert_eq!(PROTOCOLS, *Protocol::ALL);
}

#[tokio::test]
async fn the_same_agent_behaves_alike_on_all_protocols() {
    let mut heard = Vec::new();
    for protocol in PROTOCOLS {
        let pair = Pair::open(protocol).await;
        for (count, said) in ["Halo", "menu", "daftar", "selesai"].into_iter().enumerate() {
            pair.write(said).await;
            pair.until("it is answered", async |pair| pair.on_the_phone().await > count).await;
        }
        // What the phone shows: kind, words and choices; not how the provider wraps them.
        let shown: Vec<Value> = pair
            .answers()
            .await
            .iter()
            .map(|content| {
                let interactive = &content["interactive"];
                json!([
                    content["type"],
                    content["text"]["body"],
                    interactive["body"]["text"],
                    interactive["action"]["buttons"],
                    interactive["action"]["button"]
                ])
            })
            .collect();
        heard.push((protocol, shown));
    }
    assert_eq!(heard[0].1, heard[1].1, "{heard:#?}");
    assert_eq!(heard[0].1, heard[2].1, "{heard:#?}");
}
