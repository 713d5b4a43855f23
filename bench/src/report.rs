//! What is printed: the one place that writes to standard output.

use std::fmt;
use std::io::Write as _;

use serde_json::Value;

/// What one measurement found.
#[derive(Debug)]
pub(crate) struct Section {
    /// Its name, as on the command line.
    pub(crate) name: &'static str,
    /// Name, figure and goal or remark.
    pub(crate) rows: Vec<(String, String, String)>,
    /// The same for programs.
    pub(crate) figures: Value,
}

impl Section {
    /// An empty section.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new(), figures: Value::Null }
    }

    /// Adds a row.
    pub(crate) fn row(
        &mut self,
        name: impl Into<String>,
        figure: impl Into<String>,
        remark: impl Into<String>,
    ) {
        self.rows.push((name.into(), figure.into(), remark.into()));
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.name)?;
        for (name, figure, remark) in &self.rows {
            writeln!(f, "  {name:<40}{figure:>16}  {remark}")?;
        }
        Ok(())
    }
}

/// Writes a line. A reader that went away is no reason to fail.
pub(crate) fn say(text: impl fmt::Display) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Says what is going on, on standard error.
pub(crate) fn progress(text: impl fmt::Display) {
    eprintln!("  {text}");
}
