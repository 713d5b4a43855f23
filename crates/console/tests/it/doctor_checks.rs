//! The connection doctor over real HTTP with the twin of Meta: what breaks turns the right check red, and no other.

use axum::Router;
use axum::routing::get;
use serde_json::json;
use warta_core::channel::State;
use warta_core::checkup::{Check, Code, Outcome};
use warta_core::secret::Secret;
use warta_store::{ChannelChange, SecretKind};

use crate::support::{Clinic, Say};

#[tokio::test]
async fn a_channel_that_works_has_no_fault() {
    let clinic = Clinic::open().await;
    clinic.budi_writes().await;
    clinic.until(|look| look.signature_at.is_some()).await;
    let found = clinic.findings().await;
    let worse: Vec<_> =
        found.iter().filter(|one| !matches!(one.outcome, Outcome::Good | Outcome::NotApplicable)).collect();
    assert!(worse.is_empty(), "{worse:#?}");
    let code = |check| found.iter().find(|one| one.check == check).unwrap().code;
    assert_eq!(code(Check::Handshake), Code::HandshakeSeen);
    assert_eq!(code(Check::Signature), Code::SignatureProven);
    assert_eq!(code(Check::LastStatus), Code::NothingSent);
    assert!(clinic.world.agent.calls().iter().all(|call| call.body["synthetic"] == json!(true)));
}

#[tokio::test]
async fn a_token_that_was_revoked_or_has_expired() {
    let clinic = Clinic::open().await;
    for state in ["revoked", "expired"] {
        clinic.breaks("token", json!({"state": state})).await;
        assert_eq!(clinic.red().await, [(Check::Token, Code::TokenRefused)], "{state}");
    }
    clinic.breaks("token", json!({"state": "valid", "expires_in_seconds": 3_600})).await;
    let found = clinic.findings().await;
    let ends = found.iter().find(|one| one.check == Check::TokenExpiry).unwrap();
    assert_eq!((ends.outcome, ends.code), (Outcome::Warning, Code::ExpiresSoon));
}

#[tokio::test]
async fn a_token_without_a_permission() {
    let clinic = Clinic::open().await;
    clinic.breaks("token", json!({"state": "valid", "scopes": ["whatsapp_business_messaging"]})).await;
    assert_eq!(clinic.red().await, [(Check::Scopes, Code::ScopesMissing)]);
    clinic.breaks("token", json!({"state": "valid", "scopes": ["whatsapp_business_management"]})).await;
    assert_eq!(clinic.red().await, [(Check::Scopes, Code::ScopesMissing)]);
}

#[tokio::test]
async fn a_subscription_that_is_gone() {
    let clinic = Clinic::open().await;
    clinic.breaks("subscription", json!({"subscribed": false})).await;
    assert_eq!(clinic.red().await, [(Check::Subscription, Code::NotSubscribed)]);
}

#[tokio::test]
async fn events_that_go_elsewhere_or_nowhere() {
    let clinic = Clinic::open().await;
    clinic.breaks("override", json!({"url": "https://other.example/hook"})).await;
    assert_eq!(clinic.red().await, [(Check::OverrideTarget, Code::GoesElsewhere)]);
    clinic.breaks("override", json!({"url": ""})).await;
    assert_eq!(clinic.red().await, [(Check::OverrideTarget, Code::GoesNowhere)]);
}

#[tokio::test]
async fn an_app_secret_that_was_reset() {
    let clinic = Clinic::open().await;
    clinic.budi_writes().await;
    clinic.until(|look| look.signature_at.is_some()).await;
    clinic.world.pass(1.0);
    clinic.breaks("app_secret", json!({})).await;
    assert_eq!(clinic.red().await, [], "nobody knows yet");
    clinic.budi_writes().await;
    clinic.until(|look| look.signature_refused_at.is_some()).await;
    assert_eq!(clinic.red().await, [(Check::Signature, Code::SignatureWrong)]);
}

#[tokio::test]
async fn an_app_secret_of_another_app_shows_before_any_event() {
    let clinic = Clinic::open().await;
    let mut settings = clinic.channel().await.settings;
    settings["app_id"] = json!(clinic.id("app_id"));
    clinic.world.change(ChannelChange { settings: Some(settings), ..ChannelChange::default() }).await;
    assert_eq!(clinic.red().await, []);
    clinic.enter(SecretKind::AppSecret, "0123456789abcdef0123456789abcdef").await;
    assert_eq!(clinic.red().await, [(Check::Signature, Code::SecretOfAnotherApp)]);
}

