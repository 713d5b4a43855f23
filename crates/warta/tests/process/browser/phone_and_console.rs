//! What a person sees and touches.

use std::path::Path;
use std::time::Duration;

use thirtyfour::prelude::*;

use super::chromium::{Chromium, Window};
use crate::support::{Http, Program, Ready, eventually};

const SOON: Duration = Duration::from_secs(15);
const NARROW: Window = Window { width: 390, height: 844, scale: 2 };
const WIDE: Window = Window { width: 1_280, height: 900, scale: 1 };

#[tokio::test(flavor = "multi_thread")]
async fn a_person_chats_on_the_phone_and_the_console_shows_it() {
    if std::env::var_os("WARTA_TEST_SKIP_BROWSER").is_some() {
        return;
    }
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let http = Http::new();
    let Some(chromium) = Chromium::start(&http).await else { return };
    let page = Page { http, driver: chromium.driver.clone(), devtools: chromium.devtools() };
    chats_on_the_phone(&page, &ready.channels[0].phone).await;
    looks_at_the_console(&page, &ready.console, &ready.channels[0].id).await;
    chromium.quit().await;
    assert_eq!(program.stop().await.0, Some(0));
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

/// What Chromium shows. Things are found by `XPath`.
struct Page {
    http: Http,
    driver: WebDriver,
    devtools: String,
}

impl Page {
    async fn find(&self, path: &str) -> Option<WebElement> {
        for found in self.driver.find_all(By::XPath(path)).await.unwrap() {
            if found.is_displayed().await.unwrap_or(false) {
                return Some(found);
            }
        }
        None
    }

    async fn see(&self, path: &str) -> WebElement {
        eventually(&format!("to be seen: {path}"), SOON, async || self.find(path).await).await
    }

    async fn tap(&self, path: &str) {
        // What moves or is covered cannot be tapped yet.
        let tapped = async || self.find(path).await?.click().await.ok();
        eventually(&format!("to be tapped: {path}"), SOON, tapped).await;
    }

    async fn write(&self, text: &str) {
        self.see("//*[@id='composer']").await.send_keys(text).await.unwrap();
        self.tap("//*[@id='send']").await;
    }

    async fn resize(&self, Window { width, height, scale }: Window) {
        let metrics = serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        let order = serde_json::json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.http.post(&self.devtools, &order).await;
    }

    /// Nothing failed, and nothing is wider than the window.
    async fn is_well(&self, what: &str) {
        let log = self.driver.browser_log().await.unwrap();
        let severe: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").collect();
        assert!(severe.is_empty(), "{what}: {severe:#?}");
        let widths = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]";
        let [page, window]: [u32; 2] =
            self.driver.execute(widths, Vec::new()).await.unwrap().convert().unwrap();
        assert!(page <= window, "{what} scrolls sideways: {page} in {window} pixels");
    }

    /// Keeps a picture, for people to look at.
    async fn shoot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        self.driver.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }
}
