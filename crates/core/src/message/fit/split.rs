//! Cutting a long text into pieces that WhatsApp takes: at a paragraph, a line, a sentence or a word, in this order.

/// Cuts `text` into pieces of at most `most` characters. No word is lost: only white space at a cut is. A blank text has no pieces.
#[must_use]
pub fn split(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.char_indices().nth(most).map_or(rest.len(), |(at, _)| at);
        let at = if end == rest.len() { end } else { cut(rest, end) };
        let (piece, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        pieces.push(piece.trim_end().to_owned());
        rest = after.trim_start();
    }
    pieces
}

/// `text` cut to at most `most` characters, the last of them `…` if anything was cut.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let end = text.char_indices().nth(most.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let kept = text.get(..whole_character(text, end)).unwrap_or_default();
    format!("{}…", kept.trim_end())
}

/// Where to cut `text`, whose first `end` bytes may stay.
fn cut(text: &str, end: usize) -> usize {
    let window = text.get(..end).unwrap_or(text);
    // The cut comes after the separator. One in the first third would leave a stump.
    let after = |separators: &[&str]| {
        let found = separators.iter().filter_map(|mark| window.rfind(mark).map(|at| at + mark.len()));
        found.max().filter(|at| *at >= end / 3)
    };
    after(&["\n\n"])
        .or_else(|| after(&["\n"]))
        .or_else(|| after(&[". ", "! ", "? ", "… ", "。", "！", "？"]))
        .or_else(|| window.rfind(char::is_whitespace).filter(|at| *at >= end / 3))
        .unwrap_or_else(|| whole_character(text, end))
}

/// The place at or before `end` where no emoji or accented letter is cut in two.
fn whole_character(text: &str, end: usize) -> usize {
    let joins = |c: char| matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}');
    let mut at = end;
    for _ in 0..16 {
        let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
        let Some(last) = before.chars().next_back() else { return end };
        if !joins(last) && !after.chars().next().is_some_and(joins) {
            break;
        }
        at -= last.len_utf8();
    }
    if at == 0 { end } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_cut_at_the_greatest_break_that_fits() {
        for (text, most, pieces) in [
            ("One two. Three four.", 12, vec!["One two.", "Three four."]),
            ("A.\n\nTwo two two. Three", 18, vec!["A.\n\nTwo two two.", "Three"]),
            ("A line\nand another line", 12, vec!["A line", "and another", "line"]),
            ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
            ("  ", 4, vec![]),
        ] {
            assert_eq!(split(text, most), pieces, "{text}");
        }
    }

    #[test]
    fn an_emoji_of_several_characters_stays_whole() {
        assert_eq!(split("aaa👩‍🚀b", 5), ["aaa", "👩‍🚀b"]);
        assert_eq!(shorten("aaa👩‍🚀bbbbb", 6), "aaa…");
    }

    proptest! {
        #[test]
        fn pieces_fit_and_hold_every_word(text in "(\\PC|[ .!\n]){0,300}", most in 1_usize..40) {
            let pieces = split(&text, most);
            for piece in &pieces {
                prop_assert!((1..=most).contains(&piece.chars().count()), "{piece:?}");
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
        }

        #[test]
        fn a_short_form_fits(text in "\\PC{0,80}", most in 2_usize..30) {
            prop_assert!(shorten(&text, most).chars().count() <= most);
        }
    }
}
