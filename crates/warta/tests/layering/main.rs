//! The house stands as ARCHITECTURE.md draws it.

mod manifests;
mod rings;

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders of the workspace's packages.
fn members() -> io::Result<Vec<PathBuf>> {
    let crates = fs::read_dir(root().join("crates"))?.map(|entry| entry.map(|entry| entry.path()));
    crates.chain([Ok(root().join("bench")), Ok(root().join("xtask"))]).collect()
}

/// The source files below a folder.
fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}
