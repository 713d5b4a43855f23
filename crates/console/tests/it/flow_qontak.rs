//! What only Qontak has, against its twin: registering for an organization that others use too, and rooms that come and go.

use axum::http::Method;
use serde_json::{Value, json};
use warta_core::channel::Protocol;
use warta_gateway::upstream::registration::{Act, NotDone, run};
use warta_store::{ChannelChange, Others, SecretKind};

use crate::support::{BUDI, Pair, Say};

const NEEDED: [&str; 3] = ["receive_message_from_customer", "status_message", "broadcast_log_status"];

/// What stands in the organization's settings under an event: whether it is on, and who is told.
async fn told(pair: &Pair, event: &str) -> (bool, Vec<String>) {
    let path = "/qontak/api/open/v1/message_interactions";
    let settings = pair.call(Method::GET, path, &pair.id("access_token"), &Value::Null).await;
    let event = &settings["data"][event];
    let hooks = event["webhooks"].as_array().unwrap().iter();
    let urls = hooks.map(|hook| hook["url"].as_str().unwrap().to_owned()).collect();
    (event["enabled"].as_bool().unwrap(), urls)
}

async fn another_system(pair: &Pair, url: &str, events: &[&str]) {
    pair.control("interactions", json!({"account": pair.id("id"), "url": url, "events": events})).await;
}

#[tokio::test]
async fn registering_leaves_two_other_systems_as_they_are_and_messages_arrive() {
    let pair = Pair::unconnected(Protocol::Qontak).await;
    another_system(&pair, "https://crm.example.com/a", &["receive_message_from_agent"]).await;
    another_system(&pair, "https://desk.example.com/b?key=s3cret", &["status_message"]).await;
    let report = run(&pair.world.app, &pair.channel().await, Act::Register).await.unwrap();
    assert!(report.registered);
    assert_eq!(report.others, ["crm.example.com", "desk.example.com"], "hosts, and no key of others");
    for event in NEEDED.into_iter().chain(["receive_message_from_agent"]) {
        let (enabled, urls) = told(&pair, event).await;
        assert!(enabled, "{event}");
        let hook = pair.hook().await;
        assert_eq!(urls, ["https://crm.example.com/a", "https://desk.example.com/b?key=s3cret", &hook]);
    }
    let changed = report.events.iter().find(|event| event.event == NEEDED[0]).unwrap();
    assert!(!changed.before && changed.after && changed.ours);
    pair.write("menu").await;
    pair.all_read(1).await;
}

#[tokio::test]
async fn an_address_that_nobody_reaches_is_not_registered() {
    let pair = Pair::unreachable(Protocol::Qontak).await;
    let refused = run(&pair.world.app, &pair.channel().await, Act::Register).await.unwrap_err();
    assert!(matches!(refused, NotDone::Unreachable(_)), "{refused:?}");
    assert_eq!(told(&pair, NEEDED[0]).await, (false, vec![]));
}

#[tokio::test]
async fn a_token_that_is_not_good_is_told_in_the_providers_words_and_nothing_is_saved() {
    let pair = Pair::unconnected(Protocol::Qontak).await;
    let (world, scope) = (&pair.world, pair.world.scope());
    let new = world.secret(SecretKind::AccessToken, "qt_of_somebody_else");
    world.app.store.add_secret(scope, world.channel, new, Others::Retire, &world.entry()).await.unwrap();
    let refused = run(&world.app, &pair.channel().await, Act::Register).await.unwrap_err();
    let NotDone::Refused(failure) = refused else { panic!("{refused:?}") };
    assert!(failure.detail.contains("Unauthorized"), "{failure:?}");
    assert_eq!(told(&pair, NEEDED[0]).await, (false, vec![]));
}

#[tokio::test]
async fn taking_the_address_away_switches_off_what_nobody_else_uses_and_says_when_others_do() {
    let pair = Pair::open(Protocol::Qontak).await;
    let report = run(&pair.world.app, &pair.channel().await, Act::Unregister).await.unwrap();
    assert!(!report.registered);
    assert!(!told(&pair, NEEDED[0]).await.0);

    run(&pair.world.app, &pair.channel().await, Act::Register).await.unwrap();
    another_system(&pair, "https://crm.example.com/a", &NEEDED).await;
    let refused = run(&pair.world.app, &pair.channel().await, Act::Unregister).await.unwrap_err();
    assert!(matches!(refused, NotDone::Shared), "{refused:?}");
    assert!(told(&pair, NEEDED[0]).await.0, "the other system still gets its events");
}

