//! Snapshots no test reads any more: they look like a promise and hold nothing.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    command::{Outcome, root},
    tree,
};

/// The variable that makes insta write down each snapshot it reads.
pub(crate) const REFERENCES: &str = "INSTA_SNAPSHOT_REFERENCES_FILE";

/// An empty list for insta to write to.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn new_list() -> Outcome<PathBuf> {
    let list = root().join("target").join("snapshots-read");
    fs::write(&list, "").map_err(|error| format!("{}: {error}", list.display()))?;
    Ok(list)
}

/// Fails when the repository holds a snapshot that is not in the list.
///
/// # Errors
/// Names each such file.
pub(crate) fn reject_unread(list: &Path) -> Outcome {
    let read = fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let read: HashSet<PathBuf> = read.lines().filter_map(|line| fs::canonicalize(line).ok()).collect();
    let unread = tree::files(root(), &["snap"])?
        .into_iter()
        .filter(|file| fs::canonicalize(file).is_ok_and(|file| !read.contains(&file)));
    let unread: Vec<String> = unread.map(|file| file.display().to_string()).collect();
    if unread.is_empty() {
        Ok(())
    } else {
        Err(format!("no test reads these snapshots any more, delete them:\n{}", unread.join("\n")))
    }
}
