//! What Chromium shows, and what must hold of every page.

use std::path::Path;
use std::time::Duration;

use thirtyfour::prelude::*;

use super::chromium::{Chromium, Window};
use crate::support::{Http, eventually};

const SOON: Duration = Duration::from_secs(15);
pub(super) const NARROW: Window = Window { width: 390, height: 844, scale: 2 };
pub(super) const WIDE: Window = Window { width: 1_280, height: 900, scale: 1 };
/// No page has more places to stop at.
const MOST_TABS: u32 = 150;
/// Whether what the path names has the focus, and one sees that it has.
const FOCUSED: &str = "
    const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    const focused = document.activeElement;
    const style = getComputedStyle(focused);
    const seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    for (let at = 0; at < found.snapshotLength; at += 1) if (found.snapshotItem(at) === focused) return seen;
    return false;";
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

    /// Goes there by the keyboard alone: Tab until it has the focus, which must be seen. Then presses a key.
    pub(super) async fn press(&self, path: &str, key: Key) {
        self.see(path).await;
        for _ in 0..MOST_TABS {
            let focused = self.driver.active_element().await.unwrap();
            if self.driver.execute(FOCUSED, vec![path.into()]).await.unwrap().convert().unwrap() {
                focused.send_keys(key + "").await.unwrap();
                return;
            }
            focused.send_keys(Key::Tab + "").await.unwrap();
        }
        panic!("the keyboard does not reach {path}, or its focus is not seen");
    }

    /// It holds at both widths.
    pub(super) async fn is_well_wide_and_narrow(&self, what: &str, picture: &str) {
        self.is_well(what).await;
        self.shoot(picture).await;
        self.resize(NARROW).await;
        self.is_well(&format!("{what}, narrow")).await;
        self.shoot(&format!("{picture}-narrow")).await;
        self.resize(WIDE).await;
    }

    /// Looks at the other one of two windows.
    pub(super) async fn turns_to_the_other_window(&self) {
        let here = self.driver.window().await.unwrap();
        let other = async || self.driver.windows().await.unwrap().into_iter().find(|window| *window != here);
        let other = eventually("another window", SOON, other).await;
        self.driver.switch_to_window(other).await.unwrap();
    }

    /// The person goes, with their cookies.
    pub(super) async fn leaves(&self) -> Vec<Cookie> {
        let cookies = self.driver.get_all_cookies().await.unwrap();
        self.driver.delete_all_cookies().await.unwrap();
        cookies
    }

    /// Somebody who left sits down again.
    pub(super) async fn comes_back(&self, cookies: &[Cookie]) {
        self.driver.delete_all_cookies().await.unwrap();
        for cookie in cookies {
            self.driver.add_cookie(cookie.clone()).await.unwrap();
        }
    }

    /// Gives an order that `WebDriver` has no words for.
    pub(super) async fn order(&self, command: &str, params: serde_json::Value) {
        let order = serde_json::json!({ "cmd": command, "params": params });
        self.http.post(&self.devtools, &order).await;
    }

    pub(super) async fn resize(&self, Window { width, height, scale }: Window) {
        let metrics = serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.order("Emulation.setDeviceMetricsOverride", metrics).await;
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
