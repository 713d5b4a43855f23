//! The connection page of a channel: its sections, what they refuse, what they keep and what they never show.

use serde_json::{Value, json};
use warta_core::channel::{Environment, SecretKind, State};
use warta_core::ids::{AgentId, ChannelId, OrganizationId};
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::secret::Secret;
use warta_store::{Channel, ChannelChange, NewAgent, Scope};

use crate::support::people;
use crate::support::webhook::{APP_SECRET, WABA};
use crate::support::world::{ACCESS_TOKEN, AGENT_SECRET, NUMBER, VERIFY_TOKEN};
use crate::support::{Answer, Browser, Say, World, on_both};

const NEW_TOKEN: &str = "EAAG-second-canary-token-19bc";
const NEW_SECRET: &str = "fedcba9876543210fedcba9876543210";

fn base(world: &World, environment: &str) -> String {
    format!("/agents/{}/whatsapp/{environment}", world.agent_id)
}

/// What stands in a box.
fn typed<'a>(page: &'a Answer, name: &str) -> &'a str {
    let (_, rest) = page.text.split_once(&format!("id=\"{name}\" value=\"")).unwrap_or_default();
    rest.split('"').next().unwrap()
}

async fn owner(world: &World) -> Browser {
    Browser::of(world, OrganizationRole::Owner).await
}

/// The agent has a draft version.
async fn with_draft(world: &World) {
    let (place, secret) = ((world.agent_id, Environment::Draft), Secret::new(AGENT_SECRET));
    world
        .app
        .store
        .put_deployment(world.scope(), place, &world.agent.url, &secret, &world.entry())
        .await
        .unwrap();
}

async fn channel(world: &World, environment: Environment) -> Channel {
    world.app.store.channel_of(world.scope(), world.agent_id, environment).await.unwrap().unwrap()
}

/// Posts a form and must be sent back to the connection page, which says this.
async fn done(browser: &Browser, path: &str, pairs: &[(&str, &str)], said: &str) -> Answer {
    let answer = browser.fill(path, pairs).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text);
    let page = browser.get(answer.header("location").split('#').next().unwrap()).await;
    assert!(page.text.contains(said), "{path}: {said}\n{}", page.text);
    page
}

/// Meta's answers about tokens: the one that works, and what it says of others.
fn meta_accepts(world: &World, token: &'static str) {
    world.graph.rule(move |call| {
        if call.body["messaging_product"] == "whatsapp" {
            return (call.header("authorization") != format!("Bearer {token}")).then(|| Say::fault(401, 190));
        }
        if call.header("authorization") != format!("Bearer {token}") {
            return Some(Say::fault(401, 190));
        }
        Some(Say::Json(
            200,
            if call.path.ends_with("/debug_token") {
                json!({"data": {"is_valid": true, "type": "SYSTEM_USER", "user_id": "122100", "application": "Agent console",
                    "expires_at": 0, "scopes": ["whatsapp_business_messaging", "whatsapp_business_management"]}})
            } else {
                json!({"id": NUMBER, "status": "CONNECTED"})
            },
        ))
    });
}

