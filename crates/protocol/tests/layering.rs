//! The folders of the protocols stand side by side: only the registry imports them, and none imports another.

use std::io;
use std::path::{Path, PathBuf};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// Every file of Rust under a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            files(&path, found)?;
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// True if a path from the root of the crate names this module: `crate::name`, or `crate::{name, …}`.
fn imports(text: &str, name: &str) -> bool {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split("crate::").skip(1).any(|path| match path.strip_prefix('{') {
        Some(group) => group
            .split(';')
            .next()
            .is_some_and(|group| group.split(|letter| !word(letter)).any(|found| found == name)),
        None => path.split(|letter| !word(letter)).next() == Some(name),
    })
}

#[test]
fn only_the_registry_imports_a_protocol() -> io::Result<()> {
    let source = Path::new(SOURCE);
    let mut protocols = entries(source)?;
    protocols.retain(|folder| folder.join("provider.rs").exists());
    assert!(protocols.len() >= 3, "{protocols:?}");
    let mut all = Vec::new();
    files(source, &mut all)?;
    for file in all.iter().filter(|file| **file != source.join("registry.rs")) {
        let text = std::fs::read_to_string(file)?;
        for protocol in protocols.iter().filter(|protocol| !file.starts_with(protocol)) {
            let name = protocol.file_name().unwrap_or_default().to_string_lossy();
            assert!(!imports(&text, &name), "{} imports {name}", file.display());
        }
    }
    Ok(())
}
