//! The browser of a sign-in, from its `User-Agent`. Good enough to recognise one's own.

use crate::texts::Lang;
use crate::view::plain;

/// Browser names by their `User-Agent` word, the most specific first: most browsers also name others.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// System names by their `User-Agent` word; Android also names Linux.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];
/// Characters shown of an unknown `User-Agent`.
const LONGEST: usize = 60;

/// A browser in words.
pub(super) fn words(said: &str, l: Lang) -> String {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(word, _)| said.contains(word)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => l.settings_browser_on(browser, system).into_owned(),
        (Some(browser), None) => browser.to_owned(),
        (None, _) if said.trim().is_empty() => l.settings_browser_unknown().into_owned(),
        (None, _) => plain(said).chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_by_what_they_say() {
        for (said, words_for_it) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.9", "curl/8.9"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(words(said, Lang::En), words_for_it);
        }
        assert_eq!(words(&"x".repeat(500), Lang::En).len(), LONGEST);
    }
}
