//! What a person sees and touches.

use super::page::{NARROW, Page, WIDE};
use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_chats_on_the_phone_and_the_console_shows_it() {
    let Some(stage) = Stage::open().await else { return };
    let (page, ready) = (&stage.page, &stage.ready);
    chats_on_the_phone(page, &ready.channels[0].phone).await;
    looks_at_the_console(page, &ready.console, &ready.channels[0].id).await;
    stage.close().await;
}

async fn chats_on_the_phone(page: &Page, phone: &str) {
    page.resize(NARROW).await;
    page.driver.goto(phone).await.unwrap();
    page.write("Halo").await;
    page.see("//article[@data-from='them'][contains(., 'Kopi Nusa')]").await;
    page.see("//article[@data-from='me'][contains(., 'Halo')]//*[@data-ticks='read']").await;

    page.write("menu").await;
    page.tap("//article[@data-from='them']//button[contains(., 'Pilih jam')]").await;
    page.see("//article[@data-from='me'][contains(., 'Pilih jam')]").await;
    page.tap(
        "//article[@data-from='them'][contains(., 'Pilih jam kedatangan')]//button[contains(., 'Pilih jam')]",
    )
    .await;
    page.tap("//dialog[@id='sheet']//label[contains(., '09.30')]").await;
    page.shoot("phone-list").await;
    page.tap("//dialog[@id='sheet']//button[@value='send']").await;
    page.see("//article[@data-from='them'][contains(., '09.30')][contains(., 'kami catat')]").await;

    page.tap("//button[@id='attach']").await;
    page.tap("//button[@data-open='place']").await;
    page.tap("//button[contains(., 'Monas')]").await;
    page.tap("//dialog[@id='place']//button[@value='send']").await;
    page.see("//article[@data-from='me'][@data-type='location']//*[@data-ticks='read']").await;
    page.see("//article[@data-from='them'][contains(., '-6.1754')]").await;
    page.is_well("the narrow phone").await;
    page.shoot("phone").await;
    page.resize(WIDE).await;
    page.is_well("the phone on a desk").await;
    page.shoot("phone-desk").await;
}

async fn looks_at_the_console(page: &Page, link: &str, channel: &str) {
    page.driver.goto(link).await.unwrap();
    page.see(&format!("//*[@id='channels']//*[contains(., '{channel}')]")).await;
    page.see("//*[@id='messages']//tr[contains(., 'Halo')]").await;
    page.is_well("the overview").await;
    page.shoot("overview").await;
    page.resize(NARROW).await;
    page.is_well("the narrow overview").await;
    page.shoot("overview-narrow").await;
    page.resize(WIDE).await;
    page.tap("//*[@id='messages']//a[contains(., 'Halo')]").await;
    page.see("//h1").await;
    page.is_well("a message").await;
    page.shoot("message").await;

    page.driver.delete_all_cookies().await.unwrap();
    page.driver.goto(link).await.unwrap();
    assert!(page.find("//*[@id='messages']").await.is_none(), "the link lets in once");
}
