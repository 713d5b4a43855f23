//! The twin is strict: one row per refusal.

use serde_json::{Value, json};

use crate::world::{BUDI, World, text_message};

async fn refused(world: &World, body: Value) -> (u16, Value) {
    let (status, answer) = world.graph(&format!("{}/messages", world.id("phone_number_id")), body).await;
    (status, answer["error"]["code"].clone())
}

fn interactive(object: Value) -> Value {
    json!({"type": "interactive", "interactive": object})
}

fn button(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

fn buttons(list: Value) -> Value {
    interactive(json!({"type": "button", "body": {"text": "Pilih"}, "action": {"buttons": list}}))
}

fn rows(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"id": format!("r{n}"), "title": format!("Baris {n}")})).collect()
}

fn list(sections: Value) -> Value {
    interactive(json!({"type": "list", "body": {"text": "Pilih"},
        "action": {"button": "Buka", "sections": sections}}))
}

#[tokio::test]
async fn a_bad_envelope_is_refused_with_its_code() {
    let world = World::connected().await;
    let text = json!({"body": "Halo"});
    let cases = [
        (json!({"to": BUDI, "type": "text", "text": text}), 100),
        (json!({"messaging_product": "whatsapp", "type": "text", "text": text}), 100),
        (json!({"messaging_product": "whatsapp", "to": "budi", "type": "text", "text": text}), 131_009),
        (
            json!({"messaging_product": "whatsapp", "to": world.id("phone"), "type": "text", "text": text}),
            131_021,
        ),
        (
            json!({"messaging_product": "whatsapp", "recipient": "ID.404", "type": "text", "text": text}),
            131_009,
        ),
        (json!({"messaging_product": "whatsapp", "to": BUDI, "type": "poll", "poll": {}}), 100),
        (json!({"messaging_product": "whatsapp", "to": BUDI, "type": "image"}), 100),
        (
            json!({"messaging_product": "whatsapp", "to": "62812000429", "type": "text", "text": text}),
            130_429,
        ),
        (
            json!({"messaging_product": "whatsapp", "to": "628120000056", "type": "text", "text": text}),
            131_056,
        ),
        (json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"}), 131_009),
        (json!({"messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.none"}), 100),
    ];
    for (body, code) in cases {
        assert_eq!(refused(&world, body.clone()).await, (400, json!(code)), "{body}");
    }
}

#[tokio::test]
async fn a_bad_message_is_refused_with_its_code() {
    let world = World::connected().await;
    world.budi_says("Halo").await;
    let section = |rows: Vec<Value>| json!({"title": "Bagian", "rows": rows});
    let cases = [
        (text_message(""), 131_009),
        (text_message(&"x".repeat(4097)), 131_009),
        (json!({"type": "text", "text": {"body": 5}}), 100),
        (json!({"type": "image", "image": {"id": "1", "link": "https://x.example/a.png"}}), 100),
        (json!({"type": "image", "image": {"id": "404"}}), 131_009),
        (json!({"type": "image", "image": {"link": "ftp://x.example/a.png"}}), 131_009),
        (json!({"type": "audio", "audio": {"link": "https://x.example/a.ogg", "caption": "no"}}), 100),
        (
            json!({"type": "image", "image": {"link": "https://x.example/a", "caption": "x".repeat(1025)}}),
            131_009,
        ),
        (json!({"type": "location", "location": {"latitude": "-6.2"}}), 131_008),
        (json!({"type": "location", "location": {"latitude": "-96", "longitude": "106"}}), 131_009),
        (json!({"type": "contacts", "contacts": []}), 131_009),
        (json!({"type": "contacts", "contacts": [{"phones": []}]}), 131_008),
        (json!({"type": "reaction", "reaction": {"emoji": "👍"}}), 131_008),
        (buttons(json!([])), 131_009),
        (buttons(json!([button("a", "A"), button("b", "B"), button("c", "C"), button("d", "D")])), 131_009),
        (buttons(json!([button("a", "A"), button("a", "B")])), 131_009),
        (buttons(json!([button("a", "A"), button("b", "A")])), 131_009),
        (buttons(json!([button("a", "A title of 21 letters")])), 131_009),
        (buttons(json!([button("", "A")])), 131_009),
        (interactive(json!({"type": "button", "action": {"buttons": [button("a", "A")]}})), 131_008),
        (interactive(json!({"type": "button", "body": {"text": "x"}})), 131_008),
        (interactive(json!({"type": "unheard", "body": {"text": "x"}, "action": {}})), 131_009),
        (list(json!([section(rows(11))])), 131_009),
        (list(json!([section(rows(6)), section(rows(6))])), 131_009),
        (list(json!([{"rows": rows(1)}, section(rows(1))])), 131_008),
        (list(json!([])), 131_009),
        (
            interactive(json!({"type": "cta_url", "body": {"text": "x"},
            "action": {"name": "cta_url", "parameters": {"display_text": "Buka", "url": "tidak"}}})),
            131_009,
        ),
        (
            interactive(
                json!({"type": "location_request_message", "body": {"text": "x"}, "action": {"name": "x"}}),
            ),
            131_009,
        ),
        (
            interactive(json!({"type": "catalog_message", "body": {"text": "x"},
            "action": {"name": "catalog_message", "parameters": {}}})),
            131_009,
        ),
        (
            interactive(
                json!({"type": "list", "header": {"type": "image", "image": {"link": "https://x.example/a"}},
            "body": {"text": "x"}, "action": {"button": "b", "sections": [section(rows(1))]}}),
            ),
            131_009,
        ),
    ];
    for (message, code) in cases {
        let (status, answer) = world.send(message.clone()).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(code)), "{message}\n{answer}");
        assert!(answer["error"]["fbtrace_id"].is_string());
    }
    assert_eq!(world.phone().await.len(), 1);
    let journal = world.books("journal?event=refused,accepted").await;
    let entries = journal["entries"].as_array().unwrap();
    assert!(!entries.is_empty() && entries.iter().all(|entry| entry["event"] == "refused"));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let world = World::connected().await;
    let url = format!("{}/meta/v26.0/{}/messages", world.twin.base, world.id("phone_number_id"));
    let request = world.http.post(url).bearer_auth(world.id("access_token"));
    let answer = request.header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 1);
}

