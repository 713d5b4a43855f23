//! The connection page of a Qontak channel: a choice is chosen, and a password goes in as a person chose it.

use warta_core::channel::{Protocol, SecretKind};
use warta_core::permission::OrganizationRole;

use crate::qontak_keys::signing;
use crate::support::{Browser, Pair};

#[tokio::test]
async fn how_calls_are_proven_is_chosen_from_a_list() {
    let (world, _) = signing().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let page = browser.get(&format!("/agents/{}/whatsapp/draft/connection", world.agent_id)).await;
    page.has(
        200,
        &[
            "<select name=\"authentication\"",
            "<option value=\"\">Access token</option>",
            "<option value=\"mekari_hmac\" selected>",
        ],
    );
    assert!(!page.text.contains("<input type=\"text\" name=\"authentication\""), "{}", page.text);
}

#[tokio::test]
async fn a_password_may_be_short_and_have_blanks_inside() {
    let (world, channel) = signing().await;
    let browser = Browser::of(&world, OrganizationRole::Owner).await;
    let path = format!("/agents/{}/whatsapp/draft/connection/credentials", world.agent_id);
    let refused = browser.fill(&path, &[("client_secret", "two words of it")]).await;
    refused.has(422, &["Too short, or with blanks"]);
    let answer = browser.fill(&path, &[("password", "a b c")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let channel = world.app.store.channel(channel.id).await.unwrap().unwrap();
    let kept = channel.secrets(SecretKind::Password, world.app.now()).next().unwrap();
    assert_eq!(kept.expose(), "a b c");
}

#[tokio::test]
async fn an_endpoint_is_looked_at_again_when_it_is_registered() {
    let pair = Pair::unconnected(Protocol::Qontak).await;
    let browser = Browser::of(&pair.world, OrganizationRole::Owner).await;
    let base = format!("/agents/{}/whatsapp/draft", pair.world.agent_id);
    assert_eq!(browser.fill(&format!("{base}/checkup"), &[]).await.status, 303);
    let broken = browser.get(&format!("{base}/connection")).await;
    broken.has(200, &["Needs attention", "Endpoint registration"]);
    let path = format!("{base}/connection/registration");
    assert_eq!(browser.fill(&path, &[("act", "register")]).await.status, 303);
    let mended = browser.get(&format!("{base}/connection")).await;
    assert!(!mended.text.contains("Needs attention"), "{}", mended.text);
}
