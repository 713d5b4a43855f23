//! Somebody shapes how sessions end, sees the words on a phone, and plays it before saving.

use super::page::{NARROW, Page, WIDE};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_played_before_it_is_saved() {
    let Some(stage) = Stage::open().await else { return };
    let (page, ready) = (&stage.page, &stage.ready);
    page.driver.goto(&ready.console).await.unwrap();
    page.tap("//a[contains(., 'Kopi Nusa')]").await;
    page.tap("//a[contains(@href, '/whatsapp/published')]").await;
    page.tap("//main//a[contains(., 'Connection')]").await;
    words_are_seen_while_they_are_typed(page).await;
    it_is_played(page).await;
    stage.close().await;
}

async fn words_are_seen_while_they_are_typed(page: &Page) {
    let delay = page.see("//input[@name='ask_more_minutes']").await;
    delay.clear().await.unwrap();
    delay.send_keys("0").await.unwrap();
    page.see("//p[@id='ask_more_minutes-fault'][contains(., '1380')]").await;
    delay.clear().await.unwrap();
    delay.send_keys("20").await.unwrap();
    page.see("//div[@id='session-line']//b[contains(., '35 min')]").await;
    page.tap("//section[@id='session']//summary").await;
    for language in ["en", "id"] {
        let text = page.see(&format!("//input[@name='texts.{language}.ask_more']")).await;
        text.clear().await.unwrap();
        text.send_keys("Ada lagi, {name}?").await.unwrap();
        page.see(&format!("//div[@id='phone-{language}']//p[.='Ada lagi, Budi?']")).await;
    }
    page.is_well("session behaviour").await;
    page.shoot("session").await;
    page.resize(NARROW).await;
    page.is_well("session behaviour on a phone").await;
    page.resize(WIDE).await;
}

async fn it_is_played(page: &Page) {
    page.tap("//button[contains(., 'Play it')]").await;
    page.tap("//select[@name='speed']/option[.='×300']").await;
    page.see("//div[@id='play-phone']//li[contains(., 'Ada lagi, Budi?')]//button").await;
    page.tap("//select[@name='speed']/option[@value='0']").await;
    page.is_well("a rehearsal").await;
    page.shoot("rehearsal").await;
    page.see("//input[@name='text']").await.send_keys("Halo lagi\n").await.unwrap();
    page.see("//div[@id='play-phone']//li[@class='user'][contains(., 'Halo lagi')]").await;
    page.tap("//button[contains(., 'Go to the next step')]").await;
    page.tap("//div[@id='play-phone']//div[@class='quick']/button[2]").await;
    page.see("//div[@id='play-phone']//li[contains(., 'the user said so')]").await;
    page.resize(NARROW).await;
    page.is_well("a rehearsal on a phone").await;
    page.shoot("rehearsal-narrow").await;
}
