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
async fn what_is_typed_is_judged_and_pictured_before_it_is_saved() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let send = async |place: &str, changed: &[(&'static str, &'static str)]| {
        let form = form(changed);
        let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.fill(&format!("{}/connection/session/{place}", base(&world)), &pairs).await
    };
    let changed = [("ask_more_minutes", "60"), ("texts.id.closing", "Sampai jumpa, {name} <b>")];
    assert_eq!(send("check", &changed).await.text, "{}");
    let picture = send("preview", &changed).await.text;
    for shown in ["id=\"session-line\"", "1 h 15 min", "id=\"phone-en\"", "Sampai jumpa, Budi &#60;b&#62;"] {
        assert!(picture.contains(shown), "{shown}: {picture}");
    }
    let wrong = [("ask_more_minutes", "0"), ("texts.en.more_no", "")];
    let faults = send("check", &wrong).await.text;
    assert!(faults.contains("ask_more_minutes") && faults.contains("texts.en.more_no"), "{faults}");
    let picture = send("preview", &wrong).await.text;
    assert!(!picture.contains("session-line") && picture.contains("phone-en"), "{picture}");
    assert_eq!(saved(&world).await, Settings::default());
}

/// What a hidden field of a page holds.
fn tape(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"tape\" value=\"").unwrap_or_else(|| panic!("{page}"));
    let signs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    let value = rest.split('"').next().unwrap().to_owned();
    signs.iter().fold(value, |value, (escaped, sign)| value.replace(escaped, sign))
}

/// The page after this was done on it, and this many milliseconds of the world's clock had passed.
async fn act(browser: &Browser, world: &World, page: &str, wait: u64, pairs: &[(&str, &str)]) -> String {
    world.clock.advance(std::time::Duration::from_millis(wait));
    let tape = tape(page);
    let pairs = [&[("tape", tape.as_str())], pairs].concat();
    let answer = browser.fill(&format!("{}/connection/session/play", base(world)), &pairs).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

/// Every row there is, but for when the person was last here.
async fn rows(world: &World) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut rows = warta_store::testing::rows(&world.app.store).await;
    rows.remove("sign_in").unwrap();
    rows
}

#[tokio::test]
async fn a_rehearsal_goes_by_its_own_clock_and_touches_no_row() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let play = format!("{}/connection/session/play", base(&world));
    let before = rows(&world).await;
    // With what stands in the form, which nobody has saved.
    let form = form(&[("ask_more_minutes", "20"), ("texts.en.ask_more", "Still there, {name}?")]);
    let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.fill(&play, &pairs).await.text;
    assert!(page.contains("A session starts") && page.contains("0:20:00"), "{page}");
    // ×60: a second is a minute.
    let page = act(&browser, &world, &page, 19_000, &[("language", "en")]).await;
    assert!(!page.contains("Still there, Budi") && page.contains("0:19:00"), "{page}");
    let page = act(&browser, &world, &page, 1_000, &[("speed", "0")]).await;
    assert!(page.contains("Still there, Budi?"), "{page}");
    // Time stands still now.
    let page = act(&browser, &world, &page, 3_600_000, &[]).await;
    assert!(page.contains("0:20:00") && !page.contains("Shall we end this chat?</p>"), "{page}");
    let page = act(&browser, &world, &page, 0, &[("act", "skip")]).await;
    assert!(page.contains("Shall we end this chat?</p>") && page.contains("0:30:00"), "{page}");
    let id = page.split("name=\"tap\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = act(&browser, &world, &page, 0, &[("tap", &id)]).await;
    assert!(page.contains("The session ends: the user said so"), "{page}");
    assert!(page.contains("Thank you for writing to"), "{page}");
    assert!(page.contains("Nothing more happens until the user writes"), "{page}");
    let page = act(&browser, &world, &page, 0, &[("act", "say"), ("text", "<i>Halo</i> lagi")]).await;
    assert_eq!(page.matches("A session starts").count(), 2, "{page}");
    assert!(page.contains("&#60;i&#62;Halo"), "{page}");
    let page = act(&browser, &world, &page, 0, &[("act", "again"), ("language", "id")]).await;
    assert_eq!(page.matches("A session starts").count(), 1, "{page}");
    assert_eq!(rows(&world).await, before);
    // A tape that nobody could have made is no tape: it starts anew with what is saved.
    let answer = browser.fill(&play, &[("tape", "{\"settings\":{\"ask_more_minutes\":0}}")]).await;
    assert!(answer.status == 200 && answer.text.contains("0:15:00"), "{}", answer.text);
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

#[tokio::test]
async fn a_session_that_cannot_be_read_is_named_and_stops_no_other() {
    let world = World::new().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    world.agent.script([Say::reply("Hello"), Say::reply("Hello")]);
    for user in [BUDI, "6281200000002"] {
        world.write(user, "Halo").await;
        world.run().await;
    }
    let damaged = world.outbound().await[0].conversation;
    warta_store::testing::damage_session(&world.app.store, damaged).await;
    let page = browser.get(&format!("{}/conversations", base(&world))).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("conversation.session {damaged}")), "{}", page.text);
    assert_eq!(page.text.matches("Anything else?").count(), 1, "{}", page.text);
    world.pass(15.0 * 60.0);
    world.run().await;
    let outbound = world.outbound().await;
    let asked = outbound.iter().filter(|message| message.content.kind() == "buttons");
    assert_eq!(asked.map(|message| message.conversation != damaged).collect::<Vec<_>>(), [true]);
}
