//! Agents: made, shown, tested, changed and deleted through their pages.

use serde_json::json;
use standardwebhooks::Webhook;
use warta_core::channel::{Environment, State};
use warta_core::ids::AgentId;
use warta_core::message::Direction;
use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::secret::Secret;
use warta_store::{Agent, AuditFilter, ChannelChange};

use crate::support::stand::Call;
use crate::support::world::AGENT_SECRET;
use crate::support::{Browser, Say, World, on_both, people};

/// The path of a page of the world's agent.
fn at(world: &World, path: &str) -> String {
    format!("/agents/{}{path}", world.agent_id)
}

/// Of somebody who may only look at the agent.
async fn viewer(world: &World) -> Browser {
    let viewer = Browser::of(world, OrganizationRole::Member).await;
    let (place, entry) = ((world.agent_id, viewer.person()), people::entry(&world.app));
    world.app.store.put_agent_member(world.scope(), place, AgentRole::Viewer, &entry).await.unwrap();
    viewer
}

async fn agents(world: &World) -> Vec<Agent> {
    world.app.store.agents(world.scope()).await.unwrap()
}

async fn secret_of(world: &World, agent: AgentId, environment: Environment) -> String {
    let found = world.app.store.deployment(world.scope(), agent, environment).await.unwrap();
    found.unwrap().secret.expose().to_owned()
}

async fn draft_channel(world: &World) -> Option<State> {
    let (scope, agent) = (world.scope(), world.agent_id);
    let channel = world.app.store.channel_of(scope, agent, Environment::Draft).await.unwrap();
    channel.map(|channel| channel.state)
}

/// Whether the official library finds a call signed with this secret. It is not asked to compare with the clock.
fn is_signed(call: &Call, secret: &str) -> bool {
    let seconds = call.header("webhook-timestamp").parse().unwrap();
    let wanted = Webhook::new(secret).unwrap().sign(call.header("webhook-id"), seconds, call.raw.as_bytes());
    call.header("webhook-signature") == wanted.unwrap()
}

