//! Somebody comes in by an invitation, and may do what their role says from then on.

use super::page::Page;
use super::stage::Stage;

/// What changes something: a form that is posted.
const CHANGES: &str = "//main//form[@method='post']//button[not(@type='button')]";

#[tokio::test(flavor = "multi_thread")]
async fn who_was_invited_loses_the_buttons_with_the_role() {
    let Some(stage) = Stage::open().await else { return };
    let (page, ready) = (&stage.page, &stage.ready);
    page.driver.goto(&ready.console).await.unwrap();
    let link = invites(page).await;
    let owner = page.leaves().await;
    joins(page, &link).await;
    let origin = ready.console.split("/enter").next().unwrap();
    let agent = format!("{origin}/agents/{}", ready.agents[0].id);
    let places = ["", "/whatsapp/published", "/whatsapp/published/connection", "/whatsapp/published/handoff"];
    for place in places {
        page.driver.goto(format!("{agent}{place}")).await.unwrap();
        page.see(CHANGES).await;
    }
    let siti = page.leaves().await;
    page.comes_back(&owner).await;
    makes_a_viewer(page, &agent).await;
    page.leaves().await;
    page.comes_back(&siti).await;
    for place in places {
        page.driver.goto(format!("{agent}{place}")).await.unwrap();
        page.see("//main//h1").await;
        assert!(page.find(CHANGES).await.is_none(), "a viewer changes nothing on {agent}{place}");
    }
    page.is_well_wide_and_narrow("a channel as a viewer sees it", "viewer").await;
    stage.close().await;
}

/// Invites Siti to contribute to the first agent; gives the link.
async fn invites(page: &Page) -> String {
    page.tap("//header//a[@href='/organization']").await;
    page.see("//input[@name='email']").await.send_keys("siti@example.com").await.unwrap();
    page.tap("//select[@name='agent']/option[contains(., 'Kopi Nusa')]").await;
    page.tap("//select[@name='agent_role']/option[@value='contributor']").await;
    page.is_well_wide_and_narrow("the people of an organization", "people").await;
    page.tap("//form[@action='/organization/invitations']//button").await;
    let link = page.see("//code[@id='link']").await.text().await.unwrap();
    page.is_well_wide_and_narrow("an invitation", "invited").await;
    link
}

async fn joins(page: &Page, link: &str) {
    page.driver.goto(link).await.unwrap();
    page.see("//input[@name='name']").await.send_keys("Siti").await.unwrap();
    page.is_well_wide_and_narrow("the way in", "join").await;
    page.see("//input[@name='password']").await.send_keys("pisang goreng hangat").await.unwrap();
    page.tap("//main//form//button").await;
    page.see("//main//a[contains(., 'Kopi Nusa')]").await;
    assert!(page.find("//main//a[contains(., 'Batik Sari')]").await.is_none(), "only the agent assigned");
}

async fn makes_a_viewer(page: &Page, agent: &str) {
    page.driver.goto(agent).await.unwrap();
    page.tap("//main//a[contains(@href, '/members')]").await;
    page.is_well_wide_and_narrow("the people of an agent", "seats").await;
    let siti = "//section[@id='assigned']//tr[contains(., 'Siti')]";
    page.tap(&format!("{siti}//option[@value='viewer']")).await;
    page.tap(&format!("{siti}//td[3]//button")).await;
    page.see("//*[@role='status']").await;
}
