//! Words that say a thing is not done. They do not merge: an issue does.

use std::{fs, path::Path};

use crate::{command::Outcome, tree};

/// Split, so that this file does not hold what it looks for.
const WORDS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("unimple", "mented!"),
    concat!("to", "do!"),
];

/// Looks through the code and pages below `root`.
///
/// # Errors
/// Names file and line of each such word.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut found = Vec::new();
    for file in tree::files(root, &["rs", "html", "js"])? {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        for (index, line) in text.lines().enumerate() {
            if let Some(word) = unfinished_word(line) {
                let file = file.strip_prefix(root).unwrap_or(&file);
                found.push(format!("{}:{}: {word}", file.display(), index + 1));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(format!("unfinished work:\n{}", found.join("\n"))) }
}

/// The first of the words that stands alone in a line.
fn unfinished_word(line: &str) -> Option<&'static str> {
    let apart = |character: char| !(character.is_alphanumeric() || ['_', '!'].contains(&character));
    let is = |token: &str, word: &str| token == word || token.trim_end_matches('!') == word;
    WORDS.into_iter().find(|word| line.split(apart).any(|token| is(token, word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_where_it_stands_alone() {
        for word in WORDS {
            assert_eq!(unfinished_word(&format!("    // {word}: later")), Some(word), "{word}");
            assert_eq!(unfinished_word(word), Some(word), "{word}");
        }
        assert_eq!(unfinished_word(concat!("to", "do!(\"x\")")), Some(concat!("to", "do!")));
    }

    #[test]
    fn a_word_inside_another_is_not_found() {
        let placeholder = concat!("wamid.XX", "XX");
        for line in [
            placeholder,
            concat!("METHO", "DO", "LOGY"),
            concat!("todo", "_list"),
            concat!("a_", "TO", "DO", "_b"),
        ] {
            assert_eq!(unfinished_word(line), None, "{line}");
        }
    }
}
