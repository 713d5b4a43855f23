//! Media files: stored in the data folder under their id, described in the journal (facts §6).

use std::{io, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Meta, event::Event};

/// Days an uploaded file lives.
const UPLOADED_DAYS: i64 = 30;
/// Days a file of a user lives.
const RECEIVED_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;
/// How long a download URL lives.
pub(crate) const URL_MS: i64 = 5 * 60 * 1000;

/// A stored file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) mime_type: String,
    /// In hex.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) expires_ms: i64,
    /// The number that owns it; none until a user has sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number_id: Option<String>,
}

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
        let media = Media {
            id: crate::ids::digits(16),
            mime_type: mime.to_owned(),
            sha256: hex::encode(Sha256::digest(&bytes)),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            expires_ms: self.now_ms() + days * DAY_MS,
            phone_number_id,
        };
        let (id, path) = (media.id.clone(), self.media_path(&media.id));
        let written = tokio::task::spawn_blocking(move || crate::files::write_through(&path, &bytes)).await;
        written.map_err(io::Error::other)??;
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

    /// Where the file is. The id comes from our own list, never from a caller.
    pub(crate) fn media_path(&self, id: &str) -> PathBuf {
        self.media_dir().join(id)
    }
}

impl Media {
    /// Where the file is fetched until `until_ms` (with the token).
    pub(crate) fn url(&self, base_url: &str, until_ms: i64) -> String {
        format!("{base_url}/meta/media/?mid={}&ext={until_ms}&hash={}", self.id, self.hash(until_ms))
    }

    /// Binds the end of a URL's life to the file.
    pub(crate) fn hash(&self, until_ms: i64) -> String {
        super::raw::hmac_hex(&self.sha256, format!("{}:{until_ms}", self.id).as_bytes())
    }
}

/// The media id in a message object, `{"type":"image","image":{"id":…}}`.
pub(crate) fn id_in(content: &Value) -> Option<&str> {
    content.get(content.get("type")?.as_str()?)?.get("id")?.as_str()
}

/// What is taken, by kind: MIME types (without parameters) and the largest size in bytes (§6).
const KINDS: [(&str, &[&str], u64); 5] = [
    ("audio", &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * 1024 * 1024),
    ("image", &["image/jpeg", "image/png"], 5 * 1024 * 1024),
    ("video", &["video/mp4", "video/3gpp"], 16 * 1024 * 1024),
    ("sticker", &["image/webp"], 500 * 1024),
    (
        "document",
        &[
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ],
        100 * 1024 * 1024,
    ),
];

/// Whether a file may be uploaded.
pub(crate) fn takes(mime: &str, bytes: u64) -> bool {
    KINDS.iter().any(|(kind, ..)| fits(kind, mime, bytes))
}

/// Whether a file may be sent as this kind.
pub(crate) fn fits(kind: &str, mime: &str, bytes: u64) -> bool {
    let mime = mime.split(';').next().unwrap_or_default().trim();
    let found = KINDS.iter().find(|(known, ..)| *known == kind);
    // A document may be any file that is taken at all.
    found.is_some_and(|(_, types, most)| {
        bytes <= *most
            && (types.contains(&mime) || (kind == "document" && KINDS.iter().any(|k| k.1.contains(&mime))))
    })
}
