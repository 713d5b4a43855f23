//! A secret that was replaced ends when its successor has worked, or at once where it has nothing to work at; and what is missing
//! is called by its name.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use warta_core::channel::{Protocol, SecretKind};
use warta_core::checkup::{Check, Code};
use warta_core::permission::OrganizationRole;
use warta_gateway::check::checkup;
use warta_gateway::upstream::registration::{self, Act, NotDone};
use warta_gateway::upstream::token;
use warta_gateway::web::keys;
use warta_store::{Channel, ChannelChange, SecretRow};

use crate::qontak_keys::{WHS, signing, signing_with, written};
use crate::support::world::ACCESS_TOKEN;
use crate::support::{Browser, Pair, Say, World};

/// The last four characters of the secrets of a kind that are valid, the newest first.
async fn valid(world: &World, channel: &Channel, kind: SecretKind) -> Vec<String> {
    let rows = world.app.store.secret_rows(world.scope(), channel.id).await.unwrap();
    let now = world.app.now();
    let is = |row: &SecretRow| row.kind == kind && row.expires_at.is_none_or(|ends| ends > now);
    rows.into_iter().filter(is).map(|row| row.last_four).collect()
}

async fn enter(world: &World, fields: &[(&str, &str)]) {
    world.pass(1.0);
    let owner = Browser::of(world, OrganizationRole::Owner).await;
    let path = format!("/agents/{}/whatsapp/draft/connection/credentials", world.agent_id);
    let answer = owner.fill(&path, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
}

async fn template(pair: &Pair) {
    let template = json!({"type": "template", "template": {"name": "visit_reminder", "language": "id",
        "components": [{"type": "header", "parameters": [{"type": "text", "text": "Senin"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Budi"}, {"type": "text", "text": "10.00"}]}]}});
    let world = &pair.world;
    let key = keys::create(&world.app, world.scope(), world.channel, "tests").await.unwrap().1;
    let conversation = world.outbound().await[0].conversation;
    let request = Request::post(format!("/v1/conversations/{conversation}/messages"))
        .header("authorization", format!("Bearer {}", key.expose()))
        .header("content-type", "application/json")
        .body(Body::from(template.to_string()));
    assert_eq!(world.request(request.unwrap()).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_push_token_ends_when_the_next_one_has_pushed_and_not_before() {
    let pair = Pair::open(Protocol::Coster).await;
    let right = pair.id("push_token");
    let end = right.get(right.len() - 4..).unwrap();
    pair.enter(SecretKind::PushToken, "cp_of_somebody_else").await;
    pair.write("Halo").await;
    pair.all_read(1).await;
    let channel = pair.channel().await;
    assert_eq!(
        valid(&pair.world, &channel, SecretKind::PushToken).await,
        ["else", end],
        "a reply is no push"
    );
    template(&pair).await;
    pair.all_read(2).await;
    assert_eq!(valid(&pair.world, &channel, SecretKind::PushToken).await, ["else", end], "it was refused");
    pair.enter(SecretKind::PushToken, &right).await;
    template(&pair).await;
    pair.all_read(3).await;
    assert_eq!(valid(&pair.world, &channel, SecretKind::PushToken).await, [end], "it has pushed");
}

#[tokio::test]
async fn a_client_secret_ends_when_the_next_one_has_signed() {
    let (world, channel) = signing().await;
    world.graph.rule(|_| Some(Say::Json(401, json!({"message": "Unauthorized"}))));
    enter(&world, &[("client_secret", "client-canary-second")]).await;
    assert_eq!(valid(&world, &channel, SecretKind::ClientSecret).await, ["cond", "93f1"]);
    let data = json!({"id": "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa", "target_channel": "wa_cloud", "is_active": true});
    world.graph.rule(move |_| Some(Say::Json(200, json!({"status": "success", "data": data}))));
    enter(&world, &[("client_secret", "client-canary-third")]).await;
    assert_eq!(valid(&world, &channel, SecretKind::ClientSecret).await, ["hird"]);
}

#[tokio::test]
async fn what_has_nothing_to_work_at_is_replaced_at_once() {
    let (world, channel) = signing().await;
    // Calls are signed: no token is used, and none is renewed.
    for (field, kind) in [
        ("password", SecretKind::Password),
        ("refresh_token", SecretKind::RefreshToken),
        ("access_token", SecretKind::AccessToken),
    ] {
        enter(&world, &[(field, "the-first-canary")]).await;
        enter(&world, &[(field, "the-second-canary")]).await;
        assert_eq!(valid(&world, &channel, kind).await, ["nary"], "{kind}");
    }
}

#[tokio::test]
async fn what_a_renewal_takes_stays_until_one_has_worked() {
    let (world, channel) = signing().await;
    let mut settings = channel.settings.clone();
    settings["authentication"] = json!("bearer");
    settings["username"] = json!("ops@example.com");
    let change = ChannelChange { settings: Some(settings), ..ChannelChange::default() };
    let (place, entry) = ((channel.id, channel.revision), world.entry());
    world.app.store.change_channel(world.scope(), place, change, "settings", &entry).await.unwrap();
    enter(&world, &[("password", "the first password")]).await;
    enter(&world, &[("password", "the second one")]).await;
    assert_eq!(valid(&world, &channel, SecretKind::Password).await, [" one", "word"]);
}

#[tokio::test]
async fn a_signing_channel_without_its_client_secret_says_so_and_shows_no_token() {
    let (world, channel) = signing_with(SecretKind::AccessToken, ACCESS_TOKEN).await;
    world.agent.script([Say::reply("Siap")]);
    let data = json!({"id": "0b6c2f5e-9999-4222-8333-000000000001"});
    world.graph.rule(move |_| Some(Say::Json(201, json!({"status": "success", "data": data}))));
    let request = Request::post(format!("/hooks/{}/{WHS}", channel.id));
    let body = written(&world).to_string();
    assert_eq!(world.request(request.body(Body::from(body)).unwrap()).await.0, StatusCode::OK);
    world.run().await;
    let waiting = world.outbound().await.remove(0);
    assert_eq!(waiting.content.status(), "queued");
    let told = format!("{:?}", world.app.store.timeline(world.scope(), waiting.id).await.unwrap());
    assert!(told.contains("client_secret_missing") && told.contains("has no client secret"), "{told}");
    let found = checkup::run(&world.app, &channel, "A test").await.unwrap();
    let findings = checkup::findings(&world.app, &channel, found.evidence).await.unwrap();
    let token = findings.iter().find(|finding| finding.check == Check::Token).unwrap();
    assert_eq!(token.code, Code::ClientSecretMissing);
    let refused = registration::run(&world.app, &channel, Act::Look).await.unwrap_err();
    assert!(matches!(refused, NotDone::Incomplete), "{refused:?}");
    assert_eq!(token::missing(SecretKind::AccessToken).code, "token_missing");
    assert!(world.graph.calls().is_empty(), "the token is shown to nobody: {:?}", world.graph.calls());

    enter(&world, &[("client_secret", "client-canary-93f1")]).await;
    world.pass(60.0);
    world.run().await;
    assert_eq!(world.sends().await, ["accepted"]);
}
