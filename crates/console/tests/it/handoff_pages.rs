//! The hand-off: the sheet inside, links, and the page for those without an account.

use std::time::Duration;

use serde_json::json;
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_store::ChannelChange;

use crate::support::Browser;
use crate::support::people;
use crate::support::webhook::{APP_SECRET, WABA};
use crate::support::world::{ACCESS_TOKEN, NUMBER, VERIFY_TOKEN};
use crate::support::{World, on_both};

fn base(world: &World) -> String {
    format!("/agents/{}/whatsapp/published", world.agent_id)
}

/// The path of the newest link on the page.
fn link(page: &str) -> String {
    let (_, rest) = page.split_once("/handoff/").and_then(|_| page.split_once("8080/handoff/")).unwrap();
    format!("/handoff/{}", rest.split('<').next().unwrap())
}

/// Makes a link that works so many days; gives its path.
async fn make(world: &World, owner: &Browser, days: u32) -> String {
    let answer = owner.post(&format!("{}/handoff", base(world)), &format!("days={days}")).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    link(&owner.get(answer.header("location").split('#').next().unwrap()).await.text)
}

on_both! {
    what_is_ticked_outside_shows_inside(world) {
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        let path = make(world, &owner, 7).await;
        let team = Browser::stranger(world, "en");
        assert!(team.get(&path).await.text.contains("0 of 8 steps done"));
        let ticked = team.post(&path, "done=app&done=callback&done=made-up").await;
        assert_eq!((ticked.status.as_u16(), ticked.header("location")), (303, &*format!("{path}?done=saved")));
        // A page left open that shows nothing ticked takes nothing away; one that shows it does.
        team.post(&path, "done=fields").await;
        assert!(team.get(&path).await.text.contains("3 of 8 steps done"));
        team.post(&path, "was=app&was=callback&was=fields&done=callback&done=fields").await;
        let inside = owner.get(&format!("{}/handoff", base(world))).await.text;
        assert!(inside.contains("2 of 8 steps done"), "{inside}");
        assert_eq!(inside.matches("class=\"box full\"").count(), 2);
    }

    a_link_ends_by_itself_or_when_it_is_revoked(world) {
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        let team = Browser::stranger(world, "id");
        let (day, week) = (make(world, &owner, 1).await, make(world, &owner, 7).await);
        world.clock.advance(Duration::from_hours(24));
        for (path, status) in [(&day, 410), (&week, 200)] {
            assert_eq!(team.get(path).await.status, status);
            assert_eq!(team.post(path, "done=app").await.status, if status == 200 { 303 } else { 410 });
        }
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        let page = owner.get(&format!("{}/handoff", base(world))).await.text;
        let revoke = page.split("action=\"").find(|part| part.contains("/revoke\"")).unwrap().split('"').next().unwrap();
        assert_eq!(owner.post(revoke, "").await.status, 303);
        assert_eq!(owner.post(revoke, "").await.status, 303, "twice is once");
        let gone = team.get(&week).await;
        assert_eq!(gone.status, 410);
        assert!(gone.text.contains("Minta tautan baru") && !gone.text.contains(VERIFY_TOKEN), "{}", gone.text);
        assert_eq!(team.post(&week, "done=fields").await.status, 410);
        assert!(!owner.get(&format!("{}/handoff", base(world))).await.text.contains("8080/handoff/"));
    }
}

#[tokio::test]
async fn the_sheet_holds_what_meta_asks_for_and_one_secret_only() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let path = make(&world, &owner, 30).await;
    let outside = Browser::stranger(&world, "en").get(&path).await;
    for page in [&outside, &owner.get(&format!("{}/handoff", base(&world))).await] {
        assert_eq!(page.status, 200, "{}", page.text);
        let hook = format!("http://127.0.0.1:8080/hooks/{}", world.channel);
        for fact in [&*hook, VERIFY_TOKEN, "6281100000001", NUMBER, WABA, "message_template_status_update"] {
            assert!(page.text.contains(fact), "{fact}");
        }
        for secret in [ACCESS_TOKEN, APP_SECRET] {
            assert!(!page.text.contains(secret));
        }
    }
    assert_eq!(outside.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(outside.header("cache-control"), "no-store");
    assert_eq!(outside.header("referrer-policy"), "same-origin");
    assert!(outside.text.contains("Rina owner of Nusa asks you"), "{}", outside.text);
}

#[tokio::test]
async fn the_page_outside_speaks_the_language_of_the_browser() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let path = make(&world, &owner, 1).await;
    let page = Browser::stranger(&world, "id-ID,en;q=0.5").get(&path).await.text;
    assert!(page.contains("<html lang=\"id\">") && page.contains("Hubungkan WhatsApp ke Ferry"), "{page}");
}

#[tokio::test]
async fn a_token_that_was_not_made_here_opens_nothing() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let path = make(&world, &owner, 1).await;
    let team = Browser::stranger(&world, "en");
    let mut forged = path.clone().into_bytes();
    let last = forged.len() - 2;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    for path in ["/handoff/x", "/handoff/hof_01kb3t5v9zc9rt2n6cy8q4h7mp", &String::from_utf8(forged).unwrap()]
    {
        assert_eq!(team.get(path).await.status, 410, "{path}");
    }
}

#[tokio::test]
async fn what_must_be_saved_first_is_listed_with_its_place() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let change = ChannelChange {
        account: Some(None),
        settings: Some(json!({"waba_id": WABA})),
        state: Some(warta_core::channel::State::Saved),
        ..ChannelChange::default()
    };
    let at = (world.channel, 1);
    world
        .app
        .store
        .change_channel(world.scope(), at, change, "account", &people::entry(&world.app))
        .await
        .unwrap();
    let page = owner.get(&format!("{}/handoff", base(&world))).await.text;
    for href in ["connection#account\">Account", "connection#account\">Phone number ID"] {
        assert!(page.contains(href), "{href}\n{page}");
    }
    assert!(!page.contains("name=\"days\"") && !page.contains(VERIFY_TOKEN));
    let refused = owner.post(&format!("{}/handoff", base(&world)), "days=7").await;
    assert_eq!(
        refused.header("location"),
        format!("{}/handoff", base(&world)),
        "nothing is made by hand either"
    );
    assert!(world.app.store.handoffs(world.scope(), world.channel).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_may_only_look_sees_the_verify_token_masked_and_no_link() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    make(&world, &owner, 7).await;
    let person = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let entry = people::entry(&world.app);
    world
        .app
        .store
        .put_agent_member(world.scope(), (world.agent_id, person), AgentRole::Viewer, &entry)
        .await
        .unwrap();
    let viewer = Browser::signed_in(&world, person).await;
    let page = viewer.get(&format!("{}/handoff", base(&world))).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains(VERIFY_TOKEN) && page.text.contains("••••5b1d"), "{}", page.text);
    assert!(!page.text.contains("8080/handoff/") && !page.text.contains("name=\"days\""));
    assert_eq!(viewer.post(&format!("{}/handoff", base(&world)), "days=7").await.status, 403);
}
