//! The table of capabilities, held to what the API does on each protocol: what is absent there is refused with what to do
//! instead, and what is there goes through to the provider's twin. Both walk the table itself, so that a new row is in.

use axum::http::Method;
use serde_json::{Value, json};
use warta_core::channel::Protocol;
use warta_core::message::Direction;
use warta_gateway::upstream::registration::{self, Act, NotDone};
use warta_gateway::web::openapi;
use warta_protocol::capabilities::{Ability, Capabilities, Support};

use crate::support::{Answer, PROTOCOLS, Pair};

/// A template of every account.
const TEMPLATE: &str = "hello_world";

fn can(protocol: Protocol) -> &'static Capabilities {
    warta_protocol::entry(protocol).capabilities
}

/// A message of this kind: the example of the API document, about things that there are.
async fn message(pair: &Pair, kind: &str) -> Value {
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let schemas = &document["components"]["schemas"];
    let kinds = schemas["NewMessage"]["oneOf"].as_array().unwrap().iter();
    let names = kinds.map(|one| one["$ref"].as_str().unwrap().rsplit('/').next().unwrap());
    let examples = names.map(|name| schemas[name]["example"].clone());
    let mut message = examples.into_iter().find(|example| example["type"] == kind).unwrap();
    let user_said = &pair.world.messages(Direction::Inbound).await[0];
    message.as_object_mut().unwrap().remove("reply_to");
    match kind {
        "image" | "video" | "audio" | "document" | "sticker" => {
            // Qontak is handed the file, which the gateway fetches; the others fetch it themselves, and their twins look at no
            // file that lies elsewhere.
            let here = format!("{}/agent/assets/kopi.png", pair.base);
            let link = if pair.protocol == Protocol::Qontak { &here } else { "https://cdn.example.com/file" };
            message[kind] = json!({"link": link});
        }
        "reaction" => message[kind]["message_id"] = json!(user_said.id),
        "template" => message[kind] = json!({"name": TEMPLATE, "language": "en_US"}),
        _ => {}
    }
    message
}

async fn send(pair: &Pair, message: &Value) -> Answer {
    let conversation = pair.world.messages(Direction::Inbound).await[0].conversation;
    pair.api(Method::POST, &format!("/v1/conversations/{conversation}/messages"), message).await
}

/// The path of a template there is, or of none.
async fn template(pair: &Pair) -> String {
    if can(pair.protocol).declares_templates() {
        let parts = json!([{"type": "BODY", "text": "Halo."}]);
        let new = json!({"name": "loud_offer", "language": "id", "category": "utility", "components": parts});
        // What is there from the time before stays.
        pair.api(Method::POST, "/v1/templates", &new).await;
    }
    let list = pair.api(Method::GET, "/v1/templates?name=loud_offer", &Value::Null).await.json();
    format!("/v1/templates/{}", list["data"][0]["id"].as_str().unwrap_or("1"))
}

/// Asks the API for it; `None` where it has no route for it.
async fn ask(pair: &Pair, ability: Ability) -> Option<Answer> {
    let id = pair.world.messages(Direction::Inbound).await[0].id;
    let parts = json!([{"type": "BODY", "text": "Halo."}]);
    Some(match ability {
        Ability::ListTemplates => pair.api(Method::GET, "/v1/templates", &Value::Null).await,
        Ability::CreateTemplate => {
            let new =
                json!({"name": "a_new_one", "language": "id", "category": "utility", "components": parts});
            pair.api(Method::POST, "/v1/templates", &new).await
        }
        Ability::EditTemplate => {
            pair.api(Method::PATCH, &template(pair).await, &json!({"components": parts})).await
        }
        Ability::DeleteTemplate => pair.api(Method::DELETE, &template(pair).await, &Value::Null).await,
        Ability::Send(kind) => send(pair, &message(pair, kind).await).await,
        Ability::ReplyContext => {
            let mut message = message(pair, "text").await;
            message["reply_to"] = json!(id);
            send(pair, &message).await
        }
        Ability::Typing => pair.api(Method::POST, &format!("/v1/messages/{id}/typing"), &Value::Null).await,
        Ability::ReadReceipts => {
            pair.api(Method::POST, &format!("/v1/messages/{id}/read"), &Value::Null).await
        }
        Ability::Registration => return None,
    })
}

/// A channel on which a user has written.
async fn open(protocol: Protocol) -> Pair {
    let pair = Pair::open(protocol).await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    pair
}

#[tokio::test]
async fn what_the_table_shows_as_absent_the_api_refuses_and_says_what_to_do_instead() {
    let mut refused = 0;
    for protocol in PROTOCOLS {
        let pair = open(protocol).await;
        for (ability, support) in can(protocol).all() {
            let Support::No(instead) = support else { continue };
            refused += 1;
            let Some(answer) = ask(&pair, ability).await else {
                // The console alone can ask for it.
                let asked = registration::run(&pair.world.app, &pair.channel().await, Act::Register).await;
                assert!(matches!(asked, Err(NotDone::Unsupported)), "{protocol} {ability:?}");
                continue;
            };
            assert_eq!(
                answer.problem(),
                (422, "unsupported_by_provider".to_owned()),
                "{protocol} {ability:?} {}",
                answer.text
            );
            let problem = answer.json();
            assert!(!problem["resolution"].as_str().unwrap().is_empty(), "{problem}");
            assert_eq!(problem["errors"][0]["detail"], instead.en, "{protocol} {ability:?}");
            assert_eq!(problem["detail"], instead.en, "{protocol} {ability:?}");
        }
        assert_eq!(pair.world.sends().await.len(), 1, "{protocol}: nothing was queued");
    }
    assert!(refused > 8, "{refused}");
}

#[tokio::test]
async fn what_the_table_shows_goes_through_to_the_provider() {
    for protocol in PROTOCOLS {
        let pair = open(protocol).await;
        let mut sent = 1;
        for (ability, support) in can(protocol).all() {
            if matches!(support, Support::No(_)) {
                continue;
            }
            let Some(answer) = ask(&pair, ability).await else {
                let asked = registration::run(&pair.world.app, &pair.channel().await, Act::Look).await;
                assert!(asked.is_ok(), "{protocol} {ability:?} {asked:?}");
                continue;
            };
            assert!(matches!(answer.status.as_u16(), 200..=202), "{protocol} {ability:?} {}", answer.text);
            if matches!(ability, Ability::Send(_) | Ability::ReplyContext) {
                sent += 1;
                pair.until(&format!("{ability:?} is on the phone"), async |pair| {
                    let sends = pair.world.sends().await;
                    // Of a reaction the provider tells no more than that it was sent.
                    sends.len() == sent
                        && sends.iter().all(|status| matches!(*status, "read" | "sent" | "failed"))
                })
                .await;
                let failed =
                    pair.world.sends().await.into_iter().filter(|status| *status == "failed").count();
                assert_eq!(failed, 0, "{protocol} {ability:?}");
            }
        }
    }
}
