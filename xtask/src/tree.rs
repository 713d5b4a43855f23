//! The files of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::command::Outcome;

/// Every file below `folder` with one of these endings; build output and hidden folders are left out.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Outcome<Vec<PathBuf>> {
    let words = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(words)? {
        let entry = entry.map_err(words)?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type().map_err(words)?.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&&*name) {
                found.extend(files(&path, endings)?);
            }
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
