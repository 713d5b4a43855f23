//! *Session behaviour* on the channel page, and the page of conversations.

use warta_core::permission::{AgentRole, OrganizationRole};
use warta_core::session::Settings;

use crate::support::{BUDI, Browser, Say, World, people};

fn base(world: &World) -> String {
    format!("/agents/{}/whatsapp/published", world.agent_id)
}

/// The section as it is drawn, with these fields changed.
fn form(changed: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
    let texts = |language: &str| {
        let texts = warta_core::session::Texts::of(language);
        let part = |part: &warta_core::session::Part| {
            (format!("texts.{language}.{part}"), texts.part(*part).to_owned())
        };
        warta_core::session::Part::ALL.iter().map(part).collect::<Vec<_>>()
    };
    let mut fields: Vec<(String, String)> = [
        ("revision", "1"),
        ("ask", "true"),
        ("ask_more_minutes", "15"),
        ("ask_end_minutes", "10"),
        ("grace_minutes", "5"),
        ("agent_counts", "false"),
        ("words.go_on", ""),
        ("words.end", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    fields.extend(texts("en"));
    fields.extend(texts("id"));
    for (name, value) in changed {
        (*value).clone_into(&mut fields.iter_mut().find(|(known, _)| known == name).unwrap().1);
    }
    fields
}

async fn save(
    browser: &Browser,
    world: &World,
    changed: &[(&'static str, &'static str)],
) -> crate::support::Answer {
    let form = form(changed);
    let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.fill(&format!("{}/connection/session", base(world)), &pairs).await
}

async fn saved(world: &World) -> Settings {
    world.app.store.channel(world.channel).await.unwrap().unwrap().session
}

#[tokio::test]
async fn delays_and_texts_are_saved_and_the_line_shows_them() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let page = browser.get(&format!("{}/connection", base(&world))).await;
    for shown in ["15 min", "25 min", "30 min", "24 h", "Meta charges"] {
        assert!(page.text.contains(shown), "{shown}");
    }
    let changed = [
        ("ask_more_minutes", "60"),
        ("texts.id.closing", "Sampai jumpa, {name}!"),
        ("words.end", "cekap, rampung "),
    ];
    assert_eq!(save(&browser, &world, &changed).await.status, 303);
    let settings = saved(&world).await;
    assert_eq!((settings.ask_more_minutes, settings.texts.len()), (60, 1), "what is ours is not kept");
    assert_eq!(settings.texts["id"].closing, "Sampai jumpa, {name}!");
    assert_eq!(settings.words.end, ["cekap", "rampung"]);
    let page = browser.get(&format!("{}/connection?done=session_saved", base(&world))).await;
    assert!(page.text.contains("1 h 15 min") && page.text.contains("from their next step"), "{}", page.text);
    // What nobody changed makes no revision.
    let again = save(&browser, &world, &[&changed[..], &[("revision", "2")]].concat()).await;
    assert!(again.header("location").contains("unchanged"), "{}", again.header("location"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_beside_its_field_and_nothing_is_saved() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let wrong = [
        ("ask_more_minutes", "0", "whole minutes from 1 to 1380"),
        ("grace_minutes", "soon", "whole minutes from 1 to 1380"),
        ("ask_end_minutes", "1380", ""),
        ("texts.en.ask_more", " ", "Write something here"),
        ("texts.en.more_yes", "A title that is too long for it", "takes 20 characters"),
        ("texts.id.closing", "Halo {nama}", "no variable {nama}"),
        ("texts.en.end_no", "Yes, end it", "different titles"),
    ];
    for (name, value, said) in wrong {
        let answer = save(&browser, &world, &[(name, value)]).await;
        if said.is_empty() {
            assert_eq!(answer.status, 303, "{name}");
            world
                .change(warta_store::ChannelChange {
                    session: Some(Settings::default()),
                    ..Default::default()
                })
                .await;
            continue;
        }
        assert_eq!(answer.status, 422, "{name}");
        let (_, fault) = answer.text.split_once(&format!("id=\"{name}-fault\"")).unwrap();
        assert!(fault.split("</p>").next().unwrap().contains(said), "{name}: {said}");
        assert_eq!(saved(&world).await, Settings::default(), "{name}");
    }
    let never = save(&browser, &world, &[("ask_more_minutes", "1380"), ("ask_end_minutes", "120")]).await;
    assert!(never.text.contains("window closes before it"), "{}", never.text);
}

#[tokio::test]
async fn two_people_at_the_section_do_not_overwrite_each_other() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    assert_eq!(save(&browser, &world, &[("grace_minutes", "7")]).await.status, 303);
    let late = save(&browser, &world, &[("grace_minutes", "9")]).await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert_eq!(saved(&world).await.grace_minutes, 7);
}

#[tokio::test]
async fn sessions_in_progress_are_listed_with_their_next_step_and_can_be_ended() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let list = format!("{}/conversations", base(&world));
    assert!(browser.get(&list).await.text.contains("No session is in progress"));
    world.agent.script([Say::reply("Hello")]);
    world.write(BUDI, "Halo").await;
    world.run().await;
    let page = browser.get(&list).await;
    assert!(page.text.contains("Anything else?") && page.text.contains("End now"), "{}", page.text);
    let conversation = world.outbound().await[0].conversation;
    let one = format!("{list}/{conversation}");
    assert_eq!(browser.post(&format!("{one}/end"), "").await.status, 303);
    world.run().await;
    assert!(browser.get(&list).await.text.contains("No session is in progress"));
    let history = browser.get(&one).await;
    assert!(history.text.contains("ended by hand or by the API"), "{}", history.text);
    assert_eq!(world.agent.sessions().last().unwrap(), "session.ended  operator");
    // Who may only look sees neither the page nor the button.
    let viewer = people::person(&world.app, world.organization, OrganizationRole::Member).await;
    world
        .app
        .store
        .put_agent_member(world.scope(), (world.agent_id, viewer), AgentRole::Viewer, &world.entry())
        .await
        .unwrap();
    let viewer = Browser::signed_in(&world, viewer).await;
    assert_eq!(viewer.get(&list).await.status, 403);
    assert_eq!(viewer.post(&format!("{one}/end"), "").await.status, 403);
}
