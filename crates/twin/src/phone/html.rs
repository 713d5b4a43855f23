//! The two pages without a phone: a frame in a file, filled with text that cannot become markup.

use std::fmt::{Display, Formatter, Result, Write};

use axum::response::Html;

/// Text inside HTML, safe in elements and in quoted attributes.
pub(super) struct Text<'t>(pub(super) &'t str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.chars().try_for_each(|sign| match sign {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            sign => f.write_char(sign),
        })
    }
}

/// A page: its title (plain text) and its main part (HTML).
pub(super) fn page(title: &str, main: &str) -> Html<String> {
    let frame = include_str!("../../assets/page.html");
    Html(frame.replace("{{title}}", &Text(title).to_string()).replace("{{main}}", main))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(Text("<b a=\"'&\">").to_string(), "&lt;b a=&quot;&#39;&amp;&quot;&gt;");
    }
}