#[tokio::test]
async fn a_signature_that_was_refused_is_forgiven_by_the_next_that_fits() {
    let clinic = Clinic::open().await;
    let right = clinic.id("app_secret");
    clinic.enter(SecretKind::AppSecret, "0123456789abcdef0123456789abcdef").await;
    clinic.budi_writes().await;
    clinic.until(|look| look.signature_refused_at.is_some()).await;
    assert_eq!(clinic.red().await, [(Check::Signature, Code::SignatureWrong)]);
    clinic.world.pass(1.0);
    // The twin repeats what was refused.
    clinic.enter(SecretKind::AppSecret, &right).await;
    clinic.until(|look| look.signature_at > look.signature_refused_at).await;
    assert_eq!(clinic.red().await, []);
}

#[tokio::test]
async fn a_number_that_is_disconnected_or_disliked() {
    let clinic = Clinic::open().await;
    clinic.breaks("quality", json!({"quality": "RED"})).await;
    assert_eq!(clinic.red().await, [(Check::NumberQuality, Code::QualityLow)]);
    clinic.breaks("quality", json!({"quality": "GREEN"})).await;
    clinic.breaks("status", json!({"status": "DISCONNECTED"})).await;
    assert_eq!(clinic.red().await, [(Check::NumberStatus, Code::Disconnected)]);
}

#[tokio::test]
async fn ids_that_do_not_belong_together() {
    let clinic = Clinic::open().await;
    let settings = clinic.channel().await.settings;
    for (field, code) in [("waba_id", Code::AccountUnknown), ("phone_number_id", Code::NumberUnknown)] {
        let mut wrong = settings.clone();
        wrong[field] = json!("123456789012345");
        clinic.world.change(ChannelChange { settings: Some(wrong), ..ChannelChange::default() }).await;
        assert_eq!(clinic.red().await, [(Check::NumberBelongs, code)], "{field}");
    }
}

#[tokio::test]
async fn an_agent_that_is_down_or_failing() {
    let clinic = Clinic::open().await;
    clinic.world.agent.script([Say::Text(500, None, String::new())]);
    assert_eq!(clinic.red().await, [(Check::Agent, Code::AgentRefuses)]);
    let (world, place) =
        (&clinic.world, (clinic.world.agent_id, warta_core::channel::Environment::Published));
    let secret = Secret::new(crate::support::world::AGENT_SECRET);
    let nowhere = "http://127.0.0.1:9/agent";
    world.app.store.put_deployment(world.scope(), place, nowhere, &secret, &world.entry()).await.unwrap();
    assert_eq!(clinic.red().await, [(Check::Agent, Code::AgentSilent)]);
}

#[tokio::test]
async fn an_address_that_leads_to_somebody_else_or_lets_webhooks_not_pass() {
    let elsewhere = Clinic::open().await;
    let clinic = Clinic::behind(|router| {
        Router::new().route("/livez", get(|| async { "A parked page" })).fallback_service(router)
    })
    .await;
    assert_eq!(clinic.red().await, [(Check::Reachable, Code::SomebodyElse)]);
    assert_eq!(elsewhere.red().await, []);
    elsewhere.enter(SecretKind::WebhookSecret, "changed-meanwhile").await;
    assert_eq!(elsewhere.red().await, [], "our own handshake knows the new one");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_no_fault_of_the_channel() {
    let clinic = Clinic::open().await;
    clinic.twin_ends().await;
    let found = clinic.findings().await;
    let token = found.iter().find(|one| one.check == Check::Token).unwrap();
    assert_eq!((token.outcome, token.code), (Outcome::Warning, Code::ProviderSilent));
}

#[tokio::test]
async fn a_clock_that_is_off() {
    let clinic = Clinic::open().await;
    clinic.world.pass(600.0);
    assert_eq!(clinic.red().await, [(Check::Clock, Code::ClockOff)]);
}

#[tokio::test]
async fn what_waits_too_long() {
    let clinic = Clinic::open().await;
    clinic.budi_writes().await;
    clinic.until(|look| look.signature_at.is_some()).await;
    let state = |state| ChannelChange { state: Some(state), ..ChannelChange::default() };
    clinic.world.change(state(State::Paused)).await;
    let found = clinic.findings().await;
    let waits = found.iter().find(|one| one.check == Check::Backlog).unwrap();
    assert_eq!((waits.outcome, waits.code), (Outcome::Warning, Code::WaitsPaused));
    clinic.world.change(state(State::Live)).await;
    clinic.world.pass(1_000.0);
    let found = clinic.findings().await;
    let waits = found.iter().find(|one| one.check == Check::Backlog).unwrap();
    assert_eq!((waits.outcome, waits.code), (Outcome::Bad, Code::WaitsTooLong));
}
