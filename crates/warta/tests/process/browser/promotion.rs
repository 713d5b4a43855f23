//! Draft goes over Published, by the keyboard alone: compared, confirmed, done.

use thirtyfour::Key;

use super::page::Page;
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_promotes_draft() {
    let Some(stage) = Stage::open().await else { return };
    let (page, ready) = (&stage.page, &stage.ready);
    page.driver.goto(&ready.console).await.unwrap();
    let [_, draft, ..] = &ready.channels[..] else { panic!("{:?}", ready.channels) };
    compares(page).await;
    confirms(page, &draft.account).await;
    page.see("//*[@role='status']").await;
    page.is_well_wide_and_narrow("what was promoted", "promoted").await;
    page.press("//main//p[@class='crumbs']/a[1]", Key::Enter).await;
    let card = format!("//li[contains(@class, 'published')]//b[.='{}']", draft.account);
    page.see(&card).await;
    stage.close().await;
}

async fn compares(page: &Page) {
    page.press("//main//a[contains(., 'Kopi Nusa')]", Key::Enter).await;
    page.press("//main//a[contains(@href, '/whatsapp/draft')]", Key::Enter).await;
    page.press("//main//a[contains(@href, '/whatsapp/compare')]", Key::Enter).await;
    page.see("//input[@name='take']").await;
    page.is_well_wide_and_narrow("Draft against Published", "compare").await;
    for part in ["account", "credentials"] {
        let choice = format!("//input[@name='take'][@value='{part}']");
        page.press(&choice, Key::Space).await;
        assert!(page.see(&choice).await.is_selected().await.unwrap(), "Space ticks {part}");
    }
    page.press("//main//form//button", Key::Enter).await;
}

async fn confirms(page: &Page, account: &str) {
    page.see(&format!("//ul[contains(@class, 'follows')]//li[contains(., '{account}')]")).await;
    page.is_well_wide_and_narrow("the confirmation of a promotion", "promote").await;
    page.press("//main//form[@method='post']//button[@class='primary']", Key::Enter).await;
}
