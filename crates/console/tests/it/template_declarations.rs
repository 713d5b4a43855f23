//! Templates that are declared here, on each protocol whose provider's API knows none, against its twin over real HTTP.

use axum::http::Method;
use serde_json::{Value, json};
use warta_core::channel::Protocol;
use warta_core::message::Direction;

use crate::support::{Answer, PROTOCOLS, Pair};

fn declares(protocol: Protocol) -> bool {
    warta_protocol::entry(protocol).capabilities.declares_templates()
}

fn protocols() -> Vec<Protocol> {
    let found: Vec<_> = PROTOCOLS.into_iter().filter(|one| declares(*one)).collect();
    assert!(!found.is_empty());
    found
}

/// As it stands in the provider's console: the twin knows it by this name.
fn visit() -> Value {
    json!({"name": "visit_reminder", "language": "en_US", "category": "utility", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Visit on {{1}}"},
        {"type": "BODY", "text": "Hello {{1}}, we expect you at {{2}}. Tap a button to answer."}]})
}

fn named(name: &str) -> Value {
    let mut new = visit();
    new["name"] = json!(name);
    new
}

async fn get(pair: &Pair, path: &str) -> Answer {
    pair.api(Method::GET, path, &Value::Null).await
}

/// Declares a template; gives its path.
async fn declared(pair: &Pair, new: &Value) -> String {
    let answer = pair.api(Method::POST, "/v1/templates", new).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let template = answer.json();
    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
    assert!(path.starts_with("/v1/templates/tpl_"), "{path}");
    assert_eq!(answer.header("location"), path);
    assert_eq!(
        (&template["source"], &template["status"], &template["sendable"]),
        (&json!("local"), &json!("declared"), &json!(true)),
        "{template}"
    );
    pair.world.pass(0.01);
    path
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let list = answer.json();
    list["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// Asks the API to send a template with these components.
async fn send(pair: &Pair, name: &str, components: &Value) -> Answer {
    let conversation = pair.world.messages(Direction::Inbound).await[0].conversation;
    let message = json!({"type": "template",
        "template": {"name": name, "language": "en_US", "components": components}});
    pair.api(Method::POST, &format!("/v1/conversations/{conversation}/messages"), &message).await
}

fn texts(kind: &str, texts: &[&str]) -> Value {
    let parameters: Vec<_> = texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
    json!({"type": kind, "parameters": parameters})
}

#[tokio::test]
async fn a_declared_template_is_kept_changed_and_forgotten() {
    for protocol in protocols() {
        // Nobody is asked: the provider cannot be reached.
        let pair = Pair::unreachable(protocol).await;
        let path = declared(&pair, &visit()).await;
        let read = get(&pair, &path).await.json();
        assert_eq!((&read["components"], &read["category"]), (&visit()["components"], &json!("utility")));
        let places: Vec<_> =
            read["variables"].as_array().unwrap().iter().map(|one| one["place"].clone()).collect();
        assert_eq!(places, ["header", "body", "body"]);
        let change = json!({"category": "marketing"});
        let changed = pair.api(Method::PATCH, &path, &change).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let changed = changed.json();
        assert_eq!((&changed["category"], &changed["status"]), (&json!("marketing"), &json!("declared")));
        assert_eq!(changed["components"], visit()["components"], "what is not named stays");
        let gone = pair.api(Method::DELETE, &path, &Value::Null).await;
        assert_eq!((gone.status.as_u16(), &gone.json()["deleted"]), (200, &json!(true)));
        for (method, body) in
            [(Method::GET, &Value::Null), (Method::PATCH, &change), (Method::DELETE, &Value::Null)]
        {
            assert_eq!(pair.api(method, &path, body).await.problem(), (404, "not_found".to_owned()));
        }
        declared(&pair, &visit()).await;
    }
}

#[tokio::test]
async fn one_name_is_declared_once_in_each_language() {
    for protocol in protocols() {
        let pair = Pair::open(protocol).await;
        declared(&pair, &visit()).await;
        let again = pair.api(Method::POST, "/v1/templates", &visit()).await;
        assert_eq!(again.problem(), (409, "template_exists".to_owned()));
        assert!(again.json()["resolution"].as_str().unwrap().contains("PATCH"), "{}", again.text);
        let mut other = visit();
        other["language"] = json!("id");
        declared(&pair, &other).await;
        assert_eq!(names(&get(&pair, "/v1/templates").await).len(), 2);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_declaration_is_named_as_everywhere() {
    let mut wrong = named("Order Sent");
    wrong["categroy"] = json!("utility");
    let meta = Pair::unreachable(Protocol::MetaCloud).await;
    let expected = meta.api(Method::POST, "/v1/templates", &wrong).await;
    for protocol in protocols() {
        let pair = Pair::open(protocol).await;
        let answer = pair.api(Method::POST, "/v1/templates", &wrong).await;
        assert_eq!(answer.problem(), (422, "request_invalid".to_owned()));
        assert_eq!(answer.json()["errors"], expected.json()["errors"]);
        assert_eq!(names(&get(&pair, "/v1/templates").await), Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_list_is_walked_part_by_part_and_filtered() {
    for protocol in protocols() {
        let pair = Pair::open(protocol).await;
        for name in ["visit_one", "order_one", "visit_two", "order_two", "visit_three"] {
            declared(&pair, &named(name)).await;
        }
        let all = names(&get(&pair, "/v1/templates").await);
        assert_eq!(all, ["visit_three", "order_two", "visit_two", "order_one", "visit_one"]);
        let (mut walked, mut path, mut parts) = (Vec::new(), "/v1/templates?limit=2".to_owned(), 0);
        loop {
            let answer = get(&pair, &path).await;
            walked.extend(names(&answer));
            parts += 1;
            let list = answer.json();
            let Some(cursor) = list["next_cursor"].as_str() else { break };
            assert!(answer.header("link").contains(cursor), "{}", answer.header("link"));
            let refused = get(&pair, &format!("/v1/templates?limit=2&name=visit&cursor={cursor}")).await;
            assert_eq!(refused.problem(), (422, "request_invalid".to_owned()));
            path = format!("/v1/templates?limit=2&cursor={cursor}");
        }
        assert_eq!((walked, parts), (all, 3));
        let visits = names(&get(&pair, "/v1/templates?name=visit_&status=declared").await);
        assert_eq!(visits, ["visit_three", "visit_two", "visit_one"]);
        assert_eq!(names(&get(&pair, "/v1/templates?status=approved").await), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_the_provider_lists_says_so() {
    for protocol in PROTOCOLS.into_iter().filter(|one| !declares(*one)) {
        let pair = Pair::open(protocol).await;
        let list = get(&pair, "/v1/templates").await.json();
        let all = list["data"].as_array().unwrap();
        assert!(!all.is_empty(), "{protocol}");
        assert!(all.iter().all(|one| one["source"] == "provider"), "{protocol}: {list}");
        assert_eq!(names(&get(&pair, "/v1/templates?status=declared").await), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_declared_template_reaches_the_phone_and_one_with_too_little_is_refused_at_the_edge() {
    for protocol in protocols() {
        let pair = Pair::open(protocol).await;
        pair.write("Halo").await;
        pair.all_read(1).await;
        declared(&pair, &visit()).await;
        let header = texts("header", &["Friday"]);
        let refused = send(&pair, "visit_reminder", &json!([header, texts("body", &["Rina"])])).await;
        assert_eq!(refused.problem(), (422, "request_invalid".to_owned()));
        let fault = refused.json()["errors"][0].clone();
        assert_eq!(fault["pointer"], "/template/components/1/parameters", "{fault}");
        assert!(fault["detail"].as_str().unwrap().contains("takes 2 values there"), "{fault}");
        let refused = send(&pair, "visit_reminder", &json!([texts("body", &["Rina", "09:00"])])).await;
        let fault = refused.json()["errors"][0].clone();
        assert_eq!(fault["pointer"], "/template/components", "{fault}");
        assert!(fault["detail"].as_str().unwrap().contains("gives 0 for header"), "{fault}");
        assert_eq!(pair.world.sends().await.len(), 1, "nothing was queued");
        let sent = send(&pair, "visit_reminder", &json!([header, texts("body", &["Rina", "09:00"])])).await;
        assert_eq!(sent.status, 202, "{}", sent.text);
        pair.all_read(2).await;
        let shown = pair.answers().await.remove(1);
        assert_eq!(
            shown["shown"]["body"], "Hello Rina, we expect you at 09:00. Tap a button to answer.",
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_template_that_nobody_declared_is_sent_all_the_same() {
    for protocol in protocols() {
        let pair = Pair::open(protocol).await;
        pair.write("Halo").await;
        pair.all_read(1).await;
        let sent = send(&pair, "hello_world", &json!([])).await;
        assert_eq!(sent.status, 202, "{}", sent.text);
        pair.all_read(2).await;
    }
}

#[tokio::test]
async fn another_channels_declarations_are_none_of_ours() {
    for protocol in protocols() {
        let (ours, theirs) = (Pair::open(protocol).await, Pair::open(protocol).await);
        let path = declared(&theirs, &visit()).await;
        assert_eq!(get(&ours, &path).await.problem(), (404, "not_found".to_owned()));
        for id in ["1", "tpl_", "msg_01kb3t5v9zc9rt2n6cy8q4h7mp", "..%2F1"] {
            let answer = get(&theirs, &format!("/v1/templates/{id}")).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{id}");
        }
    }
}
