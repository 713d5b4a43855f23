//! Templates: facts/meta-cloud.md §7.

use serde_json::{Value, json};

use crate::world::{Running, World};

fn new(name: &str) -> Value {
    json!({"name": name, "language": "id", "category": "utility", "components": [
        {"type": "header", "format": "image", "example": {"header_handle": ["4::aW1"]}},
        {"type": "body", "text": "Halo {{1}}, kami tunggu.", "example": {"body_text": [["Budi"]]}},
        {"type": "buttons", "buttons": [{"type": "quick_reply", "text": "Ya"},
            {"type": "url", "text": "Lihat", "url": "https://a.example/{{1}}", "example": ["https://a.example/1"]}]}]})
}

async fn create(world: &World, body: Value) -> (u16, Value) {
    world.graph(&format!("{}/message_templates", world.id("waba_id")), body).await
}

/// Code and subcode of a refusal.
fn codes((status, answer): &(u16, Value)) -> (u16, Value, Value) {
    (*status, answer["error"]["code"].clone(), answer["error"]["error_subcode"].clone())
}

async fn made(world: &World, name: &str) -> String {
    let (status, answer) = create(world, new(name)).await;
    assert_eq!(
        (status, &answer["status"], &answer["category"]),
        (200, &json!("PENDING"), &json!("UTILITY")),
        "{answer}"
    );
    answer["id"].as_str().unwrap().to_owned()
}

async fn judge(world: &World, id: &str, status: &str) -> Value {
    let judged = json!({"phone_number_id": world.id("phone_number_id"), "id": id, "status": status, "reason": "PROMOTIONAL"});
    world.control("template", judged).await
}

