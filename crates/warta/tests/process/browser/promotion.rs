//! Draft goes over Published, by the keyboard alone: compared, confirmed, done.

use thirtyfour::Key;

use super::chromium::Chromium;
use super::page::{Page, WIDE};
use crate::support::{Http, Program, Ready};

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_promotes_draft() {
    if std::env::var_os("WARTA_TEST_SKIP_BROWSER").is_some() {
        return;
    }
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let http = Http::new();
    let Some(chromium) = Chromium::start(&http).await else { return };
    let page = Page::of(&chromium, http);
    page.resize(WIDE).await;
    page.driver.goto(&ready.console).await.unwrap();
    let [_, draft, ..] = &ready.channels[..] else { panic!("{:?}", ready.channels) };
    compares(&page).await;
    confirms(&page, &draft.account).await;
    page.see("//*[@role='status']").await;
    page.is_well_wide_and_narrow("what was promoted", "promoted").await;
    page.press("//main//p[@class='crumbs']/a[1]", Key::Enter).await;
    let card = format!("//li[contains(@class, 'published')]//b[.='{}']", draft.account);
    page.see(&card).await;
    chromium.quit().await;
    assert_eq!(program.stop().await.0, Some(0));
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