on_both! {
    a_draft_channel_is_set_up_from_nothing_and_goes_live(world) {
        let (browser, base) = (owner(world).await, base(world, "draft"));
        let page = browser.get(&format!("{base}/connection")).await;
        assert!(page.text.contains("no draft version yet") && page.text.contains("Not set up"), "{}", page.text);
        with_draft(world).await;
        let page = browser.get(&format!("{base}/connection")).await;
        assert!(page.text.contains("Start from Published") && page.text.contains("Start empty"), "{}", page.text);

        let page = done(&browser, &format!("{base}/connection/start"), &[("protocol", "meta_cloud")], "Set up.").await;
        assert!(page.text.contains("Not set up") && page.text.contains("Still missing"), "{}", page.text);
        let refused = browser.post(&format!("{base}/live"), "").await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("#access_token\">Access token"), "{}", refused.text);

        // The provider may check the address before anything else is there.
        let saved = channel(world, Environment::Draft).await;
        let token = saved.secrets(SecretKind::WebhookSecret, world.app.now()).next().unwrap().expose().to_owned();
        let hook = format!("/hooks/{}?hub.mode=subscribe&hub.challenge=551&hub.verify_token=", saved.id);
        let ask = |token: &str| axum::http::Request::get(format!("{hook}{token}")).body(axum::body::Body::empty()).unwrap();
        assert_eq!(world.request(ask(&token)).await, (axum::http::StatusCode::OK, "551".to_owned()));
        assert_eq!(world.request(ask("guessed")).await.0, 403);

        let account = [("account", "+62 811-0000-0009"), ("phone_number_id", "700"), ("base_url", &*world.graph.url)];
        done(&browser, &format!("{base}/connection/account"), &account, "Saved.").await;
        let whole = [account.as_slice(), &[("waba_id", "900")]].concat();
        done(&browser, &format!("{base}/connection/account"), &whole, "Saved.").await;
        meta_accepts(world, NEW_TOKEN);
        let secrets = [("access_token", NEW_TOKEN), ("app_secret", NEW_SECRET)];
        let page = done(&browser, &format!("{base}/connection/credentials"), &secrets, "accepts the token").await;
        for said in ["SYSTEM_USER 122100 of the app Agent console", "It does not end", "has the permissions", "19bc", "set by Rina"] {
            assert!(page.text.contains(said), "{said}\n{}", page.text);
        }
        let page = done(&browser, &format!("{base}/live"), &[], "The channel is live.").await;
        assert!(page.text.contains("Needs attention"), "no event can come in yet: {}", page.text);
        let live = channel(world, Environment::Draft).await;
        assert_eq!(live.checkup.unwrap()["revision"], live.revision, "it was checked as it is now");
        assert_eq!((live.state, live.account.unwrap().as_str()), (State::Live, "6281100000009"));
        done(&browser, &format!("{base}/pause"), &[], "The channel is paused.").await;
        done(&browser, &format!("{base}/live"), &[], "The channel is live.").await;
    }

    a_fault_is_told_beside_its_field_and_nothing_is_saved(world) {
        let (browser, path) = (owner(world).await, format!("{}/connection/account", base(world, "published")));
        let wrong = [("account", "a b"), ("phone_number_id", "+62811"), ("waba_id", ""), ("version", "26"), ("app_id", "77")];
        let page = browser.fill(&path, &wrong).await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains("<title>Fault: "), "{}", page.text);
        for (field, said) in [
            ("account", "Not a phone number"),
            ("phone_number_id", "This id has digits only"),
            ("waba_id", "Cannot be left empty"),
            ("version", "Not a version"),
        ] {
            let (_, at) = page.text.split_once(&format!("id=\"{field}-fault\">")).unwrap_or_else(|| panic!("{field}\n{}", page.text));
            assert!(at.starts_with(said), "{field}: {at:.60}");
        }
        assert_eq!(page.text.matches(" autofocus").count(), 1);
        assert!(typed(&page, "phone_number_id") == "+62811" && typed(&page, "app_id") == "77");
        let checked = browser.fill(&path.replace("/account", "/check"), &wrong).await;
        let said: Value = serde_json::from_str(&checked.text).unwrap();
        assert_eq!(said["version"], "Not a version such as v26.0.");
        assert!(said.get("app_id").is_none());
        assert_eq!(channel(world, Environment::Published).await.revision, 1);

        let cut = [("access_token", "EAAG cut-canary"), ("app_secret", "")];
        let page = browser.fill(&path.replace("/account", "/credentials"), &cut).await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains("copy it again, whole") && !page.text.contains("cut-canary"), "{}", page.text);
    }

    two_people_at_one_section_see_both_versions(world) {
        let (first, second) = (owner(world).await, owner(world).await);
        let path = format!("{}/connection/account", base(world, "published"));
        let of = |revision: &'static str, version: &'static str| {
            [("revision", revision), ("account", "6281100000001"), ("phone_number_id", NUMBER), ("waba_id", WABA), ("version", version)]
        };
        let base_url = world.graph.url.clone();
        let with_base = |pairs: [(&'static str, &'static str); 5]| {
            [pairs.as_slice(), &[("base_url", base_url.as_str())]].concat()
        };
        // A secret saved in another section is no conflict.
        done(&second, &path.replace("/account", "/credentials"), &[("revision", "1"), ("app_secret", NEW_SECRET)], "Saved.").await;
        done(&first, &path, &with_base(of("1", "v25.0")), "Saved.").await;
        let page = second.fill(&path, &with_base(of("1", "v24.0"))).await;
        assert_eq!(page.status, 409);
        for said in ["Rina owner saved this section", ">v25.0<", ">v24.0<"] {
            assert!(page.text.contains(said), "{said}\n{}", page.text);
        }
        assert_eq!(channel(world, Environment::Published).await.settings["version"], "v25.0");
        let revision: &'static str = page.input("revision").to_owned().leak();
        done(&second, &path, &with_base(of(revision, "v24.0")), "Saved.").await;
        assert_eq!(channel(world, Environment::Published).await.settings["version"], "v24.0");

        let page = first.post(&path.replace("/account", "/credentials"), "revision=1&app_secret=00000000000000000000000000000000").await;
        assert_eq!(page.status, 409);
        assert!(page.text.contains("•••• 3210") && page.text.contains("•••• 0000"), "{}", page.text);
    }

    changing_the_account_of_a_live_channel_is_asked_first(world) {
        let (browser, path) = (owner(world).await, format!("{}/connection/account", base(world, "published")));
        let changed = [("account", "6281100000077"), ("phone_number_id", NUMBER), ("waba_id", WABA)];
        let page = browser.fill(&path, &changed).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Change the account of a channel in use"), "{}", page.text);
        assert_eq!(channel(world, Environment::Published).await.revision, 1);
        let confirmed = [changed.as_slice(), &[("confirmed", "yes"), ("revision", page.input("revision"))]].concat();
        done(&browser, &path, &confirmed, "Saved.").await;
        let account = channel(world, Environment::Published).await.account.unwrap();
        assert_eq!(account.as_str(), "6281100000077");
    }

    a_draft_from_published_takes_how_sessions_end_and_neither_number_nor_secrets(world) {
        let session = warta_core::session::Settings { grace_minutes: 7, ..Default::default() };
        world.change(ChannelChange { session: Some(session.clone()), ..ChannelChange::default() }).await;
        with_draft(world).await;
        let (browser, base) = (owner(world).await, base(world, "draft"));
        done(&browser, &format!("{base}/connection/start"), &[("from", "published")], "Set up.").await;
        let draft = channel(world, Environment::Draft).await;
        assert_eq!((&draft.session, draft.account.as_ref()), (&session, None));
        assert_eq!(draft.settings.get("phone_number_id"), None);
        assert!(SecretKind::ALL.iter().filter(|kind| kind.moves()).all(|kind| draft.secrets(*kind, world.app.now()).next().is_none()));
    }

    an_account_in_use_names_its_owner_to_its_own_people_only(world) {
        with_draft(world).await;
        let (browser, base) = (owner(world).await, base(world, "draft"));
        done(&browser, &format!("{base}/connection/start"), &[], "Set up.").await;
        let path = format!("{base}/connection/account");
        let page = done(&browser, &path, &[("account", "6281100000001")], "in use by Ferry, Published").await;
        assert!(page.text.contains("not go live"), "{}", page.text);
        let checked = browser.post(&path.replace("/account", "/check"), "account=6281100000001").await;
        assert!(checked.text.contains("in use by Ferry, Published"), "{}", checked.text);

        let (store, stranger) = (&world.app.store, OrganizationId::from_uuid(world.app.minter.uuid(world.app.now())));
        let agent = AgentId::from_uuid(world.app.minter.uuid(world.app.now()));
        store.create_organization(stranger, "Other", world.app.now()).await.unwrap();
        let rival = NewAgent { id: agent, name: "Rival".to_owned(), language: "en".to_owned() };
        store.create_agent(Scope::new(stranger), rival, &world.entry()).await.unwrap();
        let person = people::person(&world.app, stranger, OrganizationRole::Owner).await;
        let other = Browser::signed_in(world, person).await;
        let base = format!("/agents/{agent}/whatsapp/published");
        done(&other, &format!("{base}/connection/start"), &[], "Set up.").await;
        let page = done(&other, &format!("{base}/connection/account"), &[("account", "6281100000001")], "in use by another channel").await;
        assert!(!page.text.contains("Ferry"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_pasted_block_fills_the_boxes_and_saves_nothing() {
    let world = World::new().await;
    with_draft(&world).await;
    let (browser, base) = (owner(&world).await, base(&world, "draft"));
    done(&browser, &format!("{base}/connection/start"), &[], "Set up.").await;
    let block = "account: 6281100000005\nphone_number_id: 700111222333444\nwaba_id: 900100200300400\n\
        app_secret: fedcba9876543210fedcba9876543210\naccess_token: EAAG-second-canary-token-19bc\n";
    let page = browser.fill(&format!("{base}/connection/paste"), &[("secret_block", block)]).await;
    assert_eq!(page.status, 200);
    assert!(typed(&page, "account") == "6281100000005" && typed(&page, "waba_id") == "900100200300400");
    assert!(
        page.text.contains("not saved yet")
            && !page.text.contains(NEW_TOKEN)
            && !page.text.contains(NEW_SECRET)
    );
    assert_eq!(channel(&world, Environment::Draft).await.revision, 1);
    let nothing = browser.post(&format!("{base}/connection/paste"), "block=hello").await;
    assert!(nothing.text.contains("No id was found"), "{}", nothing.text);
}

#[tokio::test]
async fn a_secret_is_never_shown_and_a_viewer_changes_nothing() {
    let world = World::new().await;
    let base = base(&world, "published");
    let person = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    let (app, scope) = (&world.app, world.scope());
    app.store
        .put_agent_member(scope, (world.agent_id, person), AgentRole::Viewer, &world.entry())
        .await
        .unwrap();
    let (viewer, owner) = (Browser::signed_in(&world, person).await, owner(&world).await);
    let page = viewer.get(&format!("{base}/connection")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("77aa") && page.text.contains("disabled"), "{}", page.text);
    for action in
        ["account", "credentials", "paste", "check", "token", "webhook", "delete", "restore", "start"]
    {
        let refused = viewer.post(&format!("{base}/connection/{action}"), "account=6281100000099").await;
        assert_eq!(refused.status, 403, "{action}");
    }
    for path in [format!("{base}/live"), format!("{base}/pause")] {
        assert_eq!(viewer.post(&path, "").await.status, 403, "{path}");
    }
    assert_eq!(channel(&world, Environment::Published).await.revision, 1);
    let whole = owner.get(&format!("{base}/connection")).await;
    for secret in [ACCESS_TOKEN, APP_SECRET] {
        assert!(!page.text.contains(secret) && !whole.text.contains(secret));
    }
    assert!(
        whole.text.contains(VERIFY_TOKEN) && !page.text.contains(VERIFY_TOKEN),
        "who hands it on sees it"
    );
    let stranger = Browser::stranger(&world, "en").post(&format!("{base}/pause"), "").await;
    assert_ne!(stranger.status, 200);
    assert_eq!(channel(&world, Environment::Published).await.state, State::Live);
}

#[tokio::test]
async fn a_webhook_secret_is_regenerated_with_an_overlap_and_the_last_one_stays() {
    let world = World::new().await;
    let (browser, base) = (owner(&world).await, base(&world, "published"));
    let rows = async || world.app.store.secret_rows(world.scope(), world.channel).await.unwrap();
    let old = rows().await.into_iter().find(|row| row.kind == SecretKind::WebhookSecret).unwrap();
    let retire = |row: uuid::Uuid| format!("{base}/connection/secrets/{row}/retire");
    let refused = browser.post(&retire(old.row), "").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("only one that is valid"), "{}", refused.text);

    let asked = browser.get(&format!("{base}/connection/webhook")).await;
    assert!(asked.text.contains("for 24 hours"), "{}", asked.text);
    world.pass(1.0);
    let page =
        done(&browser, &format!("{base}/connection/webhook"), &[("overlap", "24")], "new webhook secret")
            .await;
    assert!(
        page.text.contains(VERIFY_TOKEN) && page.text.contains("valid until <time datetime=\"2026-11-23"),
        "{}",
        page.text
    );
    done(&browser, &retire(old.row), &[], "not accepted any more").await;
    let page = browser.get(&format!("{base}/connection")).await;
    assert!(!page.text.contains(VERIFY_TOKEN), "{}", page.text);
    assert_eq!(browser.post(&retire(world.app.minter.uuid(world.app.now())), "").await.status, 404);
}

#[tokio::test]
async fn a_channel_is_deleted_by_its_name_and_comes_back() {
    let world = World::new().await;
    let (browser, base) = (owner(&world).await, base(&world, "published"));
    let delete = format!("{base}/connection/delete");
    let page = browser.post(&delete, "word=ferry").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("Nothing was deleted"), "{}", page.text);
    done(&browser, &delete, &[("word", "6281100000001")], "Deleted in the last 30 days").await;
    let id: ChannelId = world.channel;
    assert!(world.app.store.channel(id).await.unwrap().is_none());
    done(
        &browser,
        &format!("{base}/connection/restore"),
        &[("channel", &id.to_string())],
        "The channel is back",
    )
    .await;
    let back = world.app.store.channel(id).await.unwrap().unwrap();
    assert_eq!(back.state, State::Saved);
    assert!(back.secrets(SecretKind::AccessToken, world.app.now()).next().is_some());
}

#[tokio::test]
async fn every_page_speaks_indonesian() {
    let world = World::new().await;
    let browser = owner(&world).await.asking("id");
    let base = base(&world, "published");
    for (page, said) in [
        ("connection", "Zona bahaya"),
        ("connection/webhook", "Buat ulang rahasia webhook"),
        ("connection/delete", "Hapus kanal ini"),
    ] {
        let page = browser.get(&format!("{base}/{page}")).await;
        assert!(page.text.contains(said) && page.text.contains("lang=\"id\""), "{}", page.text);
    }
    let checked = browser.post(&format!("{base}/connection/check"), "phone_number_id=x").await;
    assert!(checked.text.contains("ID ini hanya angka"), "{}", checked.text);
}

#[tokio::test]
async fn an_environment_that_is_none_is_not_found() {
    let world = World::new().await;
    let browser = owner(&world).await;
    assert_eq!(browser.get(&base(&world, "staging/connection")).await.status, 404);
    let unset = base(&world, "draft");
    assert_eq!(browser.post(&format!("{unset}/connection/account"), "").await.status, 404);
}
