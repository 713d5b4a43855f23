//! The sheet for the provider's team: opened by its link without an account, ticked there, seen inside.

use serde_json::json;

use super::page::Page;
use super::stage::Stage;

/// What the clipboard holds.
const CLIPBOARD: &str = "
    const done = arguments[arguments.length - 1];
    navigator.clipboard.readText().then(done, (error) => done(`${error}`));";

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_team_ticks_and_the_progress_shows_inside() {
    let Some(stage) = Stage::open().await else { return };
    let (page, ready) = (&stage.page, &stage.ready);
    page.driver.goto(&ready.console).await.unwrap();
    let origin = ready.console.split("/enter").next().unwrap();
    let inside = format!("{origin}/agents/{}/whatsapp/published/handoff", ready.agents[0].id);
    page.driver.goto(&inside).await.unwrap();
    page.tap("//section[@id='links']//button[@class='primary']").await;
    let link = page.see("//ul[@class='links']//code").await.text().await.unwrap();
    page.is_well_wide_and_narrow("the hand-off inside", "handoff-inside").await;
    let owner = page.leaves().await;
    page.driver.goto(&link).await.unwrap();
    ticks(page).await;
    copies_and_prints(page, origin, &ready.channels[0].verify_token).await;
    page.comes_back(&owner).await;
    page.driver.goto(&inside).await.unwrap();
    page.see("//*[@id='tick-count'][contains(., '2 of ')]").await;
    page.see("//ul[@class='links']//li[contains(., '2 of ')]").await;
    stage.close().await;
}

/// Ticks two steps and takes nothing away; each is saved without a button.
async fn ticks(page: &Page) {
    page.see("//*[@id='tick-count'][contains(., '0 of ')]").await;
    page.is_well_wide_and_narrow("the hand-off outside", "handoff-outside").await;
    for (step, count) in [("app", "1 of "), ("callback", "2 of ")] {
        page.tap(&format!("//li[@id='step-{step}']//input[@type='checkbox']")).await;
        page.see(&format!("//*[@id='tick-count'][contains(., '{count}')]")).await;
    }
    page.see("//*[@id='saved']").await;
    page.driver.refresh().await.unwrap();
    for (step, ticked) in [("app", true), ("callback", true), ("fields", false)] {
        let tick = page.see(&format!("//li[@id='step-{step}']//input[@type='checkbox']")).await;
        assert_eq!(tick.is_selected().await.unwrap(), ticked, "{step}");
    }
}

async fn copies_and_prints(page: &Page, origin: &str, verify_token: &str) {
    let may = json!({ "origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    page.order("Browser.grantPermissions", may).await;
    page.tap("//button[@data-copy='sheet-text']").await;
    page.see("//button[@data-copy='sheet-text'][contains(., 'Copied')]").await;
    let copied = page.driver.execute_async(CLIPBOARD, Vec::new()).await.unwrap();
    let copied: String = copied.convert().unwrap();
    assert!(copied.contains(verify_token) && copied.contains("/hooks/"), "{copied}");
    page.driver.execute("window.print = () => { window.printed = true }", Vec::new()).await.unwrap();
    page.tap("//button[@data-print]").await;
    let printed = page.driver.execute("return window.printed === true", Vec::new()).await.unwrap();
    assert!(printed.convert::<bool>().unwrap(), "the button prints");
    page.order("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    assert!(page.find("//button[@data-print]").await.is_none(), "no buttons on paper");
    page.see("//section[@aria-labelledby='sheet-steps']").await;
    page.order("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
}
