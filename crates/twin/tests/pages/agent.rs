use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use reqwest::Response;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::site::Site;

/// One sample agent as a gateway knows it.
struct Agent<'s> {
    site: &'s Site,
    url: String,
    secret: String,
}

impl<'s> Agent<'s> {
    async fn of(site: &'s Site, version: &str) -> Self {
        let wanted = json!({"name": "Kopi Nusa", "version": version});
        let made = site.control("/agent/control/agents", wanted).await;
        let path = made["url"].as_str().unwrap().strip_prefix(&site.url).unwrap().to_owned();
        Self { site, url: path, secret: made["secret"].as_str().unwrap().to_owned() }
    }

    /// Posts an event signed by the official library, `late` seconds ago.
    async fn deliver(&self, id: &str, event: &Value, late: i64) -> Response {
        #[expect(clippy::disallowed_methods, reason = "the agent compares with the machine's clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let (at, body) = (i64::try_from(now).unwrap() - late, event.to_string());
        let signature = Webhook::new(&self.secret).unwrap().sign(id, at, body.as_bytes()).unwrap();
        let request =
            self.site.post(&self.url).header("webhook-id", id).header("webhook-timestamp", at.to_string());
        request.header("webhook-signature", signature).body(body).send().await.unwrap()
    }

    /// The answer to one message of Budi.
    async fn answer(&self, message: Value) -> Value {
        let answer = self.deliver("evt_1", &event(&message), 0).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }
}

fn event(message: &Value) -> Value {
    let mut whole = json!({"id": "msg_1", "received_at": "2026-11-22T10:05:00.000Z"});
    whole.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
    json!({
        "type": "message.received", "id": "evt_1",
        "conversation": {"id": "cnv_1", "user": {"id": "usr_1", "phone": "+6281255501234", "name": "Budi"}},
        "session": {"id": "ses_1", "state": "active", "started_at": "2026-11-22T10:00:00.000Z"},
        "messages": [whole],
    })
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

#[tokio::test]
async fn each_message_gets_its_answer() {
    let site = Site::open().await;
    let agent = Agent::of(&site, "published").await;
    let button = |id: &str| json!({"type": "button_reply", "button_reply": {"id": id, "title": "x"}});
    let cases = [
        (text("Halo"), "/replies/0/text/body", "Halo Budi! Ini *Kopi Nusa*."),
        (text("hi"), "/replies/0/text/body", "Hello Budi! This is *Kopi Nusa*."),
        (text("menu"), "/replies/0/buttons/buttons/2/id", "id.end"),
        (text("list"), "/replies/0/list/sections/0/title", "Morning"),
        (text("jam"), "/replies/0/list/sections/1/rows/1/title", "16.30"),
        (text("gambar"), "/replies/0/image/link", "/agent/assets/kopi.png"),
        (text("dokumen"), "/replies/0/document/filename", "menu.txt"),
        (text("lokasi"), "/replies/0/location/name", "Kopi Nusa"),
        (text("kontak"), "/replies/0/contacts/0/name/formatted_name", "Kopi Nusa"),
        (text("link"), "/replies/0/cta_url/display_text", "Buka halaman"),
        (text("terima kasih!"), "/replies/0/reaction/message_id", "msg_1"),
        (text("selesai"), "/replies/0/text/body", "sampai jumpa"),
        (text("saya mau kopi"), "/replies/0/text/body", "Anda menulis: saya mau kopi"),
        (text("what is this"), "/replies/0/text/body", "You wrote: what is this"),
        (button("id.list"), "/replies/0/list/button", "Pilih jam"),
        (button("en.picture"), "/replies/0/image/caption", "Today's coffee"),
        (button("something.else"), "/replies/0/text/body", "*x*"),
        (
            json!({"type": "list_reply", "list_reply": {"id": "id.at.09:30", "title": "09.30"}}),
            "/replies/0/text/body",
            "Baik, *09.30*",
        ),
        (
            json!({"type": "location", "location": {"latitude": -8.5069, "longitude": 115.2625}}),
            "/replies/0/text/body",
            "-8.5069, 115.2625",
        ),
        (
            json!({"type": "image", "image": {"media_id": "m", "mime_type": "image/jpeg"}}),
            "/replies/0/text/body",
            "gambar sudah kami terima (image/jpeg)",
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}}),
            "/replies/0/text/body",
            "poll_creation",
        ),
        (json!({"type": "hologram"}), "/replies/0/text/body", "hologram"),
    ];
    for (message, place, expected) in cases {
        let answer = agent.answer(message.clone()).await;
        let said = answer.pointer(place).and_then(Value::as_str).unwrap_or_default();
        assert!(said.contains(expected), "{message} {answer}");
        assert_eq!(answer["end_session"], json!(message == text("selesai")), "{message}");
    }
    let reaction = json!({"type": "reaction", "reaction": {"message_id": "msg_0", "emoji": "👍"}});
    assert_eq!(agent.answer(reaction).await["replies"], json!([]));
}

