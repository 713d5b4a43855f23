//! Files that are on disk before anybody is told of them.

use std::{fs::File, io, path::Path};

/// Writes a file and flushes it.
pub(crate) fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}
