//! Whatever asks Qontak for something shows what the settings say: with signed calls the client's secret, and nothing else.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use warta_core::channel::{Environment, Protocol, State};
use warta_core::checkup::{Check, Outcome};
use warta_core::ids::ChannelId;
use warta_core::secret::Secret;
use warta_gateway::check::checkup;
use warta_gateway::memory::tokens::Checked;
use warta_gateway::upstream::registration::Act;
use warta_gateway::upstream::{registration, token};
use warta_store::{Channel, NewChannel, SecretKind};

use crate::support::stand::Call;
use crate::support::{Say, World};

const INTEGRATION: &str = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";
const CLIENT_SECRET: &str = "client-canary-93f1";
pub(crate) const WHS: &str = "whs_canary_51";

/// A world with a draft channel of Qontak's that signs its calls, and has no access token.
pub(crate) async fn signing() -> (World, Channel) {
    signing_with(SecretKind::ClientSecret, CLIENT_SECRET).await
}

/// The same, with this secret and no other that opens anything.
pub(crate) async fn signing_with(kind: SecretKind, secret: &str) -> (World, Channel) {
    let world = World::new().await;
    let id = ChannelId::from_uuid(world.app.minter.uuid(world.app.now()));
    let place = (world.agent_id, Environment::Draft);
    let agents = Secret::new(crate::support::world::AGENT_SECRET);
    let store = &world.app.store;
    store.put_deployment(world.scope(), place, &world.agent.url, &agents, &world.entry()).await.unwrap();
    let settings = json!({"channel_integration_id": INTEGRATION, "authentication": "mekari_hmac", "client_id": "cl-1",
        "base_url": format!("{}/qontak", world.graph.url)});
    let secrets = [(kind, secret), (SecretKind::WebhookSecret, WHS)];
    let new = NewChannel {
        organization: world.organization,
        id,
        agent: world.agent_id,
        environment: Environment::Draft,
        protocol: Protocol::Qontak,
        state: State::Live,
        account: "6281100000009".parse().ok(),
        settings,
        session: warta_core::session::Settings::default(),
        secrets: secrets.map(|(kind, secret)| world.secret(kind, secret)).into(),
    };
    store.create_channel(new, &world.entry()).await.unwrap();
    world.graph.rule(|call| {
        let data = if call.path.contains("/integrations/") {
            json!({"id": INTEGRATION, "target_channel": "wa_cloud", "is_active": true,
                "settings": {"account_name": "Toko Contoh", "phone_number": "+6281100000009"}})
        } else {
            json!({"status_message": {"enabled": true, "webhooks": []}})
        };
        Some(Say::Json(200, json!({"status": "success", "data": data})))
    });
    let channel = store.channel(id).await.unwrap().unwrap();
    (world, channel)
}

/// Panics unless the call is signed with the client's secret.
fn assert_signed(call: &Call, method: &str) {
    let text = format!("date: {}\n{method} {} HTTP/1.1", call.header("date"), call.path);
    let mac = Hmac::<Sha256>::new_from_slice(CLIENT_SECRET.as_bytes()).unwrap();
    let signature = STANDARD.encode(mac.chain_update(text.as_bytes()).finalize().into_bytes());
    let proof = call.header("authorization");
    assert!(proof.starts_with("hmac username=\"cl-1\"") && proof.contains(&signature), "{call:?}");
}

#[tokio::test]
async fn a_check_of_the_clients_secret_asks_with_it_and_proves_it() {
    let (world, channel) = signing().await;
    assert_eq!(token::kind(&channel), SecretKind::ClientSecret);
    let (row, secret) = channel.secret_rows_of(SecretKind::ClientSecret, world.app.now()).next().unwrap();
    let checked = token::check(&world.app, &channel, row, secret).await;
    assert!(matches!(checked, Checked::Worked(_)), "{checked:?}");
    let calls = world.graph.calls();
    assert!(!calls.is_empty());
    for call in &calls {
        assert_signed(call, "GET");
    }
    let rows = world.app.store.secret_rows(world.scope(), channel.id).await.unwrap();
    assert!(rows.iter().any(|known| known.row == row && known.proven_at.is_some()));
}

#[tokio::test]
async fn a_check_up_misses_no_token_where_calls_are_signed() {
    let (world, channel) = signing().await;
    let found = checkup::run(&world.app, &channel, "A test").await.unwrap();
    assert!(found.evidence.has_token);
    let findings = checkup::findings(&world.app, &channel, found.evidence).await.unwrap();
    let token = findings.iter().find(|finding| finding.check == Check::Token).unwrap();
    assert_eq!(token.outcome, Outcome::Good);
    let calls = world.graph.calls();
    assert!(calls.iter().any(|call| call.path.ends_with("/message_interactions")), "{calls:?}");
    for call in &calls {
        assert_signed(call, "GET");
    }
}

#[tokio::test]
async fn a_registration_is_asked_for_with_the_clients_secret() {
    let (world, channel) = signing().await;
    assert!(registration::is_possible(&world.app, &channel));
    let report = registration::run(&world.app, &channel, Act::Look).await.unwrap();
    assert_eq!(report.events.len(), 1);
    let calls = world.graph.calls();
    assert_eq!(calls.len(), 1);
    assert_signed(&calls[0], "GET");
}

#[tokio::test]
async fn a_room_is_marked_as_read_with_the_clients_secret() {
    let (world, channel) = signing().await;
    let request = Request::post(format!("/hooks/{}/{WHS}", channel.id));
    let body = written(&world).to_string();
    assert_eq!(world.request(request.body(Body::from(body)).unwrap()).await.0, StatusCode::OK);
    world.run().await;
    for _ in 0..500 {
        if let Some(read) = world.graph.calls().iter().find(|call| call.path.ends_with("mark_all_as_read")) {
            return assert_signed(read, "PUT");
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the room was not marked: {:?}", world.graph.calls());
}

/// What Qontak calls us with when Budi has written.
pub(crate) fn written(world: &World) -> Value {
    json!({"id": "0b6c2f5e-3333-4222-8333-000000000001", "type": "text", "room_id": "0b6c2f5e-4444-4222-8333-000000000001",
        "sender_type": "Models::Contact", "sender": {"name": "Budi"}, "participant_type": "customer", "text": "Halo",
        "status": "created", "external_id": "wamid.HBgEXAMPLE", "created_at": world.app.now().to_string(),
        "channel_integration": {"id": INTEGRATION, "target_channel": "wa_cloud"},
        "room": {"id": "0b6c2f5e-4444-4222-8333-000000000001", "name": "Budi", "channel": "wa_cloud",
            "account_uniq_id": "6281255501234", "channel_integration_id": INTEGRATION},
        "webhook_event": "message_interaction", "data_event": "receive_message_from_customer"})
}