#[tokio::test]
async fn the_first_message_of_a_session_is_greeted_whatever_it_says() {
    let site = Site::open().await;
    let agent = Agent::of(&site, "published").await;
    let mut event = event(&text("abc"));
    event["session"]["started_at"] = event["messages"][0]["received_at"].clone();
    let answer: Value = agent.deliver("evt_1", &event, 0).await.json().await.unwrap();
    let said = answer["replies"][0]["text"]["body"].as_str().unwrap();
    assert!(said.starts_with("Halo Budi!") && said.ends_with("Anda menulis: abc"), "{said}");
}

#[tokio::test]
async fn a_draft_says_that_it_is_one_and_has_a_secret_of_its_own() {
    let site = Site::open().await;
    let (published, draft) = (Agent::of(&site, "published").await, Agent::of(&site, "draft").await);
    let said = draft.answer(text("halo")).await["replies"][0]["text"]["body"].to_string();
    assert!(said.contains("versi draf"), "{said}");
    let crossed = Agent { site: &site, url: draft.url, secret: published.secret };
    assert_eq!(crossed.deliver("evt_1", &event(&text("halo")), 0).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_missing_wrong_or_old_signature_is_refused_and_not_recorded() {
    let site = Site::open().await;
    let agent = Agent::of(&site, "published").await;
    let unsigned = site.post(&agent.url).body(event(&text("halo")).to_string()).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(agent.deliver("evt_1", &event(&text("halo")), 301).await.status(), StatusCode::UNAUTHORIZED);
    let elsewhere = Agent { site: &site, url: "/agent/nobody".into(), secret: agent.secret };
    assert_eq!(elsewhere.deliver("evt_1", &event(&text("halo")), 0).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(site.json("/agent/control/journal").await, json!({"events": []}));
}

#[tokio::test]
async fn a_repeated_event_gets_the_same_answer_and_is_counted_over_a_restart() {
    let mut site = Site::open().await;
    let (secret, answers) = {
        let agent = Agent::of(&site, "published").await;
        let first = agent.answer(text("menu")).await;
        (agent.secret.clone(), [first, agent.answer(text("menu")).await])
    };
    assert_eq!(answers[0], answers[1]);
    site.reopen().await;
    let agent = Agent::of(&site, "published").await;
    assert_eq!(agent.secret, secret);
    agent.answer(text("menu")).await;
    let journal = site.json("/agent/control/journal?name=Kopi%20Nusa").await;
    let events = journal["events"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["count"], &events[0]["answered"]), (&json!(3), &json!(3)));
    assert_eq!(events[0]["messages"], json!(["msg_1"]));
}

#[tokio::test]
async fn other_events_are_taken_without_an_answer() {
    let site = Site::open().await;
    let agent = Agent::of(&site, "published").await;
    for kind in ["session.started", "session.ended", "message.status"] {
        let answer = agent.deliver("evt_1", &json!({"type": kind}), 0).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{kind}");
    }
}

#[tokio::test]
async fn ordered_faults_happen_as_often_as_ordered() {
    let site = Site::open().await;
    let agent = Agent::of(&site, "published").await;
    site.control("/agent/control/faults", json!({"name": "Kopi Nusa", "status": 503, "count": 2})).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(agent.deliver("evt_1", &event(&text("halo")), 0).await.status().as_u16());
    }
    assert_eq!(statuses, [503, 503, 200]);
    let journal = site.json("/agent/control/journal").await;
    assert_eq!((&journal["events"][0]["count"], &journal["events"][0]["answered"]), (&json!(3), &json!(1)));

    site.control("/agent/control/faults", json!({"name": "Kopi Nusa", "delay_ms": 300})).await;
    #[expect(clippy::disallowed_methods, reason = "the delay is what is tested")]
    let before = Instant::now();
    assert_eq!(agent.deliver("evt_2", &event(&text("halo")), 0).await.status(), StatusCode::OK);
    assert!(before.elapsed().as_millis() >= 300);
}

#[tokio::test]
async fn the_picture_it_sends_is_there() {
    let site = Site::open().await;
    let agent = Agent::of(&site, "published").await;
    let link = agent.answer(text("gambar")).await["replies"][0]["image"]["link"].as_str().unwrap().to_owned();
    let picture = site.get(link.strip_prefix(&site.url).unwrap()).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
}