async fn delete(world: &World, query: &str) -> (u16, Value) {
    let url = format!("{}/meta/v26.0/{}/message_templates?{query}", world.twin.base, world.id("waba_id"));
    let answer = world.http.delete(url).bearer_auth(world.id("access_token")).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn read(world: &World, id: &str) -> (u16, Value) {
    world.look(&format!("{id}?fields=name,status,components,rejected_reason,parameter_format")).await
}

#[tokio::test]
async fn a_made_template_waits_for_its_judgement_and_is_told_in_capitals() {
    let world = World::connected().await;
    let id = made(&world, "visit").await;
    let (_, told) = read(&world, &id).await;
    assert_eq!((&told["status"], &told["parameter_format"]), (&json!("PENDING"), &json!("POSITIONAL")));
    assert_eq!(told["components"][0]["format"], "IMAGE");
    assert_ne!(
        told["components"][0]["example"]["header_handle"][0], "4::aW1",
        "a file is told by its address"
    );
    assert_eq!(told["components"][2]["buttons"][1]["type"], "URL");
    let said = judge(&world, &id, "REJECTED").await;
    assert!(said["message_template_id"].is_number(), "{said}");
    assert_eq!(read(&world, &id).await.1["rejected_reason"], "PROMOTIONAL");
    let list = format!("{}/message_templates?name=visit&status=REJECTED&fields=id", world.id("waba_id"));
    let (_, list) = world.look(&list).await;
    assert_eq!(list["data"], json!([{"id": id}]));
}

#[tokio::test]
async fn what_meta_would_refuse_is_refused_with_its_code() {
    let world = World::connected().await;
    made(&world, "taken").await;
    let with = |name: &str, value: Value| {
        let mut body = new("other");
        body[name] = value;
        body
    };
    let body = |text: &str, example: Value| {
        with("components", json!([{"type": "BODY", "text": text, "example": example}]))
    };
    let buttons = |buttons: Value| {
        with(
            "components",
            json!([{"type": "BODY", "text": "Halo."}, {"type": "BUTTONS", "buttons": buttons}]),
        )
    };
    let reply = |text: &str| json!({"type": "QUICK_REPLY", "text": text});
    let named = json!({"body_text_named_params": [{"param_name": "nama", "example": "Budi"}]});
    for (wrong, code, subcode) in [
        (new("taken"), 100, json!(2_388_024)),
        (with("name", json!("Visit!")), 100, Value::Null),
        (with("name", Value::Null), 100, Value::Null),
        (with("language", json!("xx_YY")), 100, json!(2_388_049)),
        (with("category", json!("NEWS")), 100, Value::Null),
        (with("components", json!([])), 100, Value::Null),
        (with("components", json!([{"type": "SONG"}])), 100, Value::Null),
        (body("", Value::Null), 100, json!(2_388_072)),
        (body(&"x".repeat(1_025), Value::Null), 100, json!(2_388_040)),
        (body("{{1}} halo", json!({"body_text": [["a"]]})), 100, json!(2_388_299)),
        (body("Halo {{1}}.", Value::Null), 100, json!(2_388_043)),
        (body("Halo {{2}}.", json!({"body_text": [["a"]]})), 100, Value::Null),
        (body("Halo {{nama}}.", named.clone()), 100, Value::Null),
        (
            with("components", json!([{"type": "BODY", "text": "a"}, {"type": "HEADER", "format": "IMAGE"}])),
            100,
            json!(2_388_043),
        ),
        (
            with("components", json!([{"type": "BODY", "text": "a"}, {"type": "HEADER", "format": "TEXT"}])),
            100,
            json!(2_388_047),
        ),
        (
            with("components", json!([{"type": "BODY", "text": "a"}, {"type": "FOOTER", "text": "{{1}}"}])),
            100,
            json!(2_388_073),
        ),
        (buttons(json!([])), 100, Value::Null),
        (buttons(json!([reply(&"x".repeat(26))])), 100, json!(2_388_040)),
        (
            buttons(
                json!([reply("a"), {"type": "PHONE_NUMBER", "text": "b", "phone_number": "+62811"}, reply("c")]),
            ),
            100,
            Value::Null,
        ),
        (
            buttons(json!([{"type": "URL", "text": "a", "url": "https://a.example/{{1}}"}])),
            100,
            json!(2_388_043),
        ),
    ] {
        let answer = create(&world, wrong.clone()).await;
        assert_eq!(codes(&answer), (400, json!(code), subcode), "{wrong} {answer:?}");
    }
    let mut good = body("Halo {{nama}}.", named);
    good["parameter_format"] = json!("named");
    assert_eq!(create(&world, good).await.0, 200);
    let (_, answer) = create(&world, new("taken")).await;
    assert!(answer["error"]["error_user_msg"].as_str().unwrap().contains("already"), "{answer}");
}

#[tokio::test]
async fn a_template_is_changed_as_seldom_as_meta_lets_it() {
    let world = World::connected().await;
    let id = made(&world, "visit").await;
    let change = json!({"components": [{"type": "BODY", "text": "Halo semua."}]});
    assert_eq!(
        codes(&world.graph(&id, change.clone()).await),
        (400, json!(100), json!(2_388_039)),
        "it is being reviewed"
    );
    judge(&world, &id, "APPROVED").await;
    assert_eq!(
        codes(&world.graph(&id, json!({"category": "MARKETING"})).await),
        (400, json!(100), Value::Null)
    );
    assert_eq!(world.graph(&id, change.clone()).await, (200, json!({"success": true})));
    let (_, told) = read(&world, &id).await;
    assert_eq!((&told["status"], &told["components"]), (&json!("PENDING"), &change["components"]));
    judge(&world, &id, "APPROVED").await;
    assert_eq!(
        codes(&world.graph(&id, change.clone()).await),
        (400, json!(100), json!(2_388_039)),
        "once a day"
    );
    judge(&world, &id, "REJECTED").await;
    assert_eq!(world.graph(&id, json!({"category": "MARKETING"})).await.0, 200);
}

#[tokio::test]
async fn a_deleted_template_is_gone_and_the_name_of_an_approved_one_is_blocked() {
    let world = World::connected().await;
    let (first, second) = (made(&world, "visit").await, made(&world, "farewell").await);
    for query in [
        "",
        "name=nothing",
        "hsm_id=1",
        &format!("hsm_id={second}&name=visit"),
        "hsm_ids=[1]",
        "hsm_ids=[1]&name=a",
    ] {
        assert_eq!(codes(&delete(&world, query).await), (400, json!(100), Value::Null), "{query}");
    }
    assert_eq!(delete(&world, &format!("hsm_ids=[{first},1]")).await.0, 400, "all or nothing");
    assert_eq!(delete(&world, &format!("hsm_id={first}&name=visit")).await, (200, json!({"success": true})));
    assert_eq!(codes(&read(&world, &first).await), (400, json!(100), json!(33)));
    let again = made(&world, "visit").await;
    judge(&world, &again, "APPROVED").await;
    assert_eq!(delete(&world, "name=visit").await.0, 200);
    assert_eq!(codes(&create(&world, new("visit")).await), (400, json!(100), json!(2_388_023)));
    judge(&world, &second, "DISABLED").await;
    assert_eq!(delete(&world, "name=farewell").await.0, 400);
    assert_eq!(delete(&world, &format!("hsm_ids=[{second}]")).await.0, 400);
    judge(&world, &second, "PAUSED").await;
    assert_eq!(delete(&world, &format!("hsm_ids=[{second}]")).await.0, 200);
}

#[tokio::test]
async fn templates_outlive_the_twin() {
    let mut world = World::connected().await;
    let id = made(&world, "visit").await;
    judge(&world, &id, "APPROVED").await;
    world.twin.stop().await;
    world.twin = Running::start(world.data.path()).await;
    assert_eq!(read(&world, &id).await.1["status"], "APPROVED");
}
