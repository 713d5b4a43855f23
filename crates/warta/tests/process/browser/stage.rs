//! The demo with a browser before it: what every test here begins and ends with.

use super::chromium::Chromium;
use super::page::{Page, WIDE};
use crate::support::{Http, Program, Ready};

/// The demo with a browser before it, which shows nothing yet.
pub(super) struct Stage {
    pub(super) ready: Ready,
    pub(super) page: Page,
    program: Program,
    chromium: Chromium,
}

impl Stage {
    /// Starts both; `None` where browser tests are left out.
    pub(super) async fn open() -> Option<Self> {
        if std::env::var_os("WARTA_TEST_SKIP_BROWSER").is_some() {
            return None;
        }
        let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
        let http = Http::new();
        let chromium = Chromium::start(&http).await?;
        let page = Page::of(&chromium, http);
        page.resize(WIDE).await;
        Some(Self { ready, page, program, chromium })
    }

    /// Ends both in good order.
    pub(super) async fn close(self) {
        self.chromium.quit().await;
        assert_eq!(self.program.stop().await.0, Some(0));
    }
}
