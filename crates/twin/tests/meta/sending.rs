//! Every kind of message is taken, media go up and down, and objects can be read.

use serde_json::{Value, json};

use crate::world::{World, text_message};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n-a-picture";

async fn upload(world: &World, mime: &str, bytes: &[u8]) -> (u16, Value) {
    let file = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name("a.png").mime_str(mime).unwrap();
    let form = reqwest::multipart::Form::new().text("messaging_product", "whatsapp").part("file", file);
    let url = format!("{}/meta/v26.0/{}/media", world.twin.base, world.id("phone_number_id"));
    let request = world.http.post(url).bearer_auth(world.id("access_token")).multipart(form);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn every_kind_of_message_is_taken() {
    let world = World::connected().await;
    let inbound = world.budi_says("Halo").await;
    let media = upload(&world, "image/png", PNG).await.1["id"].clone();
    let interactive = |object: Value| json!({"type": "interactive", "interactive": object});
    let body = json!({"text": "Silakan"});
    let card = |n: usize| {
        json!({"card_index": n, "type": "cta_url",
            "header": {"type": "image", "image": {"link": "https://x.example/a.png"}},
            "action": {"name": "cta_url", "parameters": {"display_text": "Lihat", "url": "https://x.example"}}})
    };
    let messages = [
        json!({"type": "text", "text": {"body": "Halo", "preview_url": true}, "context": {"message_id": inbound}}),
        json!({"type": "image", "image": {"id": media, "caption": "Gambar"}}),
        json!({"type": "video", "video": {"link": "https://x.example/a.mp4"}}),
        json!({"type": "audio", "audio": {"link": "https://x.example/a.ogg", "voice": true}}),
        json!({"type": "document", "document": {"link": "https://x.example/a.pdf", "filename": "a.pdf"}}),
        json!({"type": "sticker", "sticker": {"link": "https://x.example/a.webp"}}),
        json!({"type": "location", "location": {"latitude": "-6.2", "longitude": 106.8, "name": "Toko"}}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Budi"}, "phones": [{"phone": "+62"}]}]}),
        json!({"type": "reaction", "reaction": {"message_id": inbound, "emoji": "👍"}}),
        interactive(json!({"type": "button", "body": body, "footer": {"text": "Kaki"},
            "header": {"type": "image", "image": {"id": media}},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "ya", "title": "Ya"}}]}})),
        interactive(
            json!({"type": "list", "body": body, "header": {"type": "text", "text": "Menu"}, "action":
            {"button": "Buka", "sections": [{"rows": [{"id": "1", "title": "Satu", "description": "x"}]}]}}),
        ),
        interactive(json!({"type": "cta_url", "body": body, "action":
            {"name": "cta_url", "parameters": {"display_text": "Buka", "url": "https://x.example"}}})),
        interactive(
            json!({"type": "location_request_message", "body": body, "action": {"name": "send_location"}}),
        ),
        interactive(json!({"type": "request_contact_info", "body": body,
            "action": {"name": "request_contact_info"}})),
        interactive(json!({"type": "carousel", "body": body, "action": {"cards": [card(0), card(1)]}})),
        interactive(json!({"type": "flow", "body": body, "action": {"name": "flow", "parameters":
            {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Isi"}}})),
    ];
    for message in &messages {
        let (status, answer) = world.send(message.clone()).await;
        assert_eq!(status, 200, "{message}\n{answer}");
    }
    let phone = world.phone().await;
    assert_eq!(phone.len(), messages.len() + 1);
    assert_eq!(phone[1]["context_id"], inbound.as_str());
    let statuses = world.receiver.wait_for_statuses((messages.len() - 1) * 3 + 1).await;
    assert!(!statuses.contains(&"failed".to_owned()));
}

#[tokio::test]
async fn a_reaction_to_nothing_and_a_broken_local_link_fail_later() {
    let world = World::connected().await;
    world.budi_says("Halo").await;
    let link = format!("{}/meta/no-such-picture", world.twin.base);
    world.send(json!({"type": "reaction", "reaction": {"message_id": "wamid.none", "emoji": "👍"}})).await;
    world.send(json!({"type": "image", "image": {"link": link}})).await;
    world.receiver.wait_for_statuses(2).await;
    let mut codes: Vec<_> = world
        .receiver
        .hooks()
        .iter()
        .filter_map(|hook| hook.value()["statuses"][0]["errors"][0]["code"].as_u64())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, [131_009, 131_053]);
}

#[tokio::test]
async fn media_go_up_are_looked_up_fetched_and_deleted() {
    let world = World::connected().await;
    let (status, uploaded) = upload(&world, "image/png", PNG).await;
    assert_eq!(status, 200, "{uploaded}");
    let id = uploaded["id"].as_str().unwrap();

    let (_, found) = world.look(&format!("{id}?phone_number_id={}", world.id("phone_number_id"))).await;
    assert_eq!(found["mime_type"], "image/png");
    assert_eq!(found["file_size"], PNG.len().to_string());
    assert_eq!(found["sha256"].as_str().unwrap().len(), 64);
    let url = found["url"].as_str().unwrap();
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 401, "the token is needed");
    let fetched = world.http.get(url).bearer_auth(world.id("access_token")).send().await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "image/png");
    assert_eq!(fetched.bytes().await.unwrap(), PNG);

    world.control("clock", json!({"advance_seconds": 301})).await;
    let late = world.http.get(url).bearer_auth(world.id("access_token")).send().await.unwrap();
    assert_eq!(late.status(), 404, "the URL dies after five minutes");

    let object = format!("{}/meta/v26.0/{id}", world.twin.base);
    let deleted = world.http.delete(object).bearer_auth(world.id("access_token")).send().await.unwrap();
    assert_eq!(deleted.status(), 200);
    assert_eq!(world.look(id).await.0, 400);
    assert_eq!(upload(&world, "application/x-sh", b"#!").await.1["error"]["code"], 131_053);
}

