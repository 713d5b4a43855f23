//! What Chromium shows, and what must hold of every page.

use std::path::Path;
use std::time::Duration;

use thirtyfour::prelude::*;

use super::chromium::{Chromium, Window};
use crate::support::{Http, eventually};

const SOON: Duration = Duration::from_secs(15);
pub(super) const NARROW: Window = Window { width: 390, height: 844, scale: 2 };
pub(super) const WIDE: Window = Window { width: 1_280, height: 900, scale: 1 };
/// Runs axe, which was loaded before, and gives what it finds serious: the rule and where.
const AXE: &str = "
    const done = arguments[arguments.length - 1];
    const serious = (violation) => ['serious', 'critical'].includes(violation.impact);
    const told = ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`;
    const verdict = ({ passes, violations }) => passes.length ? violations.filter(serious).map(told) : ['axe looked at nothing'];
    window.axe.run().then((result) => done(verdict(result)), (error) => done([`${error}`]));";

/// What Chromium shows. Things are found by `XPath`.
pub(super) struct Page {
    http: Http,
    pub(super) driver: WebDriver,
    devtools: String,
}

impl Page {
    pub(super) fn of(chromium: &Chromium, http: Http) -> Self {
        Self { http, driver: chromium.driver.clone(), devtools: chromium.devtools() }
    }

    pub(super) async fn find(&self, path: &str) -> Option<WebElement> {
        for found in self.driver.find_all(By::XPath(path)).await.unwrap() {
            if found.is_displayed().await.unwrap_or(false) {
                return Some(found);
            }
        }
        None
    }

    pub(super) async fn see(&self, path: &str) -> WebElement {
        eventually(&format!("to be seen: {path}"), SOON, async || self.find(path).await).await
    }

    pub(super) async fn tap(&self, path: &str) {
        // What moves or is covered cannot be tapped yet.
        let tapped = async || self.find(path).await?.click().await.ok();
        eventually(&format!("to be tapped: {path}"), SOON, tapped).await;
    }

    pub(super) async fn write(&self, text: &str) {
        self.see("//*[@id='composer']").await.send_keys(text).await.unwrap();
        self.tap("//*[@id='send']").await;
    }

    pub(super) async fn resize(&self, Window { width, height, scale }: Window) {
        let metrics = serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        let order = serde_json::json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.http.post(&self.devtools, &order).await;
    }

    /// Nothing failed, and nothing is wider than the window.
    pub(super) async fn is_well(&self, what: &str) {
        let log = self.driver.browser_log().await.unwrap();
        let severe: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").collect();
        assert!(severe.is_empty(), "{what}: {severe:#?}");
        let widths = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]";
        let [page, window]: [u32; 2] =
            self.driver.execute(widths, Vec::new()).await.unwrap().convert().unwrap();
        assert!(page <= window, "{what} scrolls sideways: {page} in {window} pixels");
        self.keeps_nobody_out(what).await;
    }

    /// axe finds nothing serious.
    async fn keeps_nobody_out(&self, what: &str) {
        let Some(file) = std::env::var_os("WARTA_TEST_AXE") else {
            assert!(std::env::var_os("WARTA_TEST_REQUIRE").is_none(), "axe-core is not here");
            return;
        };
        let axe = std::fs::read_to_string(file).unwrap();
        self.driver.execute(axe, Vec::new()).await.unwrap();
        let found = self.driver.execute_async(AXE, Vec::new()).await.unwrap();
        let found: Vec<String> = found.convert().unwrap();
        assert!(found.is_empty(), "{what}: {found:#?}");
    }

    /// Keeps a picture, for people to look at.
    pub(super) async fn shoot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        self.driver.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }
}
