//! Storing and reading files.

use std::io;

use super::model::{Bsp, Event, Media, Platform};
use crate::ids;

impl Bsp {
    /// Stores a file durably; gives its description.
    pub(crate) async fn store_media(&self, bytes: Vec<u8>, mime: &str, filename: &str) -> io::Result<Media> {
        let id = if self.platform() == Platform::Coster { ids::digits(16) } else { ids::uuid() };
        let (sha256, bytes) = self.store_file(&id, bytes).await?;
        let media = Media { id, mime_type: mime.to_owned(), filename: filename.to_owned(), sha256, bytes };
        self.commit(Event::Media(media.clone())).await?;
        Ok(media)
    }

    /// A stored file and its description.
    pub(crate) async fn media_bytes(&self, id: &str) -> Option<(Vec<u8>, Media)> {
        let media = self.state().media.get(id).cloned()?;
        let bytes = tokio::fs::read(self.media_path(&media.id)).await.ok()?;
        Some((bytes, media))
    }
}
