//! The console: its door and its pages.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bytes::Bytes;
use warta_core::delivery::Status;
use warta_core::ids::{ChannelId, EnvelopeId, OrganizationId};
use warta_core::permission::OrganizationRole;
use warta_store::NewQuarantine;

use crate::support::people;
use crate::support::{Answer, Tenants};

const BUDI: &str = "6281255501234";

/// A browser with a cookie.
async fn visit(world: &Tenants, path: &str, cookie: &str) -> Answer {
    world.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

/// Signs an owner of an organization in.
async fn enter(world: &Tenants, organization: OrganizationId) -> String {
    let person = people::person(&world.app, organization, OrganizationRole::Owner).await;
    people::sign_in(&world.app, &world.router, person).await
}

async fn quarantine(
    world: &Tenants,
    (organization, channel): (OrganizationId, ChannelId),
    reason: &str,
) -> EnvelopeId {
    let now = world.app.now();
    let id = EnvelopeId::from_uuid(world.app.minter.uuid(now));
    let body = Bytes::from_static(b"sealed-canary");
    world
        .app
        .store
        .quarantine(NewQuarantine {
            organization,
            channel,
            id,
            received_at: now,
            reason: reason.to_owned(),
            body,
        })
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn a_link_opens_once_for_half_an_hour() {
    let world = Tenants::new().await;
    let person = people::person(&world.app, world.organization, OrganizationRole::Owner).await;
    let path = people::link(&world.app, person).await;
    let token = path.rsplit('/').next().unwrap();
    assert!(token.len() >= 43, "256 bits");
    let first = world.call(Method::GET, &path, None).await;
    assert_eq!(first.status, 303);
    let cookie = first.header("set-cookie");
    assert!(
        cookie.starts_with("sid=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure") && !cookie.contains(token));
    let again = world.call(Method::GET, &path, None).await;
    assert_eq!((again.status.as_u16(), again.header("set-cookie")), (410, ""));
    assert!(again.text.contains("does not work any more"), "{}", again.text);

    let late = people::link(&world.app, person).await;
    world.clock.advance(Duration::from_mins(30));
    assert_eq!(world.call(Method::GET, &late, None).await.status, 410);
    assert_eq!(world.call(Method::GET, "/enter/made-up", None).await.status, 410);
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let world = Tenants::at("https://wa.example.com").await;
    let person = people::person(&world.app, world.organization, OrganizationRole::Owner).await;
    let answer = world.call(Method::GET, &people::link(&world.app, person).await, None).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Host-sid=") && cookie.contains("Secure") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"));
    let session = cookie.split(';').next().unwrap();
    assert_eq!(visit(&world, "/", session).await.status, 200);
    assert_eq!(visit(&world, "/", &session.replace("__Host-sid", "sid")).await.status, 303);
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_sign_in_page() {
    let world = Tenants::new().await;
    for cookie in ["", "sid=", "sid=0000", "other=1; sid=x"] {
        let answer = visit(&world, "/", cookie).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/login?next=%2F"), "{cookie}");
    }
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours() {
    let world = Tenants::new().await;
    let cookie = enter(&world, world.organization).await;
    world.clock.advance(Duration::from_hours(11));
    assert_eq!(visit(&world, "/", &cookie).await.status, 200);
    world.clock.advance(Duration::from_hours(11));
    assert_eq!(visit(&world, "/", &cookie).await.status, 200, "each use counts");
    world.clock.advance(Duration::from_hours(12));
    assert_eq!(visit(&world, "/", &cookie).await.status, 303);
}

#[tokio::test]
async fn a_session_ends_after_a_week_however_much_it_is_used() {
    let world = Tenants::new().await;
    let cookie = enter(&world, world.organization).await;
    for _ in 0..15 {
        world.clock.advance(Duration::from_hours(11));
        assert_eq!(visit(&world, "/", &cookie).await.status, 200);
    }
    world.clock.advance(Duration::from_hours(11));
    assert_eq!(visit(&world, "/", &cookie).await.status, 303);
}

#[tokio::test]
async fn the_overview_shows_channels_messages_and_what_needs_a_person() {
    let world = Tenants::new().await;
    let message = world.user_writes(BUDI, "Halo <b>dunia</b>").await;
    let envelope = quarantine(&world, (world.organization, world.channel), "not JSON").await;
    let cookie = enter(&world, world.organization).await;
    let page = visit(&world, "/", &cookie).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let html = page.text;
    for wanted in [
        "Ferry",
        "6281100000001",
        "6281100000002",
        "Published",
        "Draft",
        &*format!("http://127.0.0.1:8080/hooks/{}", world.channel),
        &*format!("/messages/{message}"),
        "not JSON",
        &*format!("warta replay {envelope}"),
    ] {
        assert!(html.contains(wanted), "{wanted}\n{html}");
    }
    assert!(!html.contains("<b>dunia"), "a user's words are never markup");
    for secret in ["EAAG-canary-token", "sealed-canary", &*world.key] {
        assert!(!html.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn nothing_of_another_organization_is_shown() {
    let world = Tenants::new().await;
    let message = world.user_writes(BUDI, "between us").await;
    quarantine(&world, (world.organization, world.channel), "canary-reason").await;
    let cookie = enter(&world, world.stranger).await;
    let html = visit(&world, "/", &cookie).await.text;
    assert!(html.contains("Rival") && html.contains("6281100000003"), "its own is");
    let channel = world.channel.to_string();
    for foreign in ["Ferry", "between us", "canary-reason", "6281100000001", &*channel, BUDI] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert_eq!(visit(&world, &format!("/messages/{message}"), &cookie).await.status, 404);
}

#[tokio::test]
async fn a_message_has_a_page_with_its_timeline() {
    let world = Tenants::new().await;
    let cookie = enter(&world, world.organization).await;
    let message = world.user_writes(BUDI, "Halo").await;
    let conversation = world.conversation_of(message).await;
    let body = serde_json::json!({"type": "text", "text": {"body": "Apa kabar?"}});
    let sent = world.post(&format!("/v1/conversations/{conversation}/messages"), None, &body).await.json();
    let id = sent["data"][0]["id"].as_str().unwrap();
    for status in [Status::Sent, Status::Delivered, Status::Read] {
        world.provider_says(id.parse().unwrap(), status).await;
    }
    let page = visit(&world, &format!("/messages/{id}"), &cookie).await;
    assert_eq!(page.status, 200);
    let html = page.text;
    for wanted in ["Apa kabar?", id, "Sent", "Delivered", "Read"] {
        assert!(html.contains(wanted), "{wanted}");
    }
    assert_eq!(visit(&world, "/messages/msg_01kb3t5v9zc9rt2n6cy8q4h7mp", &cookie).await.status, 404);
    assert_eq!(visit(&world, "/messages/nonsense", &cookie).await.status, 404);
}

#[tokio::test]
async fn pages_carry_no_inline_script_or_style_and_load_only_from_here() {
    let world = Tenants::new().await;
    let cookie = enter(&world, world.organization).await;
    let message = world.user_writes(BUDI, "Halo").await;
    let mut assets = Vec::new();
    for path in
        ["/".to_owned(), format!("/messages/{message}"), "/enter/used".to_owned(), "/nowhere".to_owned()]
    {
        let html = visit(&world, &path, &cookie).await.text;
        for banned in [" style=", "<style", " onclick=", " onload=", "javascript:", "src=\"http", "<script>"]
        {
            assert!(!html.contains(banned), "{path}: {banned}");
        }
        assert!(html.contains("<html lang=\"en\""), "{path}");
        let found = html.split('"').filter(|part| part.starts_with("/assets/")).map(str::to_owned);
        assets.extend(found);
    }
    assets.sort();
    assets.dedup();
    assert!(assets.len() >= 2, "{assets:?}");
    for asset in assets {
        let answer = world.call(Method::GET, &asset, None).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(answer.header("cache-control").contains("immutable"), "{asset}");
    }
    assert_eq!(world.call(Method::GET, "/assets/console-0000000000000000.css", None).await.status, 404);
}

#[tokio::test]
async fn a_new_organization_sees_what_to_do_first() {
    let world = Tenants::new().await;
    let cookie = enter(&world, world.organization).await;
    let html = visit(&world, "/", &cookie).await.text;
    for wanted in ["Nothing was said yet", "every webhook could be read", "the agents took every message"] {
        assert!(html.contains(wanted), "{wanted}");
    }
}

#[tokio::test]
async fn the_console_speaks_indonesian_to_who_asks_for_it() {
    let world = Tenants::new().await;
    let request = Request::get("/enter/used").header(header::ACCEPT_LANGUAGE, "id-ID,id;q=0.9");
    let request = request.body(Body::empty()).unwrap();
    let html = world.send(request).await.text;
    assert!(html.contains("<html lang=\"id\"") && html.contains("tidak berlaku lagi"), "{html}");
}
