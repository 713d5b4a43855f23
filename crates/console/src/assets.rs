//! Style sheet, script and fonts, embedded in the binary. Their names contain a hash of the content, so browsers may cache them
//! for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use warta_http::problem::Problem;

/// A file of the console.
#[derive(Debug)]
struct Asset {
    name: String,
    kind: &'static str,
    content: Bytes,
}

/// All assets.
#[derive(Debug)]
pub(crate) struct All {
    style: Asset,
    script: Asset,
    icon: Asset,
    fonts: [Asset; 2],
}

static ALL: LazyLock<All> = LazyLock::new(|| {
    let woff2 = "font/woff2";
    let sans = Asset::new("sans", "woff2", woff2, include_bytes!("../assets/fonts/next.woff2"));
    let mono = Asset::new("mono", "woff2", woff2, include_bytes!("../assets/fonts/mono.woff2"));
    let style = [
        include_str!("../assets/tokens.css"),
        include_str!("../assets/base.css"),
        include_str!("../assets/parts.css"),
        include_str!("../assets/forms.css"),
        include_str!("../assets/handoff.css"),
        include_str!("../assets/promotion.css"),
        include_str!("../assets/agents.css"),
        include_str!("../assets/organization.css"),
        include_str!("../assets/channel.css"),
        include_str!("../assets/doctor.css"),
        include_str!("../assets/session.css"),
    ]
    .concat()
    .replace("sans.woff2", &sans.name)
    .replace("mono.woff2", &mono.name);
    let script = [include_str!("../assets/console.js"), include_str!("../assets/forms.js")].concat();
    All {
        style: Asset::new("console", "css", "text/css; charset=utf-8", style.as_bytes()),
        script: Asset::new("console", "js", "text/javascript; charset=utf-8", script.as_bytes()),
        icon: Asset::new("kawung", "svg", "image/svg+xml", include_bytes!("../assets/kawung.svg")),
        fonts: [sans, mono],
    }
});

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, content: &[u8]) -> Self {
        let name = format!("{stem}-{:016x}.{extension}", fnv(content));
        Self { name, kind, content: Bytes::copy_from_slice(content) }
    }
}

/// The path of the style sheet.
pub(crate) fn style() -> String {
    path(&ALL.style)
}

/// The path of the script.
pub(crate) fn script() -> String {
    path(&ALL.script)
}

/// The path of the icon.
pub(crate) fn icon() -> String {
    path(&ALL.icon)
}

fn path(asset: &Asset) -> String {
    format!("/assets/{}", asset.name)
}

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let all = &*ALL;
    let mut assets = [&all.style, &all.script, &all.icon].into_iter().chain(&all.fonts);
    match assets.find(|asset| asset.name == name) {
        Some(asset) => {
            let for_ever = "public, max-age=31536000, immutable";
            ([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, for_ever)], asset.content.clone())
                .into_response()
        }
        None => Problem::not_found().into_response(),
    }
}

/// FNV-1a. Only to tell one version of a file from another.
fn fnv(content: &[u8]) -> u64 {
    content
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
