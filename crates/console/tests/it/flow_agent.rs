//! An agent that fails, is slow, answers later or ends the session: facts/promises.md R3, R5.

use std::time::Duration;

use serde_json::json;
use warta_core::ids::MessageId;
use warta_core::message::{Direction, OutboundContent, Text};
use warta_core::policy::retry;
use warta_store::{NewOutbound, Priority};

use crate::support::{BUDI, Say, World, on_both};

/// Runs through the whole schedule: the agent is called no earlier than each step's least pause and no later than its longest,
/// then never again.
async fn is_tried_on_schedule(world: &World, steps: &[(Duration, Duration)]) {
    world.write(BUDI, "Halo").await;
    world.run().await;
    for (number, (least, most)) in steps.iter().enumerate() {
        world.pass(least.as_secs_f64() - 0.001);
        world.run().await;
        assert_eq!(world.agent.calls().len(), number + 1, "called before step {number}");
        world.pass(most.as_secs_f64() - least.as_secs_f64() + 0.002);
        world.run().await;
        assert_eq!(world.agent.calls().len(), number + 2, "not called at step {number}");
    }
    world.pass(86_400.0);
    world.run().await;
    assert_eq!(world.agent.calls().len(), steps.len() + 1);
    assert_eq!(world.received().await, ["dead"]);
    let first = &world.agent.calls()[0];
    for call in world.agent.calls() {
        assert_eq!(call.header("webhook-id"), first.header("webhook-id"));
        assert_eq!(call.body["session"], first.body["session"]);
        assert_eq!(call.body["messages"], first.body["messages"]);
    }
}

/// What R5 promises, spread by a fifth either way.
fn spread() -> Vec<(Duration, Duration)> {
    [1, 5, 20, 60, 300, 900].map(Duration::from_secs).map(|step| (step * 4 / 5, step * 6 / 5)).to_vec()
}

/// The agent always fails so; the code of the failure at the end is `code`.
async fn gives_up(world: &World, say: Say, code: &str) {
    world.agent.rule(move |_| Some(say.clone()));
    is_tried_on_schedule(world, &spread()).await;
    let dead = world.app.store.dead_letters(world.scope(), 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].failure.as_ref().unwrap().code, code);
    assert_eq!(dead[0].attempts, 7);
}

