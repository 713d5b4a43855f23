//! Files (§6.3): downloading one that a user sent. Coster takes no uploads, so files are sent by their public link.

use warta_core::delivery::Failure;
use warta_core::message::InboundMedia;
use warta_core::secret::Secret;

use super::{Settings, errors, send};
use crate::http::{Request, Response, path_segment};
use crate::media::{self, Fetch, MediaDownload};

/// The request that downloads a file. Its answer is the bytes; their type is in its `Content-Type`.
#[must_use]
pub fn download(settings: &Settings, bot_token: &Secret, media_id: &str) -> Request {
    send::get(format!("{}/bot/media/{}", settings.bot_base_url, path_segment(media_id)), bot_token)
}

impl MediaDownload for Settings {
    fn file(&self, key: &Secret, file: &InboundMedia) -> Result<Fetch, Failure> {
        Ok(Fetch::File(download(self, key, &file.media_id)))
    }

    fn no_file(&self, response: Response<'_>) -> Failure {
        if media::is_gone(response) {
            return media::gone("Coster");
        }
        errors::of_status(response.status, None, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_fetched_with_the_bot_token_from_its_own_place() {
        let settings = Settings::read(&json!({"account_id": "a", "division_id": "d"})).unwrap();
        for (id, url) in [
            ("900000000000001", "https://api.coster.id/bot/media/900000000000001"),
            ("../webhook?x=", "https://api.coster.id/bot/media/%2E%2E%2Fwebhook%3Fx%3D"),
        ] {
            let request = download(&settings, &Secret::new("bot-token"), id);
            assert_eq!((request.method.as_str(), request.url.as_str()), ("GET", url));
            assert_eq!(request.headers["x-access-token"], "bot-token");
            assert!(request.headers.get("authorization").is_none());
            assert!(!format!("{request:?} {:?}", request.headers).contains("bot-token"));
        }
    }
}
