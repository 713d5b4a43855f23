//! Sessions that end: asked about twice, resumed, ended, never twice and never after the user has written. facts/promises.md R8.

use serde_json::{Value, json};
use warta_core::message::Direction;
use warta_core::policy::retry::AGENT;
use warta_core::session::{EndReason, Happened, Settings};
use warta_store::ChannelChange;

use crate::support::{BUDI, Say, World, on_both};

/// What the user was asked or told last: its words, and the ids of its buttons.
fn last_said(world: &World) -> (String, Vec<String>) {
    let call = world.graph.calls().pop().unwrap();
    let interactive = &call.body["interactive"];
    let body = interactive["body"]["text"].as_str().unwrap_or_else(|| call.sent()).to_owned();
    let buttons = interactive["action"]["buttons"].as_array().into_iter().flatten();
    (body, buttons.map(|button| button["reply"]["id"].as_str().unwrap().to_owned()).collect())
}

async fn press(world: &World, id: &str) {
    let content = json!({"type": "interactive", "interactive":
        {"type": "button_reply", "button_reply": {"id": id, "title": "x"}}});
    let mut message = content;
    message["from"] = json!(BUDI);
    message["id"] = json!(format!("wamid.TAP{}", world.app.now().as_millis()));
    message["timestamp"] = json!(world.seconds().to_string());
    world.post(&crate::support::webhook::messages(crate::support::world::NUMBER, &[message])).await;
    world.run().await;
}

/// The user writes and is answered; then nobody says anything for so many minutes.
async fn silent_for(world: &World, minutes: i64) {
    world.agent.script([Say::reply("Hello")]);
    world.write(BUDI, "Halo").await;
    world.run().await;
    minutes_pass(world, minutes).await;
}

async fn minutes_pass(world: &World, minutes: i64) {
    for _ in 0..minutes * 4 {
        world.pass(15.0);
        world.run().await;
    }
}

/// What happened to the sessions of the conversation and whether the agent knows, the newest first.
async fn history(world: &World) -> Vec<String> {
    let conversation = world.messages(Direction::Inbound).await[0].conversation;
    let events = world.app.store.session_events(world.scope(), conversation, 10).await.unwrap();
    events.iter().map(|event| format!("{} {}", event.event.kind.as_str(), event.status)).collect()
}

async fn set(world: &World, settings: Settings) {
    world.change(ChannelChange { session: Some(settings), ..ChannelChange::default() }).await;
    world.app.directory.forget();
}

