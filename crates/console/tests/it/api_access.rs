//! Who may call what: every route with every kind of caller.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use warta_core::ids::ApiKeyId;
use warta_gateway::web::access::Access;
use warta_gateway::web::{self, keys};
use warta_http::access::Listed;

use crate::support::{Answer, Say, Tenants};

/// A route with its parameters filled in, as nothing that exists.
async fn call<A: Sync>(world: &Tenants, route: &Listed<A>, key: Option<&str>) -> Answer {
    let path = route.path.replace("{id}", "msg_01kb3t5v9zc9rt2n6cy8q4h7mp").replace(['{', '}'], "");
    world.call(route.method.clone(), &path, key).await
}

async fn key_id(world: &Tenants, key: &str) -> ApiKeyId {
    keys::check(&world.app, key).await.unwrap().id
}

#[tokio::test]
async fn every_route_says_who_may_call_it_and_holds_to_it() {
    let world = Tenants::new().await;
    let (_, revoked) = keys::create(&world.app, world.scope(), world.channel, "revoked").await.unwrap();
    let id = key_id(&world, revoked.expose()).await;
    assert!(world.app.store.revoke_api_key(world.scope(), id, world.app.now()).await.unwrap());
    let mut typed_wrong = world.key.clone();
    typed_wrong.pop();
    typed_wrong.push('-');
    let other_pepper = "warta_live_00000000000000000000000000000000000000000000ZZ";
    // What the provider has no answer for is its fault and not the route's: here it has no templates.
    world
        .graph
        .rule(|call| call.path.ends_with("/message_templates").then(|| Say::Json(200, json!({"data": []}))));
    let mut seen = 0;
    for route in web::list() {
        let none = call(&world, &route, None).await;
        match route.access {
            Access::Public { why } => {
                assert!(!why.is_empty());
                assert!(none.status != 401, "{route:?}");
            }
            Access::Key => {
                seen += 1;
                assert_eq!(none.problem(), (401, "key_missing".to_owned()), "{route:?}");
                assert_eq!(none.header("www-authenticate"), "Bearer realm=\"warta\"");
                for (key, code) in [
                    ("", "key_invalid"),
                    ("sk_live_abc", "key_invalid"),
                    (&*typed_wrong, "key_invalid"),
                    (other_pepper, "key_invalid"),
                    (revoked.expose(), "key_revoked"),
                ] {
                    assert_eq!(
                        call(&world, &route, Some(key)).await.problem(),
                        (401, code.to_owned()),
                        "{route:?} {key}"
                    );
                }
                for key in [&world.key, &world.draft_key, &world.foreign_key] {
                    let answer = call(&world, &route, Some(key)).await;
                    assert!(
                        !matches!(answer.status.as_u16(), 401 | 403 | 500..),
                        "{route:?} {}",
                        answer.status
                    );
                }
            }
        }
    }
    assert!(seen >= 3);
}

#[tokio::test]
async fn an_expired_key_opens_nothing() {
    let world = Tenants::new().await;
    assert_eq!(world.get("/v1/messages").await.status, 200);
    world.clock.advance(Duration::from_hours(365 * 24));
    assert_eq!(world.get("/v1/messages").await.problem(), (401, "key_expired".to_owned()));
}

#[tokio::test]
async fn a_revoked_key_works_for_at_most_five_seconds_more() {
    let world = Tenants::new().await;
    assert_eq!(world.get("/v1/messages").await.status, 200);
    let id = key_id(&world, &world.key).await;
    world.app.store.revoke_api_key(world.scope(), id, world.app.now()).await.unwrap();
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.get("/v1/messages").await.problem(), (401, "key_revoked".to_owned()));
}

#[tokio::test]
async fn the_key_of_a_deleted_channel_opens_nothing_until_the_channel_is_brought_back() {
    let world = Tenants::new().await;
    assert_eq!(world.get("/v1/messages").await.status, 200);
    let (store, scope) = (&world.app.store, world.scope());
    store.delete_channel(scope, world.channel, &world.entry()).await.unwrap();
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.get("/v1/messages").await.problem(), (401, "key_invalid".to_owned()));
    store.restore_channel(scope, world.channel, &world.entry()).await.unwrap();
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.get("/v1/messages").await.status, 200);
}

#[tokio::test]
async fn a_key_is_taken_in_its_header_only() {
    let world = Tenants::new().await;
    let in_query = world.call(Method::GET, &format!("/v1/messages?api_key={}", world.key), None).await;
    assert_eq!(in_query.problem(), (401, "key_missing".to_owned()));
}

#[tokio::test]
async fn the_last_use_of_a_key_is_known_to_the_minute() {
    let world = Tenants::new().await;
    let used = async || {
        world.app.tasks.close();
        world.app.tasks.wait().await;
        let keys = world.app.store.api_keys(world.scope(), world.channel).await.unwrap();
        keys.first().unwrap().last_used_at
    };
    assert_eq!(used().await, None);
    world.get("/v1/messages").await;
    let first = used().await;
    assert_eq!(first, Some(world.app.now()));
    world.clock.advance(Duration::from_secs(59));
    world.get("/v1/messages").await;
    assert_eq!(used().await, first);
    world.clock.advance(Duration::from_secs(1));
    world.get("/v1/messages").await;
    assert_eq!(used().await, Some(world.app.now()));
}

#[tokio::test]
async fn a_key_is_made_only_for_a_channel_of_its_organization() {
    let world = Tenants::new().await;
    let other = warta_store::Scope::new(world.stranger);
    let refused = keys::create(&world.app, other, world.channel, "mine now").await;
    assert!(matches!(refused, Err(warta_store::Error::NotFound)));
}

#[tokio::test]
async fn the_environment_shows_in_the_key() {
    let world = Tenants::new().await;
    assert!(world.key.starts_with("warta_live_"), "published");
    assert!(world.draft_key.starts_with("warta_test_"), "draft");
}

#[tokio::test]
async fn the_secret_of_a_key_is_nowhere_in_the_store() {
    let world = Tenants::new().await;
    let record = world.app.store.api_keys(world.scope(), world.channel).await.unwrap().remove(0);
    let stored = format!("{record:?}");
    let secret = world.key.get("warta_live_".len() + 8..).unwrap();
    assert!(!stored.contains(secret) && !stored.contains(&world.key));
    assert_eq!(record.secret_hash.len(), 32);
}
