use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::site::Site;

/// The smallest PNG a browser shows.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need() {
    let site = Site::open().await;
    let phone = format!("/phone/{}?as=6281255501234", site.number);
    let chat = site.phone("chat");
    for path in ["/", "/new-account", "/assets/phone.js", "/assets/none", "/phone/1", &phone, &chat] {
        let answer = site.get(path).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let text = answer.text().await.unwrap();
        for inline in ["<script>", "<style", " style=", " onclick=", "innerHTML"] {
            assert!(!text.contains(inline), "{path} {inline}");
        }
    }
}

#[tokio::test]
async fn a_phone_is_always_somebodys() {
    let site = Site::open().await;
    let answer = site.get(&format!("/phone/{}", site.number)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        answer.headers()["location"],
        format!("/phone/{}?as=6281255501234&name=Budi", site.number).as_str()
    );
    assert_eq!(site.get("/phone/1?as=6281255501234").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    for nobody in ["chat", "chat?as=abc", "chat?as=123", "events?as=+62812555"] {
        let answer = site.get(&format!("/phone/{}/{nobody}", site.number)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{nobody}");
    }
}

#[tokio::test]
async fn what_a_person_sends_is_in_their_chat_and_in_no_other() {
    let site = Site::open().await;
    let first = site.control(&site.phone("send"), json!({"type": "text", "text": {"body": "Halo"}})).await;
    let tap = json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "a", "title": "A"}},
        "context": {"id": first["id"]}});
    site.control(&site.phone("send"), tap).await;
    let chat = site.json(&site.phone("chat")).await;
    assert_eq!(chat["name"], "Kopi Nusa");
    let items = chat["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!((&items[0]["from"], &items[0]["status"]), (&json!("me"), &json!("sent")));
    assert_eq!(items[0]["content"], json!({"body": "Halo"}));
    assert_eq!(items[1]["context"], first["id"]);
    let other = site.json(&format!("/phone/{}/chat?as=6281255509999", site.number)).await;
    assert_eq!(other["items"], json!([]));
}

