//! Files: stored in the data folder under their id, described in the journal.

use std::{io, path::PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Bsp, Event};
use crate::ids;

/// A stored file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Media {
    /// Digits with Coster, as Meta's; a UUID with Qontak.
    pub(crate) id: String,
    pub(crate) mime_type: String,
    pub(crate) filename: String,
    /// In hex.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

impl Bsp {
    /// Stores a file, durably; gives what is known of it.
    pub(crate) async fn keep_media(&self, bytes: Vec<u8>, mime: &str, filename: &str) -> io::Result<Media> {
        let media = Media {
            id: if self.provider() == super::Provider::Coster { ids::digits(16) } else { ids::uuid() },
            mime_type: mime.to_owned(),
            filename: filename.to_owned(),
            sha256: hex::encode(Sha256::digest(&bytes)),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        };
        let path = self.media_path(&media.id);
        let written = tokio::task::spawn_blocking(move || crate::files::write_through(&path, &bytes)).await;
        written.map_err(io::Error::other)??;
        self.commit(Event::Media(media.clone())).await?;
        Ok(media)
    }

    /// A stored file and what is known of it.
    pub(crate) async fn media_bytes(&self, id: &str) -> Option<(Vec<u8>, Media)> {
        let media = self.state().media.get(id).cloned()?;
        let bytes = tokio::fs::read(self.media_path(&media.id)).await.ok()?;
        Some((bytes, media))
    }

    /// Where the file is. The id comes from our own list, never from a caller.
    fn media_path(&self, id: &str) -> PathBuf {
        self.media_dir().join(id)
    }
}
