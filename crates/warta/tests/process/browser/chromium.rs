//! Chromium and its driver: started for one test, and gone with it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use crate::support::Http;

/// The part of a page that is seen, in CSS pixels.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pixels of the picture for each.
    pub(super) scale: u32,
}

/// Without a screen, and without calls to anybody outside.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser of one's own.
pub(super) struct Chromium {
    pub(super) driver: WebDriver,
    processes: Group,
    _profile: TempDir,
}

/// The driver and what it started: one process group, ended together whatever happens.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let all = format!("kill -KILL -{}", self.0.id());
        drop(Command::new("sh").args(["-c", &all]).stderr(Stdio::null()).status());
        drop(self.0.wait());
    }
}

impl Chromium {
    /// Starts it; `None` where there is none and none is required.
    pub(super) async fn start(_installs_tls: &Http) -> Option<Self> {
        let programs = [
            program("WARTA_TEST_CHROMEDRIVER", "/usr/bin/chromedriver"),
            program("WARTA_TEST_CHROMIUM", "/usr/bin/chromium"),
        ];
        let [Some(driver), Some(chromium)] = programs else {
            assert!(std::env::var_os("WARTA_TEST_REQUIRE").is_none(), "Chromium or its driver is not here");
            return None;
        };
        let mut processes = Group(
            Command::new(driver)
                .arg("--port=0")
                .process_group(0)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let lines = BufReader::new(processes.0.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                Some(line.split_once("started successfully on port ")?.1.trim_end_matches('.').to_owned())
            })
            .unwrap_or_else(|| panic!("the driver did not say where it listens"));
        let profile = tempfile::tempdir().unwrap();
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&chromium).unwrap();
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        for flag in FLAGS {
            wanted.add_arg(flag).unwrap();
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.path().display())).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
        Some(Self { driver, processes, _profile: profile })
    }

    /// Where the driver takes orders for what `WebDriver` has no words for.
    pub(super) fn devtools(&self) -> String {
        format!(
            "{}session/{}/goog/cdp/execute",
            self.driver.handle().server_url(),
            self.driver.handle().session_id()
        )
    }

    /// Closes it in good order.
    pub(super) async fn quit(self) {
        self.driver.quit().await.unwrap();
        drop(self.processes);
    }
}

/// The program that a variable names, or the usual one where it is.
fn program(variable: &str, usual: &str) -> Option<String> {
    std::env::var(variable).ok().or_else(|| std::path::Path::new(usual).exists().then(|| usual.to_owned()))
}