#[tokio::test]
async fn a_message_without_its_object_is_refused_in_a_sentence() {
    let site = Site::open().await;
    for body in [json!({"type": "text"}), json!({"text": {"body": "x"}}), json!([])] {
        let answer = site.post(&site.phone("send")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        assert!(answer.json::<Value>().await.unwrap()["error"].is_string());
    }
}

#[tokio::test]
async fn a_picture_is_sent_with_its_caption_and_shown_again() {
    let site = Site::open().await;
    let path = site.phone("picture?caption=Lihat%20ini");
    let sent = site.post(&path).header("content-type", "image/png").body(PNG).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    let chat = site.json(&site.phone("chat")).await;
    let image = &chat["items"][0]["content"];
    assert_eq!((&image["caption"], &image["mime_type"]), (&json!("Lihat ini"), &json!("image/png")));
    let media = site.phone(&format!("media/{}", image["id"].as_str().unwrap()));
    let shown = site.get(&media).send().await.unwrap();
    assert_eq!(shown.headers()["content-disposition"], "inline");
    assert_eq!(shown.headers()["x-content-type-options"], "nosniff");
    assert_eq!(shown.bytes().await.unwrap(), PNG);

    let svg = site.post(&site.phone("picture")).header("content-type", "image/svg+xml").body("<svg/>").send();
    assert_eq!(svg.await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let empty = site.post(&site.phone("picture")).header("content-type", "image/png").send();
    assert_eq!(empty.await.unwrap().status(), StatusCode::BAD_REQUEST);
    let large = vec![0; 16 * 1024 * 1024 + 1];
    let large = site.post(&site.phone("picture")).header("content-type", "image/png").body(large).send();
    assert_eq!(large.await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_file_that_could_run_is_only_downloaded_and_only_from_its_own_number() {
    let site = Site::open().await;
    let page =
        site.post("/meta/control/media").header("content-type", "text/html").body("<script>1</script>");
    let stored: Value = page.send().await.unwrap().json().await.unwrap();
    let id = stored["id"].as_str().unwrap();
    let document = json!({"type": "document", "document": {"id": id, "filename": "page.html"}});
    site.control(&site.phone("send"), document).await;
    let answer = site.get(&site.phone(&format!("media/{id}"))).send().await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));

    let other = site.control("/meta/control/accounts", json!({"name": "Other"})).await;
    let path = format!("/phone/{}/media/{id}", other["phone_number_id"].as_str().unwrap());
    assert_eq!(site.get(&path).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

/// Reads a stream until it holds `wanted`, or for three seconds.
async fn until(stream: &mut reqwest::Response, wanted: &str) -> String {
    let mut seen = String::new();
    let read = async {
        while !seen.contains(wanted) {
            let Some(chunk) = stream.chunk().await.unwrap() else { break };
            seen.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    drop(tokio::time::timeout(Duration::from_secs(3), read).await);
    seen
}

#[tokio::test]
async fn an_open_phone_hears_of_new_messages_and_resumes_where_it_was() {
    let site = Site::open().await;
    let mut stream = site.get(&site.phone("events")).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    site.control(&site.phone("send"), json!({"type": "text", "text": {"body": "satu"}})).await;
    assert!(until(&mut stream, "satu").await.contains("event: items"));

    // With the revision of the chat nothing comes again, only what is new.
    let revision = site.json(&site.phone("chat")).await["revision"].as_str().unwrap().to_owned();
    let mut later = site.get(&site.phone("events")).header("last-event-id", revision).send().await.unwrap();
    site.control(&site.phone("send"), json!({"type": "text", "text": {"body": "dua"}})).await;
    let seen = until(&mut later, "dua").await;
    assert!(seen.contains("dua") && !seen.contains("satu"), "{seen}");

    // With one that is over, all comes again.
    let mut lost = site.get(&site.phone("events?after=0")).send().await.unwrap();
    let seen = until(&mut lost, "dua").await;
    assert!(seen.contains("dua") && seen.contains("satu"), "{seen}");
}

#[tokio::test]
async fn an_open_phone_does_not_hold_the_twin_back_and_finds_its_chat_again() {
    let mut site = Site::open().await;
    let mut stream = site.get(&site.phone("events")).send().await.unwrap();
    site.control(&site.phone("send"), json!({"type": "text", "text": {"body": "satu"}})).await;
    assert!(until(&mut stream, "satu").await.contains("satu"));
    tokio::time::timeout(Duration::from_secs(4), site.reopen()).await.unwrap();
    assert_eq!(site.json(&site.phone("chat")).await["items"][0]["content"]["body"], "satu");
}

#[tokio::test]
async fn looking_at_the_chat_is_what_reads_it() {
    let site = Site::open().await;
    site.control(&site.phone("send"), json!({"type": "text", "text": {"body": "Halo"}})).await;
    let accounts = site.json("/meta/control/accounts").await;
    let account = &accounts.as_array().or_else(|| accounts["accounts"].as_array()).unwrap()[0];
    let message = json!({"messaging_product": "whatsapp", "to": "+6281255501234", "type": "text", "text": {"body": "Hai"}});
    let request = site.post(&format!("/meta/v25.0/{}/messages", site.number)).json(&message);
    let sent = request.bearer_auth(account["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    assert_ne!(site.json(&site.phone("chat")).await["items"][1]["status"], "read");
    let mut stream = site.get(&site.phone("events")).send().await.unwrap();
    let seen = until(&mut stream, "\"status\":\"read\"").await;
    assert!(seen.contains("\"status\":\"read\""), "{seen}");
}

async fn form(site: &Site, body: &'static str) -> reqwest::Response {
    let form = site.post("/new-account").header("content-type", "application/x-www-form-urlencoded");
    form.body(body).send().await.unwrap()
}

#[tokio::test]
async fn a_test_account_is_issued_by_a_plain_form() {
    let site = Site::open().await;
    let answer = form(&site, "name=Toko+%3Cb%3E+%26+Co&phone=").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page =
        site.get(answer.headers()["location"].to_str().unwrap()).send().await.unwrap().text().await.unwrap();
    for key in [
        "name: Toko &lt;b&gt; &amp; Co",
        "phone_number_id: ",
        "waba_id: ",
        "app_id: ",
        "app_secret: ",
        "access_token: ",
    ] {
        assert!(page.contains(key), "{key}");
    }
    assert!(page.contains(&format!("graph_base_url: {}/meta", site.url)));
    assert!(site.get("/").send().await.unwrap().text().await.unwrap().contains("Toko &lt;b&gt;"));

    let refused = form(&site, "name=Toko&phone=12+%22ab").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(page.contains("value=\"Toko\"") && page.contains("value=\"12 &quot;ab\""));
}

#[tokio::test]
async fn another_site_cannot_write_for_a_person() {
    let site = Site::open().await;
    for path in ["/new-account".to_owned(), site.phone("send")] {
        let answer =
            site.post(&path).header("sec-fetch-site", "cross-site").body("name=x").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn an_asset_that_is_known_is_not_sent_again() {
    let site = Site::open().await;
    let first = site.get("/assets/phone.css").send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let again = site.get("/assets/phone.css").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for file in ["twin.css", "phone.js", "copy.js", "kawung.svg", "mark.svg", "next.woff2", "mono.woff2"] {
        assert_eq!(
            site.get(&format!("/assets/{file}")).send().await.unwrap().status(),
            StatusCode::OK,
            "{file}"
        );
    }
}
