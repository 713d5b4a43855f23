//! Somebody new sets a channel up: from the demo's console link to an answer on the phone.

use super::chromium::Chromium;
use super::page::{NARROW, Page, WIDE};
use crate::support::{Http, Program, Ready};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_channel_answers_on_the_phone() {
    if std::env::var_os("WARTA_TEST_SKIP_BROWSER").is_some() {
        return;
    }
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let http = Http::new();
    let Some(chromium) = Chromium::start(&http).await else { return };
    let page = Page::of(&chromium, http);
    page.resize(WIDE).await;
    let block = new_test_account(&page, &ready.twins.meta_cloud.url).await;
    enters_the_ids(&page, &ready.console, &block).await;
    goes_live(&page).await;
    answers_on_the_phone(&page).await;
    chromium.quit().await;
    assert_eq!(program.stop().await.0, Some(0));
}

/// The block of ids and secrets that the twin gives out.
async fn new_test_account(page: &Page, twin: &str) -> String {
    let twin = twin.trim_end_matches("/meta");
    page.driver.goto(format!("{twin}/new-account")).await.unwrap();
    page.see("//input[@name='name']").await.send_keys("Batik Sari").await.unwrap();
    page.tap("//button[contains(., 'Issue')]").await;
    page.see("//pre[contains(., 'access_token')]").await.text().await.unwrap()
}

async fn enters_the_ids(page: &Page, console: &str, block: &str) {
    page.driver.goto(console).await.unwrap();
    page.tap("//a[contains(., 'Batik Sari')]").await;
    page.is_well("an agent").await;
    page.tap("//a[contains(@href, '/whatsapp/draft')]").await;
    page.is_well("a channel that is not set up").await;
    page.tap("//button[contains(., 'Start empty')]").await;
    page.see("//textarea[@name='block']").await.send_keys(block).await.unwrap();
    page.tap("//button[contains(., 'Fill the boxes')]").await;
    page.see("//*[contains(., 'Look it over, then save each section')]").await;
    page.tap("//button[contains(., 'Save the account')]").await;
    page.see("//*[@role='status']").await;
    page.is_well("a channel's connection").await;
    page.shoot("connection").await;
    page.resize(NARROW).await;
    page.is_well("a channel's connection on a phone").await;
    page.resize(WIDE).await;
    let line = |name: &str| {
        let found = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_else(|| panic!("the block lacks {name}: {block}")).to_owned()
    };
    for secret in ["access_token", "app_secret"] {
        let field = page.see(&format!("//input[@name='{secret}']")).await;
        field.clear().await.unwrap();
        field.send_keys(line(secret)).await.unwrap();
    }
    page.tap("//button[contains(., 'Save the credentials')]").await;
    page.see("//*[@role='status'][contains(., 'accepts')]").await;
}

async fn goes_live(page: &Page) {
    page.tap("//main//a[contains(., 'Overview')]").await;
    page.tap("//button[contains(., 'Subscribe and lead events here')]").await;
    page.tap("//button[contains(., 'Go live')]").await;
    page.tap("//main//a[contains(., 'Overview')]").await;
    page.tap("//button[contains(., 'Run the loop-back test')]").await;
    page.see("//*[contains(., 'The whole way works')]").await;
    page.is_well("the doctor").await;
    page.shoot("doctor").await;
    page.resize(NARROW).await;
    page.is_well("the doctor on a phone").await;
    page.resize(WIDE).await;
}

async fn answers_on_the_phone(page: &Page) {
    let overview = page.driver.current_url().await.unwrap();
    let phone = page.see("//a[contains(., 'Open the phone')]").await.attr("href").await.unwrap().unwrap();
    page.driver.goto(phone).await.unwrap();
    page.write("Halo").await;
    page.see("//article[@data-from='them'][contains(., 'Batik Sari')]").await;
    page.driver.goto(overview.as_str()).await.unwrap();
    page.shoot("first-message").await;
    page.see("//section[@id='first']//p[contains(., 'Congratulations')]").await;
}
