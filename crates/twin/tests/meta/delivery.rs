//! Webhooks to the business, and statuses of its sends.

use serde_json::json;

use crate::world::{BUDI, World, signed, text_message};

#[tokio::test]
async fn a_users_message_arrives_signed_over_its_exact_bytes() {
    let world = World::connected().await;
    let wamid = world.budi_says("Apa kabar? 👋 é").await;

    let hook = world.receiver.wait_for(1).await.remove(0);

    assert!(hook.body.is_ascii(), "{}", hook.body);
    assert_eq!(hook.signature, signed(&world.id("app_secret"), &hook.body));
    let value = hook.value();
    assert_eq!(value["metadata"]["phone_number_id"], world.id("phone_number_id"));
    assert_eq!(value["metadata"]["display_phone_number"], world.id("phone"));
    assert_eq!(value["contacts"][0]["profile"]["name"], "Budi");
    assert_eq!(value["contacts"][0]["wa_id"], BUDI);
    let message = &value["messages"][0];
    assert_eq!(message["id"], wamid.as_str());
    assert_eq!(message["from"], BUDI);
    assert_eq!(message["text"]["body"], "Apa kabar? 👋 é");
    assert_eq!(message["from_user_id"], value["contacts"][0]["user_id"]);
    assert!(message["from_user_id"].as_str().unwrap().starts_with("ID."));
}