#[tokio::test]
async fn a_users_picture_can_be_fetched_from_its_webhook() {
    let world = World::connected().await;
    let url = format!("{}/meta/control/media", world.twin.base);
    let stored = world.http.post(url).header("content-type", "image/png").body(PNG).send().await.unwrap();
    let id = stored.json::<Value>().await.unwrap()["id"].clone();
    let message = json!({"from": "6281234567890", "type": "image", "image": {"id": id, "caption": "Lihat"}});
    world.users_say(json!([message]), false).await;

    let image = world.receiver.wait_for(1).await[0].value()["messages"][0]["image"].clone();

    assert_eq!(image["mime_type"], "image/png");
    assert_eq!(image["caption"], "Lihat");
    let url = image["url"].as_str().unwrap();
    let fetched = world.http.get(url).bearer_auth(world.id("access_token")).send().await.unwrap();
    assert_eq!(fetched.bytes().await.unwrap(), PNG);
}

#[tokio::test]
async fn numbers_wabas_and_tokens_can_be_read() {
    let world = World::connected().await;
    let (number, waba) = (world.id("phone_number_id"), world.id("waba_id"));

    let (_, found) =
        world.look(&format!("{number}?fields=status,display_phone_number,webhook_configuration")).await;
    assert_eq!(found["status"], "CONNECTED");
    assert_eq!(found["display_phone_number"], world.id("display_phone_number"));
    assert_eq!(found["webhook_configuration"], json!({"phone_number": world.receiver.url}));
    assert!(found.get("verified_name").is_none());
    let (_, found) = world.look(&number).await;
    assert_eq!(found["verified_name"], "Klinik Contoh");
    assert_eq!(world.look(&format!("{number}?fields=colour")).await.1["error"]["code"], 100);
    assert_eq!(world.look(&waba).await.1["id"], waba);
    assert_eq!(world.look(&format!("{waba}/phone_numbers")).await.1["data"][0]["id"], number);
    let (_, profile) = world.look(&format!("{number}/whatsapp_business_profile?fields=about,vertical")).await;
    assert_eq!(profile["data"][0]["vertical"], "OTHER");

    let (_, first) =
        world.look(&format!("{waba}/message_templates?status=APPROVED&limit=4&fields=name,language")).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 4);
    let next = first["paging"]["next"].as_str().unwrap();
    let second = world.http.get(next).bearer_auth(world.id("access_token")).send().await.unwrap();
    let second: Value = second.json().await.unwrap();
    assert!(second["paging"].get("next").is_none() && !second["data"].as_array().unwrap().is_empty());

    let token = world.id("access_token");
    let (_, inspected) = world.look(&format!("debug_token?input_token={token}")).await;
    assert_eq!(inspected["data"]["app_id"], world.id("app_id"));
    assert_eq!(inspected["data"]["granular_scopes"][0]["target_ids"], json!([waba]));
    assert_eq!(inspected["data"]["is_valid"], true);
}

#[tokio::test]
async fn another_number_may_share_the_app() {
    let world = World::connected().await;
    let like = json!({"name": "Cabang", "same_app_as": world.id("phone_number_id")});
    let second = world.control("accounts", like).await;
    assert_eq!(second["waba_id"], world.id("waba_id"));
    let number = second["phone_number_id"].as_str().unwrap();
    assert_eq!(world.look(number).await.0, 200, "one token reaches both");
    let (status, _) = world.send(text_message("Halo")).await;
    assert_eq!(status, 200);
}
