//! Files of messages: stored in the data folder under their id. The provider's journal describes them.

use std::{fs::File, io, path::PathBuf};

use sha2::{Digest as _, Sha256};

use super::{state::Rules, twin::ProviderTwin};

impl<R: Rules> ProviderTwin<R> {
    /// Stores a file; it is on disk when this returns. Gives its SHA-256 in hex and its size.
    pub(crate) async fn store_file(&self, id: &str, bytes: Vec<u8>) -> io::Result<(String, u64)> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let path = self.media_path(id);
        let written = tokio::task::spawn_blocking(move || {
            let mut file = File::create(path)?;
            io::Write::write_all(&mut file, &bytes)?;
            file.sync_all()
        });
        written.await.map_err(io::Error::other)??;
        Ok((sha256, size))
    }

    /// The path of a file. The id must come from the state, never from a caller.
    pub(crate) fn media_path(&self, id: &str) -> PathBuf {
        self.media_dir.join(id)
    }
}
