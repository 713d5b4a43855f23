//! Templates by the API, against each provider's twin over real HTTP; and how a template is found where it goes out by an id.

use axum::http::Method;
use serde_json::{Value, json};
use warta_core::channel::Protocol;
use warta_core::message::Direction;
use warta_protocol::capabilities::{Capabilities, Support};
use warta_store::ChannelChange;

use crate::support::{Answer, PROTOCOLS, Pair};

fn new(name: &str) -> Value {
    json!({"name": name, "language": "id", "category": "utility", "components": [
        {"type": "BODY", "text": "Halo {{1}}, pesananmu sudah dikirim.", "example": {"body_text": [["Budi"]]}},
        {"type": "FOOTER", "text": "Toko Contoh"}]})
}

fn can(protocol: Protocol) -> &'static Capabilities {
    warta_protocol::entry(protocol).capabilities
}

async fn get(pair: &Pair, path: &str) -> Answer {
    pair.api(Method::GET, path, &Value::Null).await
}

/// The names in a list.
fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let list = answer.json();
    list["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// Makes a template; gives the provider's id of it.
async fn made(pair: &Pair, name: &str) -> String {
    let answer = pair.api(Method::POST, "/v1/templates", &new(name)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let template = answer.json();
    assert_eq!(
        (&template["status"], &template["category"]),
        (&json!("pending"), &json!("utility")),
        "{template}"
    );
    let id = template["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), format!("/v1/templates/{id}"));
    id
}

/// The provider decides on a template.
async fn judge(pair: &Pair, id: &str, status: &str) {
    let mut judged = json!({"id": id, "status": status});
    if pair.protocol == Protocol::MetaCloud {
        judged["phone_number_id"] = json!(pair.id("phone_number_id"));
    }
    pair.control("template", judged).await;
}

#[tokio::test]
async fn a_template_is_made_found_and_sent_when_it_is_approved() {
    for protocol in PROTOCOLS.into_iter().filter(|one| can(*one).create_template == Support::Yes) {
        let pair = Pair::open(protocol).await;
        let id = made(&pair, "order_sent").await;
        let path = format!("/v1/templates/{id}");
        let read = get(&pair, &path).await.json();
        assert_eq!((&read["name"], &read["sendable"]), (&json!("order_sent"), &json!(false)), "{read}");
        assert_eq!(read["variables"][0]["place"], "body", "{read}");
        assert_eq!(names(&get(&pair, "/v1/templates?name=order_sent&status=pending").await), ["order_sent"]);
        judge(&pair, &id, "APPROVED").await;
        assert_eq!(
            names(&get(&pair, "/v1/templates?name=order_sent&status=pending").await),
            Vec::<String>::new()
        );
        assert_eq!(get(&pair, &path).await.json()["sendable"], true);
        pair.write("Halo").await;
        pair.all_read(1).await;
        let conversation = pair.world.messages(Direction::Inbound).await[0].conversation;
        let message = json!({"type": "template", "template": {"name": "order_sent", "language": "id",
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Budi"}]}]}});
        let sent =
            pair.api(Method::POST, &format!("/v1/conversations/{conversation}/messages"), &message).await;
        assert_eq!(sent.status, 202, "{}", sent.text);
        pair.all_read(2).await;
        let shown = pair.answers().await.remove(1);
        assert_eq!(shown["shown"]["body"], "Halo Budi, pesananmu sudah dikirim.", "{shown}");
    }
}

#[tokio::test]
async fn the_list_is_walked_part_by_part_and_a_cursor_fits_its_own_list_only() {
    for protocol in PROTOCOLS.into_iter().filter(|one| can(*one).list_templates == Support::Yes) {
        let pair = Pair::open(protocol).await;
        let all = names(&get(&pair, "/v1/templates").await);
        assert!(all.len() > 4, "{all:?}");
        let (mut walked, mut path, mut parts) = (Vec::new(), "/v1/templates?limit=2".to_owned(), 0);
        loop {
            let answer = get(&pair, &path).await;
            walked.extend(names(&answer));
            parts += 1;
            let list = answer.json();
            let Some(cursor) = list["next_cursor"].as_str() else { break };
            assert!(answer.header("link").contains(cursor), "{}", answer.header("link"));
            for other in ["limit=3", "limit=2&name=visit"] {
                let refused = get(&pair, &format!("/v1/templates?{other}&cursor={cursor}")).await;
                assert_eq!(refused.problem(), (422, "request_invalid".to_owned()), "{other}");
                assert_eq!(refused.json()["errors"][0]["parameter"], "cursor");
            }
            path = format!("/v1/templates?limit=2&cursor={cursor}");
        }
        assert_eq!((walked, parts > 2), (all, true), "{protocol}");
    }
}

#[tokio::test]
async fn a_template_is_changed_and_deleted_where_the_provider_lets_it() {
    for protocol in PROTOCOLS.into_iter().filter(|one| can(*one).delete_template == Support::Yes) {
        let pair = Pair::open(protocol).await;
        let id = made(&pair, "order_sent").await;
        let path = format!("/v1/templates/{id}");
        judge(&pair, &id, "REJECTED").await;
        let change = json!({"category": "marketing", "components": [{"type": "BODY", "text": "Pesananmu sudah dikirim."}]});
        let answer = pair.api(Method::PATCH, &path, &change).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let changed = answer.json();
        assert_eq!(
            (&changed["category"], &changed["status"]),
            (&json!("marketing"), &json!("pending")),
            "{changed}"
        );
        assert_eq!(changed["components"], change["components"]);
        let again = pair.api(Method::PATCH, &path, &change).await;
        assert_eq!(again.problem(), (422, "provider_refused".to_owned()));
        assert_eq!(again.json()["errors"][0]["code"], "template_not_editable", "{}", again.text);
        let gone = pair.api(Method::DELETE, &path, &Value::Null).await;
        assert_eq!(
            (gone.status.as_u16(), gone.json()),
            (200, json!({"id": id, "object": "template", "deleted": true}))
        );
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(pair.api(method, &path, &Value::Null).await.problem(), (404, "not_found".to_owned()));
        }
    }
}

#[tokio::test]
async fn the_providers_own_words_are_told() {
    for (protocol, words) in [
        (Protocol::MetaCloud, "Meta says: There is already id content"),
        (Protocol::Qontak, "Qontak says: Template name already exists"),
    ] {
        let pair = Pair::open(protocol).await;
        made(&pair, "order_sent").await;
        let again = pair.api(Method::POST, "/v1/templates", &new("order_sent")).await;
        assert_eq!(again.problem(), (422, "provider_refused".to_owned()));
        let problem = again.json();
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        assert!(problem["resolution"].as_str().unwrap().contains("the provider's own words"), "{problem}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_named_before_the_provider_is_asked() {
    let pair = Pair::unreachable(Protocol::MetaCloud).await;
    let mut body = new("Order Sent");
    body["categroy"] = json!("utility");
    let answer = pair.api(Method::POST, "/v1/templates", &body).await;
    assert_eq!(answer.problem(), (422, "request_invalid".to_owned()));
    let errors = answer.json()["errors"].clone();
    let places: Vec<_> =
        errors.as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(places, ["/categroy", "/name"]);
    for (query, parameter) in
        [("limit=0", "limit"), ("status=levitated", "status"), ("nmae=x", "nmae"), ("cursor=x", "cursor")]
    {
        let answer = get(&pair, &format!("/v1/templates?{query}")).await;
        assert_eq!(answer.problem(), (422, "request_invalid".to_owned()));
        assert_eq!(answer.json()["errors"][0]["parameter"], parameter);
    }
}

#[tokio::test]
async fn ids_of_other_things_and_other_accounts_are_no_templates() {
    let pair = Pair::open(Protocol::MetaCloud).await;
    let other = pair.control("accounts", json!({"name": "Lain"})).await;
    let list = format!("/meta/v26.0/{}/message_templates", other["waba_id"].as_str().unwrap());
    let list = pair.call(Method::GET, &list, other["access_token"].as_str().unwrap(), &json!({})).await;
    let foreign = list["data"][0]["id"].as_str().unwrap().to_owned();
    for id in [
        pair.id("phone_number_id"),
        pair.id("waba_id"),
        foreign,
        "debug_token".to_owned(),
        "..%2F1".to_owned(),
        "0".to_owned(),
    ] {
        let path = format!("/v1/templates/{id}");
        let change = json!({"category": "marketing"});
        for (method, body) in
            [(Method::GET, &Value::Null), (Method::PATCH, &change), (Method::DELETE, &Value::Null)]
        {
            assert_eq!(pair.api(method, &path, body).await.problem(), (404, "not_found".to_owned()), "{id}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be() {
    for protocol in PROTOCOLS.into_iter().filter(|one| can(*one).list_templates == Support::Yes) {
        let pair = Pair::open(protocol).await;
        let mut settings = pair.channel().await.settings;
        settings["base_url"] = json!("http://127.0.0.1:9");
        pair.world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
        pair.world.app.directory.forget();
        let answer = get(&pair, "/v1/templates").await;
        assert_eq!(answer.problem(), (502, "provider_failed".to_owned()));
        let made = pair.api(Method::POST, "/v1/templates", &new("order_sent")).await;
        assert_eq!(made.problem(), (502, "provider_failed".to_owned()));
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_in_the_providers_words() {
    let pair = Pair::open(Protocol::MetaCloud).await;
    let token = format!("accounts/{}/token", pair.id("phone_number_id"));
    pair.control(&token, json!({"state": "valid", "scopes": ["whatsapp_business_messaging"]})).await;
    let answer = get(&pair, "/v1/templates").await;
    assert_eq!(answer.problem(), (502, "provider_failed".to_owned()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("may not do this"), "{}", answer.text);
}

/// Sends a template of this name by the API; gives the state it ends in, and why.
async fn sent(pair: &Pair, name: &str, language: &str) -> (String, Value) {
    let conversation = pair.world.messages(Direction::Inbound).await[0].conversation;
    let message = json!({"type": "template", "template": {"name": name, "language": language}});
    let answer =
        pair.api(Method::POST, &format!("/v1/conversations/{conversation}/messages"), &message).await;
    let path = format!("/v1/messages/{}", answer.json()["data"][0]["id"].as_str().unwrap());
    pair.until("it is settled", async |pair| {
        let status = get(pair, &path).await.json()["status"].clone();
        status == "read" || status == "failed"
    })
    .await;
    let message = get(pair, &path).await.json();
    (message["status"].as_str().unwrap().to_owned(), message["error"].clone())
}

#[tokio::test]
async fn qontaks_ids_are_looked_up_by_name_and_language() {
    let pair = Pair::open(Protocol::Qontak).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    assert_eq!(sent(&pair, "hello_world", "en_US").await.0, "read");
    let list = "/qontak/api/open/v1/templates/whatsapp?query=hello_world";
    let list = pair.call(Method::GET, list, &pair.id("access_token"), &Value::Null).await;
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(sent(&pair, &id, "en_US").await.0, "read", "the id may stand in place of the name");
    for (name, language, words) in [
        ("hello_world", "id", "There is: en_US (approved)"),
        ("new_greeting", "id", "There is: id (pending)"),
        ("hello_worl", "en_US", "no approved template hello_worl"),
    ] {
        let (status, error) = sent(&pair, name, language).await;
        assert_eq!((status.as_str(), &error["code"]), ("failed", &json!("template_not_found")), "{name}");
        assert!(error["detail"].as_str().unwrap().contains(words), "{error}");
    }
}
