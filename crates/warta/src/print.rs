//! Standard output: the one place that writes there.

use std::io::Write as _;

/// Writes a line. A reader that went away is no reason to fail.
pub(crate) fn line(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}