#[tokio::test]
async fn what_another_number_of_the_organization_hears_is_answered_and_dropped() {
    let pair = Pair::open(Protocol::Qontak).await;
    let other =
        pair.control("accounts", json!({"name": "Second", "same_organization_as": pair.id("id")})).await;
    let inbound = json!({"account": other["id"], "from": BUDI, "message":
        {"type": "text", "text": {"body": "for the other number"}}});
    pair.control("inbound", inbound).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(pair.world.received().await, ["delivered"], "only what is this number's own");
    let owed = pair.call(Method::GET, "/qontak/control/owed", "", &Value::Null).await;
    assert_eq!(owed, json!({"webhooks": 0, "statuses": 0}), "the other one was answered with 200");
}

#[tokio::test]
async fn a_new_room_is_learnt_after_the_old_one_is_resolved() {
    let pair = Pair::open(Protocol::Qontak).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    pair.control("room", json!({"account": pair.id("id"), "user": BUDI, "resolve": true})).await;
    pair.write("menu").await;
    pair.all_read(2).await;
    assert_eq!(pair.on_the_phone().await, 2);
}

#[tokio::test]
async fn the_payloads_of_2021_are_understood() {
    let pair = Pair::open(Protocol::Qontak).await;
    pair.faults(json!({"scenario": "older_shape"})).await;
    pair.write("menu").await;
    pair.all_read(1).await;
}

#[tokio::test]
async fn costers_older_and_bare_shapes_are_understood() {
    for shape in ["older_shape", "bare_shape"] {
        let pair = Pair::open(Protocol::Coster).await;
        pair.faults(json!({"scenario": shape})).await;
        pair.write("menu").await;
        pair.all_read(1).await;
    }
}

#[tokio::test]
async fn where_buttons_go_out_as_text_number_word_and_title_are_understood() {
    let pair = Pair::open(Protocol::Coster).await;
    let mut settings = pair.channel().await.settings;
    settings["interactive"] = json!("text");
    pair.world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
    pair.world.app.directory.forget();
    let mut count = 0;
    let mut said = Vec::new();
    for answer in ["1", "first", "title"] {
        pair.write("menu").await;
        count += 1;
        pair.until("the menu comes", async |pair| pair.on_the_phone().await >= count).await;
        let menu = pair.answers().await.pop().unwrap();
        let body = menu["text"]["body"].as_str().unwrap().to_owned();
        let title = body.lines().find_map(|line| line.strip_prefix("1. ")).unwrap().to_owned();
        let answer = match answer {
            "first" => title.split(' ').next().unwrap(),
            "title" => &title,
            number => number,
        };
        pair.write(answer).await;
        count += 1;
        pair.until("the choice is answered", async |pair| pair.on_the_phone().await >= count).await;
        said.push(pair.answers().await.pop().unwrap()["text"]["body"].clone());
    }
    // To a text the agent would have said each time something else.
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
}

/// Qontak wants files handed over: as large as WhatsApp takes them, and not beyond.
#[tokio::test]
async fn a_picture_goes_out_up_to_the_size_that_whatsapp_takes() {
    let pair = Pair::open(Protocol::Qontak).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    let conversation = pair.world.outbound().await[0].conversation;
    for (more, status) in [(0, "read"), (1, "failed")] {
        let picture = "x".repeat(5 * 1024 * 1024 + more);
        pair.world.graph.script([Say::Text(200, Some(("content-type", "image/png")), picture)]);
        let image = json!({"type": "image", "image": {"link": format!("{}/a.png", pair.world.graph.url)}});
        let path = format!("/v1/conversations/{conversation}/messages");
        assert_eq!(pair.api(Method::POST, &path, &image).await.status, 202);
        pair.until(status, async |pair| *pair.world.sends().await.last().unwrap() == status).await;
    }
    let last = pair.world.outbound().await.pop().unwrap();
    let timeline = pair.world.app.store.timeline(pair.world.scope(), last.id).await.unwrap();
    let failure = format!("{:?}", timeline.last().unwrap().detail);
    assert!(failure.contains("media_too_large") && failure.contains("5 MiB"), "{failure}");
    assert_eq!(pair.world.graph.calls().len(), 2, "what is too large is not fetched again");
}
