//! Bad input at the webhook's door: the table of the issue.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use hyper::body::Frame;
use serde_json::json;
use warta_store::{Others, SecretKind};

use crate::support::webhook::{APP_SECRET, WABA, messages, signature, text};
use crate::support::world::{NUMBER, VERIFY_TOKEN};
use crate::support::{BUDI, World};

fn body(world: &World) -> Vec<u8> {
    messages(NUMBER, &[text(BUDI, "wamid.1", "Halo", world.seconds())]).to_string().into_bytes()
}

/// Nothing was stored, and the answer tells nothing that was expected.
async fn nothing_happened(world: &World, answer: &str) {
    for secret in [APP_SECRET, VERIFY_TOKEN, &signature(APP_SECRET, &body(world))] {
        assert!(!answer.contains(secret), "{answer}");
    }
    assert!(world.received().await.is_empty());
    assert!(world.app.store.quarantined(world.scope(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_missing_malformed_or_wrong_signature_is_refused() {
    let world = World::new().await;
    let right = signature(APP_SECRET, &body(&world));
    let wrong = [
        signature("another secret", &body(&world)),
        signature(APP_SECRET, b"another body"),
        right.replacen("sha256=", "sha1=", 1),
        right.replacen("sha256=", "", 1),
        right.get(..right.len() - 2).unwrap().to_owned(),
        format!("{right}00"),
        "sha256=zz".to_owned(),
        "sha256=".to_owned(),
        String::new(),
    ];
    for signature in wrong.iter().map(|signature| Some(signature.as_str())).chain([None]) {
        let (status, answer) = world.post_raw(body(&world), signature).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{signature:?}");
        nothing_happened(&world, &answer).await;
    }
    let (status, _) = world.post_raw(body(&world), Some(&right)).await;
    assert_eq!((status, world.received().await.len()), (StatusCode::OK, 1));
}

#[tokio::test]
async fn the_handshake_needs_the_verify_token() {
    let world = World::new().await;
    let ask = |query: &str| {
        let uri = format!("/hooks/{}?{query}", world.channel);
        world.request(Request::get(uri).body(Body::empty()).unwrap())
    };
    let right = format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444");
    assert_eq!(ask(&right).await, (StatusCode::OK, "1158201444".to_owned()));
    for query in [
        "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=&hub.challenge=1",
        "hub.mode=subscribe&hub.challenge=1",
        "",
    ] {
        let (status, answer) = ask(query).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{query}");
        nothing_happened(&world, &answer).await;
    }
}

#[tokio::test]
async fn more_than_4_mib_is_too_much() {
    let world = World::new().await;
    let long = vec![b' '; 4 * 1024 * 1024 + 1];
    let right = signature(APP_SECRET, &long);
    let (status, answer) = world.post_raw(long, Some(&right)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    nothing_happened(&world, &answer).await;
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_refused() {
    let world = World::new().await;
    let request = Request::post(format!("/hooks/{}", world.channel)).body(Body::new(Cut)).unwrap();
    let (status, answer) = world.request(request).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    nothing_happened(&world, &answer).await;
}

/// A body that breaks off, as hyper reports one shorter than its Content-Length.
struct Cut;

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::Error::other("end of file before message length reached"))))
    }
}

#[tokio::test]
async fn an_unknown_channel_is_not_found() {
    let world = World::new().await;
    let body = body(&world);
    let right = signature(APP_SECRET, &body);
    for path in ["/hooks/chn_01kb3t5v9zc9rt2n6cy8q4h7mp", "/hooks/nonsense", "/hooks/..%2f"] {
        let request =
            Request::post(path).header("x-hub-signature-256", &right).body(Body::from(body.clone()));
        let (status, answer) = world.request(request.unwrap()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        nothing_happened(&world, &answer).await;
    }
}

#[tokio::test]
async fn what_is_signed_but_unreadable_is_kept_and_answered_with_200() {
    let world = World::new().await;
    let whole = body(&world);
    let cut = whole[..whole.len() - 7].to_vec();
    for body in [b"not json".to_vec(), cut, b"\xff\xfe".to_vec(), b"[]".to_vec(), Vec::new()] {
        let before = world.app.store.quarantined(world.scope(), 100).await.unwrap().len();
        let right = signature(APP_SECRET, &body);
        assert_eq!(world.post_raw(body.clone(), Some(&right)).await, (StatusCode::OK, String::new()));
        let kept = world.app.store.quarantined(world.scope(), 100).await.unwrap();
        assert_eq!(kept.len(), before + 1);
        assert!(!kept[0].reason.contains("Halo"));
        let stored = world.app.store.quarantined_body(world.scope(), kept[0].id).await.unwrap();
        assert_eq!(stored, Some(body));
    }
    assert!(world.received().await.is_empty());
}

#[tokio::test]
async fn one_unreadable_item_does_not_lose_its_neighbours() {
    let world = World::new().await;
    let now = world.seconds();
    let all = [
        text(BUDI, "wamid.1", "one", now),
        json!({"from": BUDI, "type": 7}),
        text(BUDI, "wamid.2", "two", now),
    ];
    world.post(&messages(NUMBER, &all)).await;
    world.run().await;
    assert_eq!(world.agent.told(), ["one", "two"]);
    assert_eq!(world.app.store.quarantined(world.scope(), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_kind_nobody_knows_reaches_the_agent_as_unsupported() {
    let world = World::new().await;
    let now = world.seconds().to_string();
    let poll = json!({"from": BUDI, "id": "wamid.1", "timestamp": now, "type": "poll_creation", "poll_creation": {}});
    world.post(&messages(NUMBER, &[poll])).await;
    let field = json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": "brand_new", "value": {"a": 1}}]}]});
    world.post(&field).await;
    world.run().await;
    let told = &world.agent.calls()[0].body["messages"][0];
    assert_eq!(
        (&told["type"], &told["unsupported"]["type"]),
        (&json!("unsupported"), &json!("poll_creation"))
    );
    assert!(world.app.store.quarantined(world.scope(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_app_secrets_hold_while_one_replaces_the_other() {
    let world = World::new().await;
    let (store, now) = (&world.app.store, world.app.now());
    let new = world.secret(SecretKind::AppSecret, "the next secret");
    let others = Others::StayUntil(now.after(Duration::from_hours(1)));
    store.add_secret(world.scope(), world.channel, new, others, &world.entry()).await.unwrap();
    let ask = async |secret| world.post_raw(body(&world), Some(&signature(secret, &body(&world)))).await.0;
    assert_eq!((ask(APP_SECRET).await, ask("the next secret").await), (StatusCode::OK, StatusCode::OK));
    world.pass(3_601.0);
    assert_eq!(
        (ask(APP_SECRET).await, ask("the next secret").await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
}