#[tokio::test]
async fn a_template_is_checked_against_the_list() {
    let world = World::connected().await;
    let text = |text: &str| json!({"type": "text", "text": text});
    let body = |parameters: Value| json!({"type": "body", "parameters": parameters});
    let reminder = |components: Value| {
        json!({"type": "template", "template":
            {"name": "visit_reminder", "language": {"code": "id"}, "components": components}})
    };
    let header = json!({"type": "header", "parameters": [text("Senin")]});
    let named = |name: &str, language: &str| json!({"type": "template", "template": {"name": name, "language": {"code": language}}});
    let cases = [
        (named("no_such", "id"), 404, 132_001),
        (named("hello_world", "de"), 404, 132_001),
        (named("new_greeting", "id"), 404, 132_001),
        (named("paused_offer", "id"), 400, 132_015),
        (named("weekend_offer", "id"), 400, 132_012),
        (named("visit_reminder", "id"), 400, 132_000),
        (reminder(json!([header, body(json!([text("Rina")]))])), 400, 132_000),
        (reminder(json!([header, body(json!([text("Rina\nA"), text("9")]))])), 400, 132_018),
        (
            json!({"type": "template", "template": {"name": "login_code", "language": {"code": "en_US"},
            "components": [body(json!([text("482913")]))]}}),
            400,
            131_008,
        ),
    ];
    for (message, status, code) in cases {
        let (got, answer) = world.send(message.clone()).await;
        assert_eq!((got, &answer["error"]["code"]), (status, &json!(code)), "{message}\n{answer}");
    }

    let (status, answer) =
        world.send(reminder(json!([header, body(json!([text("Rina"), text("09.00")]))]))).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    assert_eq!(
        world.receiver.wait_for_statuses(3).await,
        ["sent", "delivered", "read"],
        "no window is needed"
    );
    let shown = &world.phone().await[0]["content"]["shown"];
    assert_eq!(shown["header"], json!({"type": "text", "text": "Kunjungan Senin"}));
    assert_eq!(shown["body"], "Halo Rina, kami tunggu pukul 09.00. Ketuk tombol untuk menjawab.");
    assert_eq!(shown["buttons"][0]["payload"], "Saya datang");
}

#[tokio::test]
async fn tokens_are_checked_in_metas_order() {
    let world = World::connected().await;
    let other = world.control("accounts", json!({"name": "Toko Lain"})).await;
    let path = format!("{}/messages", world.id("phone_number_id"));
    let foreign = other["access_token"].as_str().unwrap().to_owned();

    let url = format!("{}/meta/v26.0/{path}", world.twin.base);
    let answer = world.http.post(url).json(&json!({})).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 104);
    let (status, answer) = world.graph_as("EAAnonsense", &path, json!({})).await;
    assert_eq!((status, &answer["error"]["code"]), (401, &json!(190)));
    let (status, answer) = world.graph_as(&foreign, &path, json!({})).await;
    assert_eq!(
        (status, &answer["error"]["code"], &answer["error"]["error_subcode"]),
        (400, &json!(100), &json!(33))
    );
    let (status, answer) = world.graph("404/messages", json!({})).await;
    assert_eq!((status, &answer["error"]["error_subcode"]), (400, &json!(33)));
    let proof = json!({"appsecret_proof": "00", "messaging_product": "whatsapp"});
    assert_eq!(world.graph(&path, proof).await.1["error"]["type"], "GraphMethodException");

    for (state, subcode) in [("expired", 463), ("revoked", 467)] {
        world
            .control(&format!("accounts/{}/token", world.id("phone_number_id")), json!({"state": state}))
            .await;
        let (status, answer) = world.graph(&path, json!({})).await;
        assert_eq!((status, &answer["error"]["error_subcode"]), (401, &json!(subcode)));
    }
}

#[tokio::test]
async fn unknown_versions_and_paths_are_refused() {
    let world = World::connected().await;
    let number = world.id("phone_number_id");
    for path in ["v99.0/x", "latest/x", &format!("v26.0/{number}/nothing"), &format!("v26.0/{number}/a/b")] {
        let url = format!("{}/meta/{path}", world.twin.base);
        let answer = world.http.get(url).bearer_auth(world.id("access_token")).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 2500, "{path}");
    }
    let url = format!("{}/meta/v19.0/{number}", world.twin.base);
    let answer = world.http.get(url).bearer_auth(world.id("access_token")).send().await.unwrap();
    assert_eq!(answer.headers()["facebook-api-version"], "v21.0", "an ended version is served by the oldest");
}

#[tokio::test]
async fn a_number_that_is_not_connected_does_not_send() {
    let world = World::connected().await;
    world.budi_says("Halo").await;
    for (state, code) in [("DISCONNECTED", 133_010), ("BANNED", 131_031), ("CONNECTED", 0)] {
        let path = format!("accounts/{}/status", world.id("phone_number_id"));
        world.control(&path, json!({"status": state})).await;
        let (_, answer) = world.send(text_message("Halo")).await;
        assert_eq!(answer["error"]["code"].as_u64().unwrap_or(0), code);
    }
}