#[tokio::test]
async fn a_batch_of_a_thousand_comes_in_one_webhook() {
    let world = World::connected().await;
    let messages: Vec<_> = (0..1000)
        .map(|n| json!({"from": format!("62812{:08}", n % 50), "type": "text", "text": {"body": n.to_string()}}))
        .collect();

    let ids = world.users_say(json!(messages), true).await;

    let value = world.receiver.wait_for(1).await[0].value();
    assert_eq!(ids.len(), 1000);
    assert_eq!(value["messages"].as_array().unwrap().len(), 1000);
    assert_eq!(value["contacts"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_send_becomes_sent_delivered_and_read() {
    let world = World::connected().await;
    world.budi_says("Halo").await;
    world.receiver.wait_for(1).await;
    let mut message = text_message("Halo Budi");
    message["biz_opaque_callback_data"] = "job-1".into();

    let (_, answer) = world.send(message).await;

    assert_eq!(answer["contacts"][0], json!({"input": format!("+{BUDI}"), "wa_id": BUDI}));
    assert_eq!(world.receiver.wait_for_statuses(3).await, ["sent", "delivered", "read"]);
    for hook in &world.receiver.hooks()[1..] {
        let value = hook.value();
        let status = &value["statuses"][0];
        assert_eq!(status["id"], answer["messages"][0]["id"]);
        assert_eq!(status["biz_opaque_callback_data"], "job-1");
        assert_eq!(status["recipient_id"], BUDI);
        assert_eq!(status["recipient_user_id"], value["contacts"][0]["user_id"]);
        assert_eq!(status["pricing"]["category"], "service");
    }
    assert_eq!(world.phone().await[1]["ticks"], "read");
}

#[tokio::test]
async fn a_webhook_is_tried_until_the_answer_is_exactly_200() {
    let world = World::connected().await;
    world.receiver.answer_next(&[500, 204]);

    world.budi_says("Halo").await;

    let hooks = world.receiver.wait_for(3).await;
    assert!(hooks.iter().all(|hook| hook.body == hooks[0].body));
    let mut left = world.books("owed").await;
    for _ in 0..50 {
        if left["webhooks"] == 0 {
            break;
        }
        left = world.books("owed").await;
    }
    assert_eq!(left["webhooks"], 0);
    let journal = world.books("journal?event=attempt").await;
    let answers: Vec<_> =
        journal["entries"].as_array().unwrap().iter().map(|e| e["http_status"].clone()).collect();
    assert_eq!(answers, [500, 204, 200]);
}

#[tokio::test]
async fn a_users_message_has_one_tick_then_two_then_blue_ones() {
    let world = World::connected().await;
    world.receiver.answer_next(&[503]);
    let first = world.budi_says("Satu").await;
    assert_eq!(world.phone().await[0]["ticks"], "sent");
    world.receiver.wait_for(2).await;
    let second = world.budi_says("Dua").await;
    world.receiver.wait_for(3).await;

    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": second,
        "typing_indicator": {"type": "text"}});
    let (status, answer) = world.graph(&format!("{}/messages", world.id("phone_number_id")), read).await;

    assert_eq!((status, answer), (200, json!({"success": true})));
    let phone = world.phone().await;
    assert_eq!(phone[0]["id"], first.as_str());
    assert!(phone.iter().all(|item| item["ticks"] == "read"), "{phone:?}");
    let path = format!("chat?phone_number_id={}&user={BUDI}", world.id("phone_number_id"));
    assert_eq!(world.books(&path).await["typing"], true);
    world.say("Jawaban").await;
    assert_eq!(world.books(&path).await["typing"], false);
}

#[tokio::test]
async fn a_message_waits_unread_until_the_chat_is_opened() {
    let world = World::connected().await;
    world
        .control(
            "faults",
            json!({"read": "open", "status_delays_ms": {"sent": 1, "delivered": 2, "read": 3}}),
        )
        .await;
    world.budi_says("Halo").await;
    world.say("Halo juga").await;
    world.receiver.wait_for_statuses(2).await;
    assert_eq!(world.books("owed").await["statuses"], 0);

    let chat = json!({"phone_number_id": world.id("phone_number_id"), "user": BUDI});
    let url = format!("{}/meta/control/opened", world.twin.base);
    world.http.post(url).json(&chat).send().await.unwrap();

    assert_eq!(world.receiver.wait_for_statuses(3).await[2], "read");
}

#[tokio::test]
async fn a_user_with_a_hidden_phone_is_known_by_bsuid_only() {
    let world = World::connected().await;
    let message = json!({"bsuid": "ID.7351902468113579", "type": "text", "text": {"body": "Halo"}});
    world.users_say(json!([message]), false).await;
    let value = world.receiver.wait_for(1).await[0].value();
    assert_eq!(value["contacts"], json!([{"user_id": "ID.7351902468113579"}]));
    assert!(value["messages"][0].get("from").is_none());

    let body = json!({"messaging_product": "whatsapp", "recipient": "ID.7351902468113579", "type": "text",
        "text": {"body": "Halo juga"}});
    let (status, answer) = world.graph(&format!("{}/messages", world.id("phone_number_id")), body).await;

    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["contacts"][0],
        json!({"input": "ID.7351902468113579", "user_id": "ID.7351902468113579"})
    );
    world.receiver.wait_for_statuses(1).await;
    let status = &world.receiver.wait_for(2).await[1].value()["statuses"][0];
    assert!(status.get("recipient_id").is_none(), "{status}");
    assert_eq!(status["recipient_user_id"], "ID.7351902468113579");
}

#[tokio::test]
async fn any_value_can_be_sent_in_an_envelope() {
    let world = World::connected().await;
    let request = json!({"phone_number_id": world.id("phone_number_id"), "field": "messages",
        "value": {"messaging_product": "whatsapp", "errors": [{"code": 130_429}]}});
    world.control("webhook", request).await;
    assert_eq!(world.receiver.wait_for(1).await[0].value()["errors"][0]["code"], 130_429);
}

#[tokio::test]
async fn raw_bytes_are_signed_repeated_and_cut() {
    let world = World::connected().await;
    let number = world.id("phone_number_id");
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;

    let answer = world.control("raw", json!({"phone_number_id": number, "body": body, "repeat": 5})).await;
    assert_eq!(answer["results"], json!(vec![json!({"http_status": 200}); 5]));
    let hooks = world.receiver.hooks();
    assert!(
        hooks.len() == 5
            && hooks.iter().all(|hook| hook.body == body && hook.signature == hooks[0].signature)
    );

    let answer = world.control("raw", json!({"phone_number_id": number, "body": body, "truncate": 10})).await;
    assert_ne!(answer["results"][0]["http_status"], 200, "{answer}");
    assert_eq!(world.receiver.hooks().len(), 5);
}
