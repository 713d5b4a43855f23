//! Draft against Published, the confirmation, and revisions, by the pages.

use serde_json::json;
use warta_core::channel::{SecretKind, State};
use warta_core::ids::ChannelId;
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::session;
use warta_store::{AuditFilter, ChannelChange};

use crate::support::Browser;
use crate::support::people;
use crate::support::webhook::{APP_SECRET, WABA};
use crate::support::world::{ACCESS_TOKEN, NUMBER, VERIFY_TOKEN};
use crate::support::{World, on_both};

const OTHER_NUMBER: &str = "206540352242999";
const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";

fn at(world: &World, page: &str) -> String {
    format!("/agents/{}/whatsapp/{page}", world.agent_id)
}

async fn account(world: &World, channel: ChannelId) -> Option<String> {
    world.app.store.channel(channel).await.unwrap().unwrap().account.map(|account| account.to_string())
}

async fn change(world: &World, channel: ChannelId, change: ChannelChange) {
    let revision = world.app.store.channel(channel).await.unwrap().unwrap().revision;
    let entry = people::entry(&world.app);
    world
        .app
        .store
        .change_channel(world.scope(), (channel, revision), change, "settings", &entry)
        .await
        .unwrap();
    world.app.directory.forget();
}

fn settings(world: &World, number: &str, more: &serde_json::Value) -> ChannelChange {
    let mut settings = json!({"phone_number_id": number, "waba_id": WABA, "base_url": world.graph.url});
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    ChannelChange { settings: Some(settings), ..ChannelChange::default() }
}

on_both! {
    behaviour_goes_over_alone_unless_more_is_chosen(world) {
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        let draft = world.add_draft(OTHER_NUMBER, OTHER_SECRET).await;
        let session = session::Settings { grace_minutes: 7, ..session::Settings::default() };
        change(world, draft, ChannelChange { session: Some(session.clone()), ..ChannelChange::default() }).await;
        let page = owner.get(&at(world, "compare")).await.text;
        assert!(page.contains("value=\"behaviour\" checked") && page.contains("value=\"account\">"), "{page}");
        let confirm = owner.get(&at(world, "promote?take=behaviour")).await;
        assert_eq!(confirm.status, 200, "{}", confirm.text);
        assert!(confirm.text.contains("Minutes until the silent end") && !confirm.text.contains(OTHER_NUMBER));
        let form = format!("take=behaviour&draft={}&published={}", confirm.input("draft"), confirm.input("published"));
        let done = owner.post(&at(world, "promote"), &form).await;
        assert_eq!(done.header("location"), at(world, "compare?done=promoted"), "{}", done.text);
        let published = world.app.store.channel(world.channel).await.unwrap().unwrap();
        assert_eq!(published.session, session);
        let revision = owner.get(&at(world, "published/revisions/2")).await.text;
        assert!(revision.contains("Minutes until the silent end"), "{revision}");
        assert_eq!(published.settings["phone_number_id"], json!(NUMBER));
        assert_eq!(published.account.unwrap().as_str(), "6281100000001");
        assert_eq!(account(world, draft).await.as_deref(), Some("6281100000002"));
        let again = owner.post(&at(world, "promote"), &form).await;
        assert_eq!(again.status, 409, "what was seen is not how it stands");
    }

    a_number_that_moves_leaves_draft_not_set_up(world) {
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        let draft = world.add_draft(OTHER_NUMBER, OTHER_SECRET).await;
        let confirm = owner.get(&at(world, "promote?take=account&take=credentials")).await;
        for words in ["The number 6281100000002 moves", "Published lets 6281100000001 go", "All tokens and secrets that the provider gave move"] {
            assert!(confirm.text.contains(words), "{words}\n{}", confirm.text);
        }
        let form = format!("take=account&take=credentials&draft={}&published={}", confirm.input("draft"), confirm.input("published"));
        assert_eq!(owner.post(&at(world, "promote"), &form).await.status, 303);
        let now = world.app.now();
        let published = world.app.store.channel(world.channel).await.unwrap().unwrap();
        assert_eq!(published.account.as_ref().unwrap().as_str(), "6281100000002");
        assert_eq!(published.settings["phone_number_id"], json!(OTHER_NUMBER));
        assert_eq!(published.state, State::Live);
        let secrets: Vec<_> = published.secrets(SecretKind::AppSecret, now).map(|secret| secret.expose().to_owned()).collect();
        assert!(secrets.contains(&OTHER_SECRET.to_owned()) && secrets.contains(&APP_SECRET.to_owned()), "the old one for a day");
        let left = world.app.store.channel(draft).await.unwrap().unwrap();
        assert_eq!((&left.account, left.state), (&None, State::Saved));
        assert_eq!(left.secrets(SecretKind::AccessToken, now).count(), 0);
        assert_eq!(left.secrets(SecretKind::WebhookSecret, now).count(), 1, "it never moves");
        let audit = world.app.store.audit(world.scope(), &AuditFilter { agent: Some(world.agent_id), limit: 10, ..AuditFilter::default() }).await.unwrap();
        let entry = audit.entries.iter().find(|entry| entry.action.as_str() == "promoted").unwrap();
        assert!(entry.changes.iter().any(|change| change.after.as_deref() == Some("6281100000002")));
        let told = format!("{entry:?}");
        assert!(!told.contains(OTHER_SECRET) && !told.contains(ACCESS_TOKEN));
    }

    an_earlier_revision_comes_back_as_a_new_one(world) {
        let owner = Browser::of(world, OrganizationRole::Owner).await;
        change(world, world.channel, settings(world, OTHER_NUMBER, &json!({"app_id": "990011223344556"}))).await;
        let list = owner.get(&at(world, "published/revisions")).await.text;
        assert!(list.contains("Revision 2") && list.contains("Revision 1"), "{list}");
        let first = owner.get(&at(world, "published/revisions/1")).await.text;
        assert!(first.contains(NUMBER) && first.contains(OTHER_NUMBER) && first.contains("Against now"), "{first}");
        assert!(!first.contains(ACCESS_TOKEN) && !first.contains(APP_SECRET) && !first.contains(VERIFY_TOKEN));
        let ask = owner.get(&at(world, "published/revisions/1/restore")).await;
        assert!(ask.text.contains("Secrets stay as they are now"), "{}", ask.text);
        let form = format!("expected={}", ask.input("expected"));
        let done = owner.post(&at(world, "published/revisions/1/restore"), &form).await;
        assert_eq!(done.header("location"), at(world, "published/revisions?done=restored"), "{}", done.text);
        let now = world.app.store.channel(world.channel).await.unwrap().unwrap();
        assert_eq!((now.revision, &now.settings["phone_number_id"]), (3, &json!(NUMBER)));
        assert_eq!(owner.post(&at(world, "published/revisions/1/restore"), &form).await.status, 409);
        assert_eq!(owner.get(&at(world, "published/revisions/9")).await.status, 404);
    }
}

