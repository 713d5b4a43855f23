//! Somebody new sets a channel up: from an agent without one to an answer on the phone, on each protocol.

use super::page::Page;
use super::stage::Stage;

/// What differs from protocol to protocol.
struct Road {
    /// The protocol's word.
    protocol: &'static str,
    environment: &'static str,
    /// The lines of the twin's block for which the console has no box.
    left_over: &'static [&'static str],
    /// What the console says of the token once everything is saved.
    saved: &'static str,
    /// The ticks under what the user wrote, once it is answered: not every provider can tell that it was read.
    ticks: &'static str,
}

const META: Road = Road {
    protocol: "meta_cloud",
    environment: "draft",
    left_over: &["name", "display_phone_number", "graph_base_url"],
    saved: "accepts the token",
    ticks: "read",
};
const COSTER: Road = Road {
    protocol: "coster",
    environment: "published",
    left_over: &["name"],
    saved: "the first message sent will tell",
    ticks: "delivered",
};
const QONTAK: Road = Road {
    protocol: "qontak",
    environment: "published",
    left_over: &["name"],
    saved: "accepts the token",
    ticks: "read",
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_channel_on_meta_answers_on_the_phone() {
    let Some(stage) = Stage::open().await else { return };
    let page = &stage.page;
    META.begins(page, &stage.ready.console).await;
    let block = META.issues_a_test_account(page).await;
    META.pastes_and_saves(page, &block).await;
    page.tap("//main//a[contains(., 'Overview')]").await;
    page.tap("//button[contains(., 'Subscribe and lead events here')]").await;
    page.tap("//button[contains(., 'Go live')]").await;
    META.runs_the_loop_back_test(page).await;
    META.answers_on_the_phone(page).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_channel_on_coster_answers_on_the_phone() {
    let Some(stage) = Stage::open().await else { return };
    let page = &stage.page;
    COSTER.begins(page, &stage.ready.console).await;
    let block = COSTER.issues_a_test_account(page).await;
    COSTER.pastes_and_saves(page, &block).await;
    hands_the_address_to_costers_team(page).await;
    goes_live(page).await;
    COSTER.runs_the_loop_back_test(page).await;
    COSTER.answers_on_the_phone(page).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_channel_on_qontak_answers_on_the_phone() {
    let Some(stage) = Stage::open().await else { return };
    let page = &stage.page;
    QONTAK.begins(page, &stage.ready.console).await;
    assert!(
        !page.see("//button[@value='register']").await.is_enabled().await.unwrap(),
        "nothing is saved yet"
    );
    let block = QONTAK.issues_a_test_account(page).await;
    QONTAK.pastes_and_saves(page, &block).await;
    registers_the_endpoint(page).await;
    goes_live(page).await;
    QONTAK.runs_the_loop_back_test(page).await;
    QONTAK.answers_on_the_phone(page).await;
    stage.close().await;
}

impl Road {
    fn picture(&self, of: &str) -> String {
        format!("new-{}-{of}", self.protocol)
    }

    /// From the agent to the empty boxes of its channel.
    async fn begins(&self, page: &Page, console: &str) {
        page.driver.goto(console).await.unwrap();
        page.tap("//a[contains(., 'Batik Sari')]").await;
        page.is_well("an agent").await;
        page.tap(&format!("//a[contains(@href, '/whatsapp/{}')]", self.environment)).await;
        page.is_well("a channel that is not set up").await;
        page.tap(&format!("//input[@name='protocol'][@value='{}']", self.protocol)).await;
        page.shoot(&self.picture("start")).await;
        page.tap("//form[.//input[@name='protocol']]//button").await;
        page.see("//textarea[@name='secret_block']").await;
        page.is_well("a channel without ids").await;
        page.shoot(&self.picture("empty")).await;
    }

    /// Follows the link to the twin, which opens beside the console; gives the block of ids and secrets that it shows.
    async fn issues_a_test_account(&self, page: &Page) -> String {
        page.tap("//a[contains(., 'Issue a test account')]").await;
        page.turns_to_the_other_window().await;
        let name = page.see("//input[@name='name']").await;
        assert_eq!(name.prop("value").await.unwrap().as_deref(), Some("Batik Sari"));
        page.tap("//button[contains(., 'Issue')]").await;
        let block = page.see("//pre[contains(., 'access_token')]").await.text().await.unwrap();
        page.is_well("a test account").await;
        page.shoot(&self.picture("account")).await;
        page.turns_to_the_other_window().await;
        block
    }

    /// Every line of the block lands in its box, and one button saves them.
    async fn pastes_and_saves(&self, page: &Page, block: &str) {
        page.see("//textarea[@name='secret_block']").await.send_keys(block).await.unwrap();
        page.tap("//button[contains(., 'Fill the boxes')]").await;
        page.see("//*[@role='status'][contains(., 'Look it over')]").await;
        for (name, value) in block.lines().filter_map(|line| line.split_once(": ")) {
            let field = page.find(&format!("//*[@id='{name}']")).await;
            assert_eq!(field.is_none(), self.left_over.contains(&name), "{name}");
            if let Some(field) = field {
                assert_eq!(field.prop("value").await.unwrap().as_deref(), Some(value), "{name}");
            }
        }
        page.is_well("filled boxes").await;
        page.shoot(&self.picture("filled")).await;
        page.tap("//button[contains(., 'Save account and credentials')]").await;
        page.see(&format!("//*[@role='status'][contains(., '{}')]", self.saved)).await;
        page.is_well_wide_and_narrow("a channel's connection", &self.picture("connection")).await;
    }

    async fn runs_the_loop_back_test(&self, page: &Page) {
        page.tap("//main//nav//a[contains(., 'Overview')]").await;
        page.tap("//button[contains(., 'Run the loop-back test')]").await;
        page.see("//*[contains(., 'The whole way works')]").await;
        page.see("//section[@id='doctor']//ul[@class='checks']").await;
        assert!(page.find("//section[@id='doctor']//li[@class='bad']").await.is_none(), "nothing is broken");
        page.is_well_wide_and_narrow("the doctor", &self.picture("doctor")).await;
    }

    /// Halo is answered, the answer is read, and the console shows both.
    async fn answers_on_the_phone(&self, page: &Page) {
        let overview = page.driver.current_url().await.unwrap();
        let phone = page.see("//a[contains(., 'Open the phone')]").await.attr("href").await.unwrap().unwrap();
        page.driver.goto(phone).await.unwrap();
        page.write("Halo").await;
        page.see("//article[@data-from='them'][contains(., 'Batik Sari')]").await;
        let ticks = format!("//*[@data-ticks='{}']", self.ticks);
        page.see(&format!("//article[@data-from='me'][contains(., 'Halo')]{ticks}")).await;
        page.shoot(&self.picture("phone")).await;
        page.driver.goto(overview.as_str()).await.unwrap();
        page.see("//section[@id='first']//p[contains(., 'Congratulations')]").await;
        page.is_well("the first message").await;
        page.shoot(&self.picture("first-message")).await;
        page.driver.goto(overview.join("/").unwrap().as_str()).await.unwrap();
        page.see("//*[@id='messages']//tr[contains(., 'Batik Sari')][contains(., 'Read')]").await;
        page.shoot(&self.picture("overview")).await;
    }
}

async fn goes_live(page: &Page) {
    page.tap("//section[@id='live']//button[contains(., 'Go live')]").await;
    page.see("//*[@role='status'][contains(., 'The channel is live')]").await;
    page.is_well("a live channel's connection").await;
}

/// What people do at Coster: the address that stands in the hand-off is entered on the twin's page.
async fn hands_the_address_to_costers_team(page: &Page) {
    page.tap("//section[@id='registration']//a").await;
    let address = page.see("//*[@id='fact-callback_url']").await.text().await.unwrap();
    page.is_well_wide_and_narrow("the hand-off for Coster", "new-coster-handoff").await;
    page.tap("//main//nav//a[contains(., 'Connection')]").await;
    assert_eq!(page.see("//code[@id='callback']").await.text().await.unwrap(), address);
    page.turns_to_the_other_window().await;
    page.see("//input[@name='url']").await.send_keys(&address).await.unwrap();
    page.tap("//button[contains(., 'Save address')]").await;
    page.see("//*[@role='status'][contains(., 'Events go there from now on')]").await;
    page.see(&format!("//input[@name='url'][@value='{address}']")).await;
    page.shoot("new-coster-address").await;
    page.turns_to_the_other_window().await;
}

async fn registers_the_endpoint(page: &Page) {
    page.tap("//button[@value='register']").await;
    page.see("//*[@role='status'][contains(., 'Registered, and read back')]").await;
    page.see("//section[@id='registration']//*[contains(@class, 'good')][contains(., 'Registered')]").await;
    page.is_well_wide_and_narrow("a registered endpoint", "new-qontak-registered").await;
}