on_both! {
    an_agent_is_made_and_its_secret_is_shown_once(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        browser.get("/agents/new").await.has(200, &["New agent", r#"name="published_url""#]);
        let url = world.agent.url.as_str();
        let typed = [("name", " Kopi Nusa "), ("language", "id"), ("published_url", url)];
        let page = browser.fill("/agents/new", &typed).await;
        let made = agents(world).await.pop().unwrap();
        assert_eq!((made.name.as_str(), made.language.as_str()), ("Kopi Nusa", "id"));
        let secret = secret_of(world, made.id, Environment::Published).await;
        page.has(200, &[&secret, "Kopi Nusa", "data-copy=\"secret\""]);
        assert_eq!(page.header("cache-control"), "no-store");

        let page = browser.get(&format!("/agents/{}", made.id)).await;
        page.has(200, &["Kopi Nusa", "Indonesian", url, &format!("ends in {}", Secret::new(&secret).last_four())]);
        assert!(!page.text.contains(&secret));
        browser.fill("/agents/new", &typed).await.has(422, &["has this name already"]);
        assert_eq!(agents(world).await.len(), 2, "reloading makes no second one");
    }

    what_is_typed_wrongly_is_kept_and_explained(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let page = browser
            .fill("/agents/new", &[
                ("name", ""),
                ("language", "xx"),
                ("published_url", "http://agent.example.com/<b>"),
                ("published_secret", "hunter2"),
            ])
            .await;
        page.has(422, &[
            "<title>Fault: ",
            "Give the agent a name.",
            "Choose one of the languages.",
            "Use https://.",
            "A signing secret is whsec_",
            "http://agent.example.com/&#60;b&#62;",
        ]);
        assert!(!page.text.contains("hunter2"));
        assert_eq!(page.text.matches("autofocus").count(), 1);
        assert_eq!(agents(world).await.len(), 1);
    }

    a_test_sends_a_signed_sample_and_shows_the_answer(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        world.agent.script([Say::reply("Halo <i>uji</i>")]);
        let test = at(world, "/deployments/published/test");
        let page = browser.fill(&test, &[]).await;
        assert_eq!(page.location(), at(world, "?done=tested#published"));
        browser.get(&at(world, "?done=tested")).await.has(200, &[
            "The agent answered.",
            "Halo &#60;i&#62;uji&#60;/i&#62;",
            "<dd class=\"mono\">200</dd>",
        ]);
        let call = world.agent.calls().pop().unwrap();
        assert_eq!(call.body["type"], "message.received");
        assert_eq!(call.body["synthetic"], true);
        assert_eq!(call.body["channel"]["id"], json!(world.channel));
        assert!(is_signed(&call, AGENT_SECRET));
        let messages = world.messages(Direction::Inbound).await;
        assert!(messages.is_empty() && world.outbound().await.is_empty(), "nobody is written to");
    }

    each_fault_of_an_agent_is_told_with_what_to_do(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let test = at(world, "/deployments/published/test");
        for (say, words, advice) in [
            (Say::Json(401, json!({})), "The agent answered 401", "accept the signature"),
            (Say::Json(404, json!({})), "The agent answered 404", "Nothing takes events"),
            (Say::Json(503, json!({})), "The agent answered 503", "Its own log"),
            (Say::Text(302, Some(("location", "/x")), String::new()), "The agent answered 302", "not followed"),
            (Say::Text(200, None, "OK".to_owned()), "not in the form", "is not JSON"),
            (Say::Json(200, json!({"replies": [{"type": "hologram"}]})), "cannot be sent", "/replies/0/type"),
            (Say::Json(204, json!(null)), "said nothing", "later through the API"),
            (Say::Cut, "The connection broke", "ended it"),
        ] {
            world.agent.script([say]);
            assert_eq!(browser.fill(&test, &[]).await.status, 303);
            browser.get(&at(world, "")).await.has(200, &[words, advice]);
        }
    }

    what_is_only_typed_is_tested_without_being_saved(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let other = format!("{}/other", world.agent.url);
        let own = warta_protocol::agent::sign::generate_secret([9; 32]);
        let typed = [("published_url", other.as_str()), ("published_secret", own.expose())];
        let page = browser.fill(&at(world, "/deployments/published/test"), &typed).await;
        page.has(200, &["Test of what you typed", "said nothing", &format!("value=\"{other}\"")]);
        assert!(!page.text.contains(own.expose()));
        let call = world.agent.calls().pop().unwrap();
        assert_eq!(call.path, "/other");
        assert!(is_signed(&call, own.expose()));
        browser.get(&at(world, "")).await.has(200, &["Not tested yet."]);
        let typed = [("published_url", "http://10.0.0.1/")];
        let page = browser.fill(&at(world, "/deployments/published/test"), &typed).await;
        page.has(422, &["Use https://."]);
        assert_eq!(world.agent.calls().len(), 1, "a wrong address is not called");
    }

    a_secret_is_regenerated_once(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let path = at(world, "/deployments/published/secret");
        let ask = browser.get(&path).await;
        ask.has(200, &["The secret that ends in LaSw stops signing"]);
        let text = ask.text;
        let version = text.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        world.pass(1.0);
        let page = browser.fill(&path, &[("version", version)]).await;
        let secret = secret_of(world, world.agent_id, Environment::Published).await;
        assert_ne!(secret, AGENT_SECRET);
        page.has(200, &[&secret]);
        let again = browser.fill(&path, &[("version", version)]).await;
        assert_eq!(again.location(), at(world, "?done=secret-stays#published"));
        assert_eq!(secret_of(world, world.agent_id, Environment::Published).await, secret);

        world.write("6281255501234", "Halo").await;
        world.run().await;
        let call = world.agent.calls().pop().unwrap();
        assert!(is_signed(&call, &secret), "it signs at once");
    }

    a_draft_deployment_comes_and_goes(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        browser.get(&at(world, "")).await.has(200, &["Add the draft deployment", "First add a draft deployment"]);
        let (url, save) = (format!("{}/draft", world.agent.url), at(world, "/deployments/draft"));
        let page = browser.fill(&save, &[("draft_url", &url)]).await;
        let secret = secret_of(world, world.agent_id, Environment::Draft).await;
        page.has(200, &[&secret]);
        let moved = format!("{url}/2");
        let page = browser.fill(&save, &[("draft_url", &moved)]).await;
        assert_eq!(page.location(), at(world, "?done=deployment#draft"));
        assert_eq!(secret_of(world, world.agent_id, Environment::Draft).await, secret, "it stays");
        let remove = at(world, "/deployments/draft/remove");
        let page = browser.get(&remove).await;
        page.has(200, &[&moved]);
        assert!(!page.text.contains("What happens to the Draft channel?"));
        assert_eq!(browser.fill(&remove, &[]).await.location(), at(world, "?done=removed"));
        assert_eq!(browser.get(&remove).await.status, 404);
        assert_eq!(browser.fill(&at(world, "/deployments/published/remove"), &[]).await.status, 404);
    }

    removing_the_draft_deployment_asks_what_happens_to_its_channel(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let remove = at(world, "/deployments/draft/remove");
        world.add_draft("106540352242923", "0123456789abcdef0123456789abcdef").await;
        browser.get(&remove).await.has(200, &["What happens to the Draft channel?", "6281100000002", "Live"]);
        browser.fill(&remove, &[]).await.has(422, &["Choose what happens", "autofocus"]);
        assert_eq!(draft_channel(world).await, Some(State::Live));
        assert_eq!(browser.fill(&remove, &[("channel", "pause")]).await.status, 303);
        assert_eq!(draft_channel(world).await, Some(State::Paused));
        browser.fill(&at(world, "/deployments/draft"), &[("draft_url", &world.agent.url)]).await;
        assert_eq!(browser.fill(&remove, &[("channel", "delete")]).await.status, 303);
        assert_eq!(draft_channel(world).await, None);
    }

    a_picture_is_kept_when_it_is_one(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let path = at(world, "/avatar");
        browser.get(&at(world, "")).await.has(200, &["<svg class=\"avatar", ">F</text>"]);
        assert_eq!(browser.get(&path).await.status, 404);
        browser.upload(&path, b"<svg onload=alert(1)>").await.has(422, &["neither PNG nor JPEG nor WebP"]);
        let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
        large.resize(300_000, 0);
        browser.upload(&path, &large).await.has(422, &["larger than 256 KiB"]);
        browser.upload(&path, b"").await.has(422, &["Choose a picture"]);
        let picture = b"\x89PNG\r\n\x1a\n and more";
        assert_eq!(browser.upload(&path, picture).await.location(), at(world, "?done=picture"));
        let page = browser.get(&path).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "image/png"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.body[..], picture[..]);
        browser.get("/").await.has(200, &[&format!("src=\"{path}\"")]);
        assert_eq!(browser.fill(&at(world, "/avatar/remove"), &[]).await.status, 303);
        assert_eq!(browser.get(&path).await.status, 404);
    }

    name_and_language_change(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let typed = [("name", "Feri"), ("language", "id")];
        assert_eq!(browser.fill(&at(world, ""), &typed).await.location(), at(world, "?done=saved"));
        browser.get(&at(world, "?done=saved")).await.has(200, &["Saved.", "Feri", "Indonesian"]);
        let long = "x".repeat(61);
        let page = browser.fill(&at(world, ""), &[("name", &long), ("language", "id")]).await;
        page.has(422, &["at most 60 characters", &long, "<h1>Feri</h1>"]);
    }

    an_agent_is_deleted_by_its_name_once_nothing_is_live(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let path = at(world, "/delete");
        browser.get(&path).await.has(200, &["while a channel is live", "6281100000001", "whatsapp/published"]);
        browser.fill(&path, &[("name", "Ferry")]).await.has(422, &["while a channel is live", "6281100000001"]);
        let paused = ChannelChange { state: Some(State::Paused), ..ChannelChange::default() };
        world.change(paused).await;
        browser.get(&path).await.has(200, &["Type Ferry to confirm"]);
        browser.fill(&path, &[("name", "Rival")]).await.has(422, &["not the agent&#39;s name", "value=\"Rival\""]);
        assert_eq!(agents(world).await.len(), 1);
        assert_eq!(browser.fill(&path, &[("name", "Ferry")]).await.location(), "/?done=agent-deleted");
        assert_eq!(browser.get(&at(world, "")).await.status, 404);
        browser.get("/?done=agent-deleted").await.has(200, &["The agent is deleted.", "No agents yet"]);
    }

    the_overview_begins_with_the_agents(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        let page = browser.get("/").await;
        page.has(200, &[
            &format!("href=\"/agents/{}\"", world.agent_id),
            &at(world, "/whatsapp/published"),
            "Not set up",
            "href=\"/agents/new\"",
        ]);
    }

    the_last_deliveries_stand_with_the_deployment(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        browser.get(&at(world, "")).await.has(200, &["No message lately."]);
        world.write("6281255501234", "Halo").await;
        world.run().await;
        browser.get(&at(world, "")).await.has(200, &["Last message it took"]);
        world.agent.script([Say::Json(500, json!({}))]);
        world.write("6281255501234", "Halo?").await;
        world.run().await;
        browser.get(&at(world, "")).await.has(200, &["Last message it did not take", "the agent answered 500"]);
    }

    each_change_is_written_down_with_secrets_masked(world) {
        let browser = Browser::of(world, OrganizationRole::Owner).await;
        browser.fill(&at(world, ""), &[("name", "Feri"), ("language", "en")]).await;
        browser.fill(&at(world, ""), &[("name", "Feri"), ("language", "en")]).await;
        browser.fill(&at(world, "/deployments/draft"), &[("draft_url", &world.agent.url)]).await;
        let secret = secret_of(world, world.agent_id, Environment::Draft).await;
        browser.fill(&at(world, "/deployments/draft/remove"), &[]).await;
        let filter = AuditFilter { agent: Some(world.agent_id), limit: 100, ..AuditFilter::default() };
        let mut entries = world.app.store.audit(world.scope(), &filter).await.unwrap().entries;
        entries.retain(|entry| entry.by.actor == "Rina owner");
        let told: Vec<String> = entries
            .iter()
            .map(|entry| {
                let fields: Vec<&str> = entry.changes.iter().map(|change| change.field.as_str()).collect();
                format!("{} {}", entry.action, fields.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            ["deployment_removed draft_url", "deployment_changed draft_url draft_secret", "agent_changed name"],
            "newest first; what changes nothing is no change"
        );
        assert!(!format!("{entries:?}").contains(&secret));
    }

    who_may_only_look_gets_no_forms(world) {
        let browser = viewer(world).await;
        let page = browser.get(&at(world, "")).await;
        page.has(200, &["Ferry", &world.agent.url, "ends in"]);
        for hidden in ["<form method=\"post\" action=\"/agents", "Danger zone", "Regenerate", "name=\"published_url\""] {
            assert!(!page.text.contains(hidden), "{hidden}");
        }
        let overview = browser.get("/").await;
        assert!(overview.text.contains("Ferry") && !overview.text.contains("/agents/new"));
        let calls = world.agent.calls().len();
        assert_eq!(browser.fill(&at(world, "/deployments/published/test"), &[]).await.status, 403);
        assert_eq!(browser.upload(&at(world, "/avatar"), b"\x89PNG\r\n\x1a\n").await.status, 403);
        assert_eq!(world.agent.calls().len(), calls);
    }
}
