//! The overview of a channel, as it is seen.

use axum::http::StatusCode;
use serde_json::json;
use warta_core::channel::{Environment, State};
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_store::ChannelChange;

use crate::support::Browser;
use crate::support::{Clinic, Say, World, people};

fn base(world: &World, environment: Environment) -> String {
    format!("/agents/{}/whatsapp/{environment}", world.agent_id)
}

#[tokio::test]
async fn a_fault_is_named_explained_and_mended_from_the_page() {
    let clinic = Clinic::open().await;
    let browser = Browser::of(&clinic.world, OrganizationRole::Owner).await;
    let base = base(&clinic.world, Environment::Published);
    clinic.breaks("subscription", json!({"subscribed": false})).await;
    let checked = browser.post(&format!("{base}/checkup"), "").await;
    assert_eq!(
        (checked.status, checked.header("location")),
        (StatusCode::SEE_OTHER, &*format!("{base}?done=checked#doctor"))
    );
    let page = browser.get(&base).await;
    assert_eq!(page.status, StatusCode::OK);
    for said in ["One thing is broken.", "The app is not subscribed", "Subscribe and lead events here"] {
        assert!(page.text.contains(said), "{said}\n{}", page.text);
    }
    let mended = browser.post(&format!("{base}/mend"), "fix=subscribe").await;
    assert_eq!(mended.header("location"), format!("{base}?done=mended#doctor"), "{}", mended.text);
    let page = browser.get(&base).await;
    assert!(!page.text.contains("broken"), "{}", page.text);
    clinic.budi_writes().await;
    clinic.until(|look| look.signature_at.is_some()).await;
    let page = browser.get(&base).await;
    assert!(page.text.contains("Congratulations"), "{}", page.text);
}

#[tokio::test]
async fn a_live_channel_needs_attention_while_its_last_check_up_found_something_broken() {
    let clinic = Clinic::open().await;
    let browser = Browser::of(&clinic.world, OrganizationRole::Owner).await;
    let base = base(&clinic.world, Environment::Published);
    let agent = format!("/agents/{}", clinic.world.agent_id);
    let (live, broken) =
        ("<span class=\"dot good\">Live</span>", "<span class=\"dot bad\">Needs attention: Subscription");
    browser.post(&format!("{base}/checkup"), "").await;
    for path in [&base, &agent] {
        let page = browser.get(path).await;
        assert!(page.text.contains(live) && !page.text.contains(broken), "{path}: {}", page.text);
    }
    clinic.breaks("subscription", json!({"subscribed": false})).await;
    browser.post(&format!("{base}/checkup"), "").await;
    for path in [&base, &agent] {
        let page = browser.get(path).await;
        assert!(page.text.contains(broken) && !page.text.contains(live), "{path}: {}", page.text);
    }
    browser.post(&format!("{base}/mend"), "fix=subscribe").await;
    let page = browser.get(&base).await;
    assert!(page.text.contains(live) && !page.text.contains(broken), "{}", page.text);
}

#[tokio::test]
async fn what_the_provider_refuses_is_told() {
    let clinic = Clinic::open().await;
    let browser = Browser::of(&clinic.world, OrganizationRole::Owner).await;
    clinic.breaks("token", json!({"state": "revoked"})).await;
    let base = base(&clinic.world, Environment::Published);
    let page = browser.post(&format!("{base}/mend"), "fix=lead_here").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("The provider did not do it:"), "{}", page.text);
    assert_eq!(browser.post(&format!("{base}/mend"), "fix=write").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_loop_back_test_is_followed_step_by_step() {
    let clinic = Clinic::open().await;
    let browser = Browser::of(&clinic.world, OrganizationRole::Owner).await;
    let base = base(&clinic.world, Environment::Published);
    browser.post(&format!("{base}/checkup"), "").await; // else the page does it beside us, and takes the agent's answer
    let sent = browser.post(&format!("{base}/loopback"), "").await;
    assert_eq!(sent.header("location"), format!("{base}#loopback"), "{}", sent.text);
    assert!(browser.get(&base).await.text.contains("Under way…"));
    clinic.world.agent.script([Say::reply("Diterima oleh agen")]);
    clinic.world.run().await;
    let page = browser.get(&base).await;
    for said in ["The whole way works", "One answer recorded, sent to nobody", "Diterima oleh agen"] {
        assert!(page.text.contains(said), "{said}\n{}", page.text);
    }
    let paused = ChannelChange { state: Some(State::Paused), ..ChannelChange::default() };
    clinic.world.change(paused).await;
    let page = browser.post(&format!("{base}/loopback"), "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("This channel is paused"), "{}", page.text);
}

#[tokio::test]
async fn a_viewer_looks_and_does_nothing() {
    let clinic = Clinic::open().await;
    let (world, entry) = (&clinic.world, clinic.world.entry());
    let person = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let store = &world.app.store;
    store.put_agent_member(world.scope(), (world.agent_id, person), AgentRole::Viewer, &entry).await.unwrap();
    let browser = Browser::signed_in(world, person).await;
    let base = base(world, Environment::Published);
    let page = browser.get(&base).await;
    assert!(page.text.contains("Your role may look") && !page.text.contains("/checkup"), "{}", page.text);
    for path in ["checkup", "mend", "loopback"] {
        let refused = browser.post(&format!("{base}/{path}"), "fix=subscribe").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(world.agent.calls().is_empty() && clinic.channel().await.checkup.is_none());
}

#[tokio::test]
async fn what_is_not_set_up_begins_on_the_connection_page() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let base = base(&world, Environment::Draft);
    let page = browser.get(&base).await;
    assert_eq!(page.header("location"), format!("{base}/connection"));
}
