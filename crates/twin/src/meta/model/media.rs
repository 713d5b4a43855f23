//! Media files: stored in the data folder under their id, described in the journal (facts §6).

use serde::{Deserialize, Serialize};

/// Lifetime of a download URL.
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

impl Media {
    /// The download URL, valid until `until_ms`; it needs the token.
    pub(crate) fn url(&self, base_url: &str, until_ms: i64) -> String {
        format!("{base_url}/meta/media/?mid={}&ext={until_ms}&hash={}", self.id, self.hash(until_ms))
    }

    /// Signs the expiry of a download URL.
    pub(crate) fn hash(&self, until_ms: i64) -> String {
        super::encoding::hmac_hex(&self.sha256, format!("{}:{until_ms}", self.id).as_bytes())
    }
}

/// Accepted files by kind: MIME types (without parameters) and the largest size in bytes (§6).
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

/// True if a file may be uploaded.
pub(crate) fn takes(mime: &str, bytes: u64) -> bool {
    KINDS.iter().any(|(kind, ..)| fits(kind, mime, bytes))
}

/// True if a file may be sent as this kind.
pub(crate) fn fits(kind: &str, mime: &str, bytes: u64) -> bool {
    let mime = mime.split(';').next().unwrap_or_default().trim();
    let found = KINDS.iter().find(|(known, ..)| *known == kind);
    // A document may be any accepted file.
    found.is_some_and(|(_, types, most)| {
        bytes <= *most
            && (types.contains(&mime) || (kind == "document" && KINDS.iter().any(|k| k.1.contains(&mime))))
    })
}
