//! `GET /v1/messages` and `GET /v1/messages/{id}`.

use axum::http::Method;
use serde_json::{Value, json};
use warta_core::delivery::Status;

use crate::support::Tenants;

const BUDI: &str = "6281255501234";
const SITI: &str = "6281255505678";

fn ids(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|message| message["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_inbound_message_is_read_back_as_documented() {
    let world = Tenants::new().await;
    let id = world.user_writes(BUDI, "Halo").await;
    let message = world.get(&format!("/v1/messages/{id}")).await.json();
    insta::assert_json_snapshot!(message, {
        ".id" => "msg_…", ".channel" => "chn_…", ".conversation" => "cnv_…", ".provider_message_id" => "wamid.…",
    });
}

#[tokio::test]
async fn a_list_is_walked_to_its_end_without_gaps_or_repetitions() {
    let world = Tenants::new().await;
    let mut written = Vec::new();
    for number in 0..7 {
        written.push(world.user_writes(BUDI, &number.to_string()).await.to_string());
    }
    written.reverse();
    let (mut seen, mut path) = (Vec::new(), "/v1/messages?limit=3&direction=inbound".to_owned());
    loop {
        let answer = world.get(&path).await;
        let list = answer.json();
        assert_eq!(list["object"], "list");
        seen.extend(ids(&list).into_iter().map(str::to_owned));
        let Some(cursor) = list["next_cursor"].as_str() else {
            assert_eq!((&list["has_more"], answer.header("link")), (&json!(false), ""));
            break;
        };
        assert_eq!(list["has_more"], true);
        let link = answer.header("link");
        let next =
            link.strip_prefix("<http://127.0.0.1:8080").and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = next.unwrap_or_else(|| panic!("{link}")).to_owned();
        assert!(
            path.contains(cursor) && path.contains("direction=inbound") && path.contains("limit=3"),
            "{path}"
        );
        // What comes in meanwhile does not shift the rest.
        world.user_writes(SITI, &format!("meanwhile {}", seen.len())).await;
    }
    assert_eq!(seen, written);
}

#[tokio::test]
async fn a_message_is_found_by_the_providers_id() {
    let world = Tenants::new().await;
    let (from_budi, _) = (world.user_writes(BUDI, "a").await, world.user_writes(SITI, "b").await);
    let message = world.get(&format!("/v1/messages/{from_budi}")).await.json();
    let id = message["provider_message_id"].as_str().unwrap();
    let found = world.get(&format!("/v1/messages?provider_message_id={id}")).await.json();
    assert_eq!(ids(&found), [from_budi.to_string()]);
    let other = "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp";
    for query in [
        "provider_message_id=wamid.none".to_owned(),
        format!("provider_message_id={id}&conversation={other}"),
    ] {
        assert_eq!(
            ids(&world.get(&format!("/v1/messages?{query}")).await.json()),
            Vec::<&str>::new(),
            "{query}"
        );
    }
}

#[tokio::test]
async fn filters_choose_by_direction_status_and_conversation() {
    let world = Tenants::new().await;
    let (from_budi, from_siti) = (world.user_writes(BUDI, "a").await, world.user_writes(SITI, "b").await);
    let conversation = world.conversation_of(from_budi).await;
    let body = json!({"type": "text", "text": {"body": "Hi"}});
    let sent = world.post(&format!("/v1/conversations/{conversation}/messages"), None, &body).await.json();
    let sent = sent["data"][0]["id"].as_str().unwrap();
    let (from_budi, from_siti) = (from_budi.to_string(), from_siti.to_string());
    for (query, expected) in [
        ("", vec![sent, &from_siti, &from_budi]),
        ("direction=outbound", vec![sent]),
        ("direction=inbound", vec![&*from_siti, &from_budi]),
        ("status=received,queued", vec![sent, &from_siti, &from_budi]),
        ("status=queued", vec![sent]),
        ("status=read", vec![]),
        (&*format!("conversation={conversation}"), vec![sent, &from_budi]),
        (
            &*format!("conversation={conversation}&direction=inbound&status=received&limit=1"),
            vec![&from_budi],
        ),
    ] {
        let list = world.get(&format!("/v1/messages?{query}")).await.json();
        assert_eq!(ids(&list), expected, "{query}");
    }
}

#[tokio::test]
async fn wrong_parameters_are_all_named() {
    let world = Tenants::new().await;
    for (query, named) in [
        ("direktion=inbound", vec![("direktion", "unknown")]),
        ("direction=up&limit=0", vec![("direction", "invalid"), ("limit", "invalid")]),
        ("limit=101", vec![("limit", "invalid")]),
        ("limit=ten", vec![("limit", "invalid")]),
        ("status=queued,lost", vec![("status", "invalid")]),
        ("conversation=msg_1", vec![("conversation", "invalid")]),
        ("limit=1&limit=2", vec![("limit", "invalid")]),
        ("cursor=AAAA", vec![("cursor", "invalid")]),
    ] {
        let answer = world.get(&format!("/v1/messages?{query}")).await;
        assert_eq!(answer.problem(), (422, "request_invalid".to_owned()), "{query}");
        let problem = answer.json();
        let errors: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (error["parameter"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        assert_eq!(errors, named, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_refused_with_other_filters_or_by_another_channel() {
    let world = Tenants::new().await;
    for body in ["a", "b"] {
        world.user_writes(BUDI, body).await;
        world.writes_on(world.draft, BUDI, body).await;
    }
    let list = world.get("/v1/messages?limit=1").await.json();
    let cursor = list["next_cursor"].as_str().unwrap();
    assert_eq!(world.get(&format!("/v1/messages?limit=1&cursor={cursor}")).await.status, 200);
    let other_filters = world.get(&format!("/v1/messages?direction=inbound&cursor={cursor}")).await;
    assert_eq!(other_filters.problem().0, 422);
    let other_channel = world
        .call(Method::GET, &format!("/v1/messages?limit=1&cursor={cursor}"), Some(&world.draft_key))
        .await;
    assert_eq!(other_channel.problem().0, 422);
}

#[tokio::test]
async fn another_channel_or_organization_finds_nothing() {
    let world = Tenants::new().await;
    let id = world.user_writes(BUDI, "secret").await;
    let conversation = world.conversation_of(id).await;
    for key in [&world.draft_key, &world.foreign_key] {
        let one = world.call(Method::GET, &format!("/v1/messages/{id}"), Some(key)).await;
        assert_eq!(one.problem(), (404, "not_found".to_owned()));
        for query in [String::new(), format!("?conversation={conversation}")] {
            let list = world.call(Method::GET, &format!("/v1/messages{query}"), Some(key)).await.json();
            assert_eq!(list["data"], json!([]), "{query}");
        }
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_not_found() {
    let world = Tenants::new().await;
    for id in [
        "msg_01kb3t5v9zc9rt2n6cy8q4h7mp",
        "msg_",
        "nonsense",
        "%F0%9F%98%80",
        "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp",
    ] {
        assert_eq!(world.get(&format!("/v1/messages/{id}")).await.problem().0, 404, "{id}");
    }
}

#[tokio::test]
async fn the_timeline_tells_what_happened() {
    let world = Tenants::new().await;
    let conversation = world.conversation_of(world.user_writes(BUDI, "hi").await).await;
    let body = json!({"type": "text", "text": {"body": "Hi"}});
    let sent = world.post(&format!("/v1/conversations/{conversation}/messages"), None, &body).await.json();
    let id = sent["data"][0]["id"].as_str().unwrap();
    for status in [Status::Sent, Status::Read, Status::Delivered] {
        world.provider_says(id.parse().unwrap(), status).await;
    }
    let message = world.get(&format!("/v1/messages/{id}")).await.json();
    assert_eq!(message["status"], "read", "it only moves forward");
    let events: Vec<_> = message["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["kind"].as_str().unwrap(), event["status"].as_str().unwrap()))
        .collect();
    assert_eq!(events, [("status", "sent"), ("status", "read"), ("status", "delivered")]);
}