/// The user reacts to, changes or deletes a message, so many minutes ago.
async fn sends(world: &World, content: Value, minutes_ago: i64) {
    let mut message = content;
    message["from"] = json!(BUDI);
    message["id"] = json!(format!("wamid.LATE{}", world.app.now().as_millis()));
    message["timestamp"] = json!((world.seconds() - minutes_ago * 60).to_string());
    world.post(&crate::support::webhook::messages(crate::support::world::NUMBER, &[message])).await;
    world.run().await;
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

on_both! {
    a_reaction_an_edit_or_a_deletion_opens_no_session_and_keeps_none_open(world) {
        let reaction = json!({"type": "reaction", "reaction": {"message_id": "wamid.OUT", "emoji": "👍"}});
        let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.A", "message": text("x")}});
        let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.A"}});
        for content in [&reaction, &edit, &revoke] {
            world.pass(1.0);
            sends(world, content.clone(), 0).await;
        }
        assert_eq!(world.agent.told().len(), 3, "the agent hears of each");
        assert_eq!(world.agent.sessions(), Vec::<String>::new());
        silent_for(world, 14).await;
        sends(world, reaction, 0).await;
        minutes_pass(world, 1).await;
        assert!(last_said(world).0.starts_with("Is there anything else"), "{:?}", last_said(world));
    }

    silence_is_asked_about_twice_and_ends(world) {
        silent_for(world, 14).await;
        assert_eq!(world.graph.sent().len(), 1, "only the agent's answer");
        minutes_pass(world, 1).await;
        let (asked, buttons) = last_said(world);
        assert!(asked.starts_with("Is there anything else") && buttons.len() == 2, "{asked}");
        minutes_pass(world, 10).await;
        assert!(last_said(world).0.contains("Shall we end"), "{:?}", last_said(world));
        minutes_pass(world, 20).await;
        assert_eq!(world.graph.calls().len(), 3, "it ends without a word, once");
        assert_eq!(world.agent.sessions(), ["session.started", "session.prompted ask_more",
            "session.prompted ask_end", "session.ended  inactive"]);
        assert_eq!(world.agent.calls().len(), 1, "of these the agent was told nothing else");
    }

    the_clock_starts_when_the_user_could_have_read_the_answer(world) {
        set(world, Settings { ask_more_minutes: 1, ask_end_minutes: 1, ..Settings::default() }).await;
        world.agent.rule(|_| Some(Say::Text(503, None, String::new())));
        world.write(BUDI, "Halo").await;
        world.run_for(78).await;
        world.agent.rule(|_| Some(Say::reply("Here I am")));
        world.run_for(30).await;
        assert_eq!(world.graph.sent(), ["Here I am"], "no question in the same second");
        world.run_for(58).await;
        assert_eq!(world.graph.calls().len(), 2, "a minute after the answer left");
    }

    a_late_webhook_is_answered_and_its_session_goes_on(world) {
        let message = crate::support::webhook::text(BUDI, "wamid.LATE", "Halo", world.seconds() - 31 * 60);
        world.agent.rule(|_| Some(Say::reply("Hello")));
        world.post(&crate::support::webhook::messages(crate::support::world::NUMBER, &[message])).await;
        world.run().await;
        minutes_pass(world, 14).await;
        assert_eq!(world.graph.sent(), ["Hello"]);
        assert_eq!(history(world).await, ["started delivered"]);
        minutes_pass(world, 1).await;
        assert!(last_said(world).0.starts_with("Is there anything else"), "{:?}", last_said(world));
    }

    nothing_is_asked_while_an_answer_waits_to_be_sent(world) {
        set(world, Settings { ask_more_minutes: 1, ..Settings::default() }).await;
        world.graph.rule(|_| Some(Say::Text(503, None, String::new())));
        world.agent.script([Say::reply("Hello")]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        world.graph.rule(|_| None);
        world.pass(61.0);
        world.run_for(50).await;
        assert_eq!(world.graph.sent().last(), Some(&"Hello".to_owned()), "nothing is asked in the same second");
        assert_eq!(world.outbound().await.len(), 1);
        world.run_for(40).await;
        assert_eq!(world.outbound().await.len(), 2, "a minute after the answer left");
    }

    a_button_of_ours_is_taken_and_the_agent_is_told_what_it_meant(world) {
        silent_for(world, 15).await;
        let (_, buttons) = last_said(world);
        press(world, &buttons[0]).await;
        assert_eq!(world.agent.sessions()[2..], ["session.resumed"]);
        minutes_pass(world, 15).await;
        let (_, buttons) = last_said(world);
        press(world, &buttons[1]).await;
        assert!(last_said(world).0.starts_with("Thank you for writing to Ferry"), "{:?}", last_said(world));
        assert_eq!(world.agent.sessions()[3..], ["session.prompted ask_more", "session.ended  user"]);
        assert_eq!(world.agent.calls().len(), 1, "no tap on our own buttons reaches the agent as a message");
        // The last word starts no session, and an old button ends no new one.
        minutes_pass(world, 60).await;
        assert_eq!(world.agent.sessions().len(), 5);
        world.write(BUDI, "Halo lagi").await;
        world.run().await;
        press(world, &buttons[1]).await;
        assert_eq!(world.agent.sessions()[5..], ["session.started"]);
    }

    plain_words_answer_and_anything_else_is_the_agents(world) {
        silent_for(world, 15).await;
        world.write(BUDI, "no, the blue one").await;
        world.run().await;
        assert_eq!(world.agent.told(), ["Halo", "no, the blue one"]);
        minutes_pass(world, 15).await;
        world.write(BUDI, "Tidak, terima kasih").await;
        world.run().await;
        assert_eq!(world.agent.told().len(), 3, "a sentence that is no plain word is the agent's");
        minutes_pass(world, 15).await;
        world.write(BUDI, "Tidak").await;
        world.run().await;
        assert_eq!(world.agent.told().len(), 3);
        assert_eq!(world.agent.sessions().last().unwrap(), "session.ended  user");
    }

    nothing_is_asked_once_the_user_has_written(world) {
        // The question is in the outbox, and the provider takes nothing for a while.
        world.agent.script([Say::reply("Hello")]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        world.graph.rule(|_| Some(Say::fault(429, 130_429)));
        minutes_pass(world, 15).await;
        let waiting = world.sends().await;
        assert_eq!(waiting, ["accepted", "queued"], "the question waits");
        world.write(BUDI, "still here").await;
        world.graph.rule(|_| None);
        let before = world.graph.calls().len();
        minutes_pass(world, 5).await;
        assert_eq!(world.sends().await, ["accepted", "expired"]);
        assert_eq!(world.graph.calls().len(), before, "nothing was asked");
    }

    what_an_outage_left_is_taken_up_at_a_pace_and_behind_who_writes_now(world) {
        for user in 0..120 {
            world.write(&format!("62812000{user:04}"), "Halo").await;
        }
        world.run().await;
        // Nobody runs when the sessions come due, and for ten minutes after.
        world.pass(25.0 * 60.0);
        let asked = async || {
            let outbound = world.outbound().await;
            outbound.iter().filter(|message| message.content.kind() == "buttons").count()
        };
        world.agent.script([Say::reply("At once")]);
        world.write("628120000005", "Anybody there?").await;
        world.run().await;
        assert_eq!(world.graph.sent().iter().filter(|text| **text == "At once").count(), 1, "who writes is not kept waiting");
        let mut before = asked().await;
        assert!(before <= 1, "{before} at once");
        for _ in 0..3 {
            for _ in 0..10 {
                world.pass(0.1);
                world.run().await;
            }
            let now = asked().await;
            assert!(now > before && now - before <= 51, "{before} to {now}");
            before = now;
        }
        assert_eq!(before, 119, "each was asked, but for the one who wrote");
        minutes_pass(world, 1).await;
        assert_eq!(asked().await, 119, "and once");
    }

    off_means_a_silent_end_after_the_sum_of_the_delays(world) {
        set(world, Settings { ask: false, ..Settings::default() }).await;
        silent_for(world, 29).await;
        assert_eq!(world.agent.sessions(), ["session.started"]);
        minutes_pass(world, 2).await;
        assert_eq!(world.agent.sessions()[1..], ["session.ended  inactive"]);
        assert_eq!(world.graph.calls().len(), 1);
    }

    delays_are_the_channels_own_and_hold_from_the_next_step(world) {
        set(world, Settings { ask_more_minutes: 1, ask_end_minutes: 1, grace_minutes: 1, ..Settings::default() }).await;
        silent_for(world, 1).await;
        assert_eq!(world.graph.calls().len(), 2);
        set(world, Settings { ask_more_minutes: 1, ask_end_minutes: 5, grace_minutes: 1, ..Settings::default() }).await;
        minutes_pass(world, 4).await;
        assert_eq!(world.graph.calls().len(), 2, "the new delay holds");
        minutes_pass(world, 2).await;
        assert_eq!(world.graph.calls().len(), 3);
    }

    a_paused_channel_asks_nothing_and_long_after_it_ends_quietly(world) {
        silent_for(world, 10).await;
        let pause = |state| ChannelChange { state: Some(state), ..ChannelChange::default() };
        world.change(pause(warta_core::channel::State::Paused)).await;
        minutes_pass(world, 120).await;
        assert_eq!(world.graph.calls().len(), 1);
        world.change(pause(warta_core::channel::State::Live)).await;
        world.app.directory.forget();
        minutes_pass(world, 1).await;
        assert_eq!(world.graph.calls().len(), 1, "nobody is asked two hours late");
        assert_eq!(world.agent.sessions()[1..], ["session.ended  inactive"]);
    }

    an_end_that_is_asked_for_is_in_the_history_with_its_reason(world) {
        silent_for(world, 1).await;
        let inbound = world.messages(Direction::Inbound).await.remove(0);
        world.app.store.ask_end(world.scope(), inbound.conversation, world.app.now(), None).await.unwrap();
        world.run().await;
        let events = world.app.store.session_events(world.scope(), inbound.conversation, 10).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|event| (event.event.kind, event.status.as_str())).collect();
        assert_eq!(kinds, [(Happened::Ended(EndReason::Operator), "delivered"), (Happened::Started, "delivered")]);
        assert_eq!(world.app.store.open_sessions(world.scope(), world.channel, 10).await.unwrap().len(), 0);
    }

    an_agent_that_cannot_be_told_delays_nobody_and_is_told_later(world) {
        world.agent.session_rule(|_| Some(Say::Text(503, None, String::new())));
        world.agent.script([Say::reply("Hello"), Say::reply("Still here")]);
        world.write(BUDI, "Halo").await;
        world.run().await;
        assert_eq!(world.agent.sessions(), ["session.started"]);
        world.write(BUDI, "Anybody there?").await;
        world.run().await;
        assert_eq!(world.graph.sent(), ["Hello", "Still here"], "the user is answered meanwhile");
        assert_eq!(history(world).await, ["started queued"]);
        world.agent.session_rule(|_| None);
        minutes_pass(world, 1).await;
        assert_eq!(world.agent.sessions(), ["session.started", "session.started"]);
        let ids: Vec<_> = world.agent.session_calls().iter().map(|call| call.header("webhook-id").to_owned()).collect();
        assert!(!ids[0].is_empty() && ids[0] == ids[1], "{ids:?}");
        assert_eq!(history(world).await, ["started delivered"]);
    }

    what_cannot_be_told_is_given_up_after_the_last_step_and_what_came_after_is_told(world) {
        world.agent.session_rule(|call| (call.body["type"] == "session.started").then(|| Say::Text(503, None, String::new())));
        silent_for(world, 14).await;
        assert_eq!(history(world).await, ["started queued"], "not yet: the last pause is a long one");
        minutes_pass(world, 25).await;
        assert_eq!(history(world).await, ["ended delivered", "ask_end delivered", "ask_more delivered", "started dead"]);
        let (told, tries) = (world.agent.sessions(), AGENT.len() + 1);
        assert!(told[..tries].iter().all(|kind| kind == "session.started"), "{told:?}");
        assert_eq!(told[tries..], ["session.prompted ask_more", "session.prompted ask_end", "session.ended  inactive"]);
        minutes_pass(world, 30).await;
        assert_eq!(world.agent.sessions().len(), told.len(), "nothing is told twice");
    }

    what_the_user_has_written_belongs_to_the_session_whose_end_is_asked_for(world) {
        world.write(BUDI, "Halo").await;
        world.write(BUDI, "One more").await;
        let inbound = world.messages(Direction::Inbound).await.remove(0);
        world.app.store.ask_end(world.scope(), inbound.conversation, world.app.now(), None).await.unwrap();
        world.run().await;
        assert_eq!(world.agent.told(), ["Halo", "One more"]);
        assert_eq!(world.agent.sessions(), ["session.started", "session.ended  operator"]);
    }

    an_end_that_is_asked_for_does_not_wait_for_an_agent_that_is_down(world) {
        silent_for(world, 1).await;
        world.agent.script([Say::Text(503, None, String::new()), Say::reply("Back again")]);
        world.write(BUDI, "Anybody there?").await;
        let inbound = world.messages(Direction::Inbound).await.remove(0);
        world.app.store.ask_end(world.scope(), inbound.conversation, world.app.now(), None).await.unwrap();
        world.run().await;
        assert_eq!(world.agent.sessions(), ["session.started", "session.ended  operator"]);
        minutes_pass(world, 1).await;
        assert_eq!(world.graph.sent().last().unwrap(), "Back again");
        assert_eq!(world.agent.sessions().len(), 2, "its message starts no second session");
    }

    a_message_that_comes_in_while_the_timer_fires_wins(world) {
        silent_for(world, 1).await;
        world.pass(14.0 * 60.0 + 1.0);
        let now = world.app.now();
        let lease = std::time::Duration::from_mins(1);
        let claimed = world.app.store.claim_conversations("tests", now, lease, 10).await.unwrap().remove(0);
        // Between the claim and what comes of it the user writes.
        world.write(BUDI, "wait").await;
        warta_gateway::flow::deliver::run(&world.app, claimed).await.unwrap();
        assert_eq!(world.sends().await.len(), 1, "nothing is asked");
        world.run().await;
        assert_eq!(world.agent.told(), ["Halo", "wait"]);
        assert_eq!(world.agent.sessions(), ["session.started"]);
    }
}

#[tokio::test]
async fn the_questions_are_in_the_agents_language_with_the_users_name() {
    let world = World::new().await;
    let mut texts = warta_core::session::Texts::of("en");
    texts.ask_more = "Anything else from {business}, {name}?".to_owned();
    set(&world, Settings { texts: [("en".to_owned(), texts)].into(), ..Settings::default() }).await;
    silent_for(&world, 15).await;
    let (asked, _) = last_said(&world);
    assert!(asked.starts_with("Anything else from Ferry") && !asked.contains('{'), "{asked}");
    let said: Value = world.graph.calls().pop().unwrap().body;
    assert_eq!(said["interactive"]["type"], "button");
}