on_both! {
    an_agent_that_fails_is_tried_on_schedule_then_given_up_then_replayed(world) {
        gives_up(world, Say::Text(500, None, String::new()), "agent_refused").await;
        let dead = world.messages(Direction::Inbound).await.remove(0);
        world.agent.rule(|_| Some(Say::reply("At last")));
        world.app.store.replay_dead(world.scope(), dead.id, world.app.now()).await.unwrap();
        world.run().await;
        assert_eq!(world.received().await, ["delivered"]);
        let calls = world.agent.calls();
        assert_eq!(calls.last().unwrap().header("webhook-id"), calls[0].header("webhook-id"));
        let timeline = world.timeline(&dead).await;
        assert_eq!(timeline[..7], ["agent received", "agent received", "agent received", "agent received",
            "agent received", "agent received", "agent dead"]);
        assert_eq!(timeline[7..], ["replay received", "agent delivered"]);
    }

    messages_of_one_user_wait_for_the_first_and_others_do_not(world) {
        world.agent.rule(|call| (call.told() == "one").then(|| Say::Text(503, None, String::new())));
        for body in ["one", "two", "three"] {
            world.write(BUDI, body).await;
        }
        world.write("6281255509999", "other").await;
        world.run().await;
        let mut told = world.agent.told();
        told.sort_unstable();
        assert_eq!(told, ["one", "other"]);
        world.agent.rule(|_| None);
        world.pass(1.3);
        world.run().await;
        assert_eq!(world.agent.told()[2..], ["one", "two", "three"]);
    }

    an_agent_may_answer_later(world) {
        world.agent.script([Say::Text(204, None, String::new())]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        assert_eq!((world.received().await, world.graph.sent().len()), (vec!["delivered"], 0));
        world.pass(60.0);
        let message = world.messages(Direction::Inbound).await.remove(0);
        let reply = NewOutbound {
            id: MessageId::message(world.app.minter.uuid(world.app.now())),
            conversation: message.conversation,
            content: OutboundContent::Text(Text { body: "Later".to_owned(), preview_url: false }),
            reply_to: Some(message.id),
            expires_at: retry::reply_expires_at(world.app.now()),
            priority: Priority::Reply,
            silent_since: None,
        };
        let now = world.app.now();
        world.app.store.enqueue(world.scope(), world.channel, vec![reply], None, now).await.unwrap();
        world.run().await;
        let sent = world.graph.calls().remove(0);
        assert_eq!((sent.sent(), &sent.body["context"]), ("Later", &json!({"message_id": "wamid.IN0"})));
    }

    the_agent_ends_a_session_and_the_next_message_starts_another(world) {
        world.agent.script([
            Say::Json(200, json!({"replies": []})),
            Say::Json(200, json!({"replies": [], "end_session": true})),
            Say::Json(200, json!({"replies": []})),
        ]);
        for body in ["one", "two", "three"] {
            world.pass(10.0);
            world.write(BUDI, body).await;
            world.run().await;
        }
        let sessions: Vec<_> = world.agent.calls().iter().map(|call| call.body["session"]["id"].clone()).collect();
        assert_eq!(sessions[0], sessions[1]);
        assert_ne!(sessions[1], sessions[2]);
    }

    messages_of_one_webhook_are_handed_over_in_the_order_they_were_written(world) {
        let now = world.seconds();
        let text = |body: &str, ago: i64| json!({"from": BUDI, "id": format!("wamid.{body}"),
            "timestamp": (now - ago).to_string(), "type": "text", "text": {"body": body}});
        let written = [text("third", 1), text("first", 9), text("fourth", 1), text("second", 5)];
        world.post(&crate::support::webhook::messages(crate::support::world::NUMBER, &written)).await;
        world.run().await;
        assert_eq!(world.agent.told(), ["first", "second", "third", "fourth"]);
    }

    what_a_message_is_about_is_named_by_our_id(world) {
        world.agent.script([Say::reply("Hi")]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        let hi = world.outbound().await.remove(0);
        let (ours, theirs) = (hi.id.to_string(), hi.provider_id.unwrap());
        let about = [
            json!({"type": "reaction", "reaction": {"message_id": theirs, "emoji": "👍"}}),
            json!({"type": "revoke", "revoke": {"original_message_id": "wamid.IN0"}}),
            json!({"type": "text", "text": {"body": "a"}, "context": {"id": theirs}}),
            json!({"type": "reaction", "reaction": {"message_id": "wamid.UNKNOWN", "emoji": "👍"}}),
        ];
        for (index, mut message) in about.into_iter().enumerate() {
            message["from"] = json!(BUDI);
            message["id"] = json!(format!("wamid.ABOUT{index}"));
            message["timestamp"] = json!(world.seconds().to_string());
            world.post(&crate::support::webhook::messages(crate::support::world::NUMBER, &[message])).await;
            world.run().await;
        }
        let told: Vec<_> = world.agent.calls()[1..].iter().map(|call| call.body["messages"][0].clone()).collect();
        let first = world.agent.calls()[0].body["messages"][0]["id"].clone();
        assert_eq!(told[0]["reaction"]["message_id"], json!(ours));
        assert_eq!(told[1]["revoke"]["original_message_id"], first);
        assert_eq!(told[2]["context"]["reply_to"], json!(ours));
        assert_eq!(told[3]["reaction"]["message_id"], "wamid.UNKNOWN");
        // As the list tells it.
        let listed = world.messages(Direction::Inbound).await;
        let content = |index: usize| serde_json::to_value(match &listed[index].content {
            warta_store::Content::Inbound { content, .. } => content,
            warta_store::Content::Outbound { .. } => panic!(),
        }).unwrap();
        assert_eq!(content(1)["reaction"]["message_id"], json!(ours));
        assert_eq!(listed[3].reply_to.map(|id| id.to_string()), Some(ours));
    }

    several_replies_leave_in_order_and_a_bad_one_is_left_out(world) {
        let text = |body| json!({"type": "text", "text": {"body": body}});
        let replies = json!({"replies": [text("one"), {"type": "telepathy"}, text("two"), text("three")]});
        world.agent.script([Say::Json(200, replies)]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        let mut ids: Vec<_> = world.outbound().await.iter().map(|message| message.id.to_string()).collect();
        let sent: Vec<_> = world.graph.calls().iter().map(|call| call.body["biz_opaque_callback_data"].clone()).collect();
        assert_eq!(world.graph.sent(), ["one", "two", "three"]);
        assert_eq!(sent, ids);
        ids.dedup();
        assert_eq!(ids.len(), 3);
    }
}

#[tokio::test]
async fn a_cut_connection_is_tried_again() {
    gives_up(&World::new().await, Say::Cut, "agent_unreachable").await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let world = World::new().await;
    gives_up(&world, Say::Text(302, Some(("location", "/elsewhere")), String::new()), "agent_refused").await;
    assert!(world.agent.calls().iter().all(|call| call.path == "/"));
}

#[tokio::test]
async fn any_2xx_is_taken_at_once_and_what_is_wrong_with_it_stands_in_the_timeline() {
    let world = World::new().await;
    world.agent.script([
        Say::Text(200, None, "Accepted".to_owned()),
        Say::Json(200, json!({"reply": "Halo"})),
        Say::reply("Halo"),
    ]);
    for body in ["one", "two", "three"] {
        world.write(BUDI, body).await;
    }
    world.run().await;
    assert_eq!(world.received().await, ["delivered"; 3]);
    assert_eq!(world.graph.sent(), ["Halo"]);
    let messages = world.messages(Direction::Inbound).await;
    for message in &messages[..2] {
        assert_eq!(world.timeline(message).await, ["agent delivered", "answer unsent"]);
        let failure = message.failure.as_ref().unwrap();
        assert_eq!(failure.code, "agent_answer_unreadable");
        assert!(
            failure.detail.contains(r#"{"replies":[{"type":"text","text":{"body":"…"}}]}"#),
            "{failure:?}"
        );
    }
    assert_eq!(messages[2].failure, None);
}

#[tokio::test]
async fn an_agent_may_ask_for_up_to_twice_the_pause() {
    let world = World::new().await;
    world.agent.rule(|_| Some(Say::Text(429, Some(("retry-after", "30")), String::new())));
    let steps = [2, 10, 30, 60, 300, 900].map(|step| (Duration::from_secs(step), Duration::from_secs(step)));
    is_tried_on_schedule(&world, &steps).await;
}

#[tokio::test]
async fn an_agent_that_is_too_slow_is_tried_again() {
    let world = World::impatient().await;
    world.agent.script([Say::Hang, Say::Late(Duration::from_millis(20), Box::new(Say::reply("Here I am")))]);
    world.write(BUDI, "Halo").await;
    world.run().await;
    let waiting = world.messages(Direction::Inbound).await.remove(0);
    assert_eq!(waiting.failure.unwrap().code, "agent_unreachable");
    world.pass(1.3);
    world.run().await;
    assert_eq!(world.graph.sent(), ["Here I am"]);
}

#[tokio::test]
async fn ticks_turn_blue_while_the_agent_thinks_and_once_only() {
    let world = World::new().await;
    world.agent.script([Say::Text(500, None, String::new())]);
    world.write(BUDI, "Halo").await;
    world.run().await;
    world.pass(1.3);
    world.run().await;
    world.app.tasks.close();
    world.app.tasks.wait().await;
    let reads = world.graph.reads();
    assert_eq!(reads.len(), 1);
    assert_eq!(
        reads[0].body,
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN0", "typing_indicator": {"type": "text"}})
    );
}

#[tokio::test]
async fn a_reply_that_breaks_a_limit_reaches_the_user_in_another_form() {
    let world = World::new().await;
    let title = "Jadwal penyeberangan 23";
    let button = |id: usize| json!({"id": format!("{id}"), "title": format!("Choice {id}")});
    let replies = json!([
        {"type": "text", "text": {"body": "A sentence of some words. ".repeat(200)}},
        {"type": "buttons", "buttons": {"body": "Pilih", "buttons": [{"id": "a", "title": title}]}},
        {"type": "buttons", "buttons": {"body": "Pilih", "buttons": (0..5).map(button).collect::<Vec<_>>()}},
    ]);
    world.agent.script([Say::Json(200, json!({"replies": replies}))]);
    world.write(BUDI, "Halo").await;
    world.run().await;
    let calls = world.graph.calls();
    let types: Vec<_> = calls.iter().map(|call| call.body["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(types, ["text", "text", "interactive", "interactive"]);
    assert!(calls[2].body["interactive"]["body"]["text"].as_str().unwrap().contains(title));
    assert_eq!(calls[3].body["interactive"]["type"], "list");
    let message = &world.messages(Direction::Inbound).await[0];
    assert_eq!(world.timeline(message).await, ["agent delivered"]);
}

#[tokio::test]
async fn what_cannot_be_sent_stands_in_the_timeline_with_its_place_and_reason() {
    let world = World::new().await;
    let replies = json!([{"type": "image", "image": {}}, {"type": "text", "text": {"body": "Halo"}}]);
    world.agent.script([Say::Json(200, json!({"replies": replies}))]);
    world.write(BUDI, "Halo").await;
    world.run().await;
    assert_eq!(world.graph.sent(), ["Halo"]);
    let message = &world.messages(Direction::Inbound).await[0];
    assert_eq!(world.timeline(message).await, ["agent delivered", "answer unsent"]);
    let failure = message.failure.as_ref().unwrap();
    assert_eq!(failure.code, "agent_reply_unsent");
    assert!(failure.detail.starts_with("/replies/0/image/link: "), "{failure:?}");
}

/// The user writes so many messages, one each second, and each is answered.
async fn writes(world: &World, from: usize, count: usize) {
    for number in from..from + count {
        world.write(BUDI, &format!("message {number}")).await;
        world.run().await;
        world.pass(1.0);
    }
    world.run().await;
}

#[tokio::test]
async fn two_programs_that_answer_each_other_are_stopped_and_go_on_by_hand_or_after_an_hour() {
    let world = World::new().await;
    world.agent.rule(|call| Some(Say::reply(call.told())));
    writes(&world, 0, 25).await;
    assert_eq!(world.agent.told().len(), 20, "twenty answers in two minutes, then no more");
    assert!(world.agent.sessions().contains(&"conversation.paused  too_many_replies".to_owned()));
    assert_eq!(world.received().await.iter().filter(|status| **status == "received").count(), 5, "kept");
    // What came in waits in its order for a person, or an hour.
    let conversation = world.messages(Direction::Inbound).await[0].conversation;
    world.app.store.resume_agent(world.scope(), conversation, world.app.now(), &world.entry()).await.unwrap();
    world.run().await;
    assert_eq!(world.agent.told().len(), 25);
    world.pass(1.0);
    world.agent.rule(|_| Some(Say::reply("Always the same")));
    writes(&world, 25, 6).await;
    assert_eq!(world.agent.told().len(), 28, "the same answer three times");
    world.pass(3_500.0);
    world.run().await;
    assert_eq!(world.agent.told().len(), 28);
    world.pass(101.0);
    world.run().await;
    assert_eq!(world.agent.told().len(), 31);
}

#[tokio::test]
async fn the_user_gets_the_agents_fallback_text_in_place_of_what_cannot_be_sent() {
    let world = World::new().await;
    let broken = || Say::Json(200, json!({"replies": [{"type": "image", "image": {}}]}));
    world.agent.script([
        broken(),
        broken(),
        Say::Json(200, json!({"reply": "Halo"})),
        Say::Text(200, None, "OK".to_owned()),
    ]);
    world.write(BUDI, "one").await;
    world.run().await;
    assert_eq!(world.graph.sent().len(), 0, "off by default");
    let texts = [("en".to_owned(), "Please write again.".to_owned())].into();
    world.app.store.set_fallback(world.scope(), world.agent_id, &texts, &world.entry()).await.unwrap();
    for body in ["two", "three", "four"] {
        world.pass(200.0);
        world.write(BUDI, body).await;
        world.run().await;
    }
    assert_eq!(world.graph.sent(), ["Please write again."; 2], "an agent that only says OK has said nothing");
}
