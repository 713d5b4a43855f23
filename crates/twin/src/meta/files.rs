//! Storing and reading media files (facts §6).

use std::io;

use super::{event::Event, media::Media, state::Meta};

/// Days an uploaded file lives.
const UPLOADED_DAYS: i64 = 30;
/// Days a file of a user lives.
const RECEIVED_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

impl Meta {
    /// Stores a user's file, durably; gives its media id, good for seven days.
    pub(crate) async fn store_media(&self, bytes: Vec<u8>, mime: &str) -> io::Result<String> {
        self.keep_media(bytes, mime, None).await
    }

    /// Stores a file uploaded by the owner of a number, or (none) by a user.
    pub(crate) async fn keep_media(
        &self,
        bytes: Vec<u8>,
        mime: &str,
        phone_number_id: Option<String>,
    ) -> io::Result<String> {
        let days = if phone_number_id.is_some() { UPLOADED_DAYS } else { RECEIVED_DAYS };
        let id = crate::ids::digits(16);
        let (sha256, bytes) = self.store_file(&id, bytes).await?;
        let expires_ms = self.now_ms() + days * DAY_MS;
        let media =
            Media { id: id.clone(), mime_type: mime.to_owned(), sha256, bytes, expires_ms, phone_number_id };
        self.commit(Event::Media(media)).await?;
        Ok(id)
    }

    /// A stored file and its MIME type, as long as it lives.
    pub(crate) async fn media_bytes(&self, id: &str) -> Option<(Vec<u8>, String)> {
        let media = self.media(id)?;
        let bytes = tokio::fs::read(self.media_path(&media.id)).await.ok()?;
        Some((bytes, media.mime_type))
    }

    /// What is known of a file, as long as it lives.
    pub(crate) fn media(&self, id: &str) -> Option<Media> {
        self.state().media.get(id).filter(|media| media.expires_ms > self.now_ms()).cloned()
    }
}