#[tokio::test]
async fn secrets_are_compared_by_fingerprint() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    world.add_draft(OTHER_NUMBER, OTHER_SECRET).await;
    let page = owner.get(&at(&world, "compare")).await.text;
    for secret in [ACCESS_TOKEN, APP_SECRET, OTHER_SECRET, VERIFY_TOKEN] {
        assert!(!page.contains(secret));
    }
    assert!(page.contains("••••cdef · ") && page.contains("••••3210 · "), "{page}");
}

#[tokio::test]
async fn what_published_would_lack_stands_in_the_way() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let draft = world.add_draft(OTHER_NUMBER, OTHER_SECRET).await;
    let empty = ChannelChange {
        account: Some(None),
        settings: Some(json!({})),
        state: Some(State::Saved),
        ..ChannelChange::default()
    };
    change(&world, draft, empty).await;
    for query in ["promote?take=account", "promote"] {
        let page = owner.get(&at(&world, query)).await;
        assert_eq!(page.status, 422);
        assert!(
            page.text.contains("This stands in the way") && !page.text.contains("<button class=\"primary\">")
        );
    }
    let form = "take=account&draft=2&published=1";
    assert_eq!(owner.post(&at(&world, "promote"), form).await.status, 422);
    assert_eq!(account(&world, world.channel).await.as_deref(), Some("6281100000001"));
}

#[tokio::test]
async fn without_a_draft_there_is_nothing_to_compare() {
    let world = World::new().await;
    let owner = Browser::of(&world, OrganizationRole::Owner).await;
    let page = owner.get(&at(&world, "compare")).await;
    assert!(page.status == 200 && page.text.contains("no Draft channel"), "{}", page.text);
    assert_eq!(owner.get(&at(&world, "promote?take=account")).await.status, 404);
}

#[tokio::test]
async fn who_may_only_look_promotes_and_restores_nothing() {
    let world = World::new().await;
    world.add_draft(OTHER_NUMBER, OTHER_SECRET).await;
    let person = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let entry = people::entry(&world.app);
    world
        .app
        .store
        .put_agent_member(world.scope(), (world.agent_id, person), AgentRole::Viewer, &entry)
        .await
        .unwrap();
    let viewer = Browser::signed_in(&world, person).await;
    let page = viewer.get(&at(&world, "compare")).await;
    assert!(page.status == 200 && !page.text.contains("name=\"take\""), "{}", page.text);
    assert_eq!(viewer.get(&at(&world, "published/revisions/1")).await.status, 200);
    for path in ["promote", "published/revisions/1/restore"] {
        assert_eq!(viewer.get(&at(&world, path)).await.status, 403);
        assert_eq!(
            viewer.post(&at(&world, path), "take=account&draft=1&published=1&expected=1").await.status,
            403
        );
    }
}
