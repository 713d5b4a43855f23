//! Files (§6): uploading one to Meta, and downloading one that a user sent. The token is sent only to hosts that may have it.

use serde::Deserialize;
use serde_json::Value;
use warta_core::delivery::Failure;
use warta_core::message::InboundMedia;
use warta_core::secret::Secret;

use super::{Settings, errors};
use crate::http::{File, Form, Request, Response, path_segment};
use crate::media::{self, Fetch, MediaDownload};

/// The domains that Meta stores files under (§6).
const HOSTS: &[&str] = &["fbsbx.com", "fbcdn.net", "facebook.com", "whatsapp.net"];

/// The URL of a file, valid for five minutes.
#[derive(Clone, PartialEq, Eq)]
pub struct Located {
    /// The URL. It gives access to the file: never log it.
    pub url: String,
    /// The file's MIME type.
    pub mime_type: Option<String>,
    /// Its SHA-256, in hex.
    pub sha256: Option<String>,
    /// Its size.
    pub size_bytes: Option<u64>,
}

impl std::fmt::Debug for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Located({:?}, {:?} bytes)", self.mime_type, self.size_bytes)
    }
}

/// The URL belongs to neither Meta nor the channel's own Graph API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file's URL is at a host that must not receive the access token")]
pub struct ForeignHost;

/// The request that uploads a file to Meta, which keeps it for 30 days. Read its answer with [`uploaded`].
#[must_use]
pub fn upload(settings: &Settings, token: &Secret, file: File) -> Request {
    let fields = vec![("messaging_product", "whatsapp".to_owned()), ("type", file.mime_type.clone())];
    let url = settings.url(&format!("{}/media", settings.phone_number_id));
    Request::post_form(url, token, Form { fields, file })
}

/// Meta's id of an uploaded file.
///
/// # Errors
///
/// Meta's reason if it did not accept the file.
pub fn uploaded(response: Response<'_>) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Wire {
        id: String,
    }
    read::<Wire>(response).map(|wire| wire.id)
}

/// The request for the URL of a file. Read its answer with [`looked_up`].
#[must_use]
pub fn look_up(settings: &Settings, token: &Secret, media_id: &str) -> Request {
    let id = path_segment(media_id);
    Request::get(settings.url(&format!("{id}?phone_number_id={}", settings.phone_number_id)), token)
}

/// The URL of a file.
///
/// # Errors
///
/// Meta's reason if it does not know the file.
pub fn looked_up(response: Response<'_>) -> Result<Located, Failure> {
    #[derive(Deserialize)]
    struct Wire {
        url: String,
        mime_type: Option<String>,
        sha256: Option<String>,
        /// Documented as a text, seen as a number.
        file_size: Option<Value>,
    }
    let wire: Wire = read(response)?;
    let size = wire.file_size.unwrap_or_default();
    let size_bytes = size.as_u64().or_else(|| size.as_str()?.parse().ok());
    Ok(Located { url: wire.url, mime_type: wire.mime_type, sha256: wire.sha256, size_bytes })
}

/// The failure of a request for a file or for its URL. Meta refuses an expired id like one without access (§9.2: code 100 with
/// subcode 33).
fn no_file(response: Response<'_>, failure: Failure) -> Failure {
    let unknown = failure.code == "no_access" && response.status == 400;
    if unknown || media::is_gone(response) { media::gone("Meta") } else { failure }
}

/// The request that downloads a file from the URL of [`looked_up`].
///
/// # Errors
///
/// When the URL belongs to neither Meta nor the channel's own Graph API.
pub fn download(settings: &Settings, token: &Secret, url: &str) -> Result<Request, ForeignHost> {
    let metas = |host: &str| HOSTS.iter().any(|domain| within(host, domain));
    let url = media::trusted_url(url, &settings.base_url, metas).ok_or(ForeignHost)?;
    Ok(Request::get(url.into(), token))
}

/// True if `host` is `domain` or a subdomain of it.
fn within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Reads the answer to a request that is not a send.
pub(super) fn read<T: serde::de::DeserializeOwned>(response: Response<'_>) -> Result<T, Failure> {
    if (200..300).contains(&response.status)
        && let Ok(wire) = serde_json::from_slice(response.body)
    {
        return Ok(wire);
    }
    Err(errors::failure(response))
}

impl MediaDownload for Settings {
    fn file(&self, key: &Secret, file: &InboundMedia) -> Result<Fetch, Failure> {
        // A webhook that gave no id gave the file's URL.
        if file.media_id.starts_with("https:") {
            return download(self, key, &file.media_id)
                .map(Fetch::File)
                .map_err(|fault| media::elsewhere(&fault));
        }
        Ok(Fetch::Locate(look_up(self, key, &file.media_id)))
    }

    fn located(&self, key: &Secret, response: Response<'_>) -> Result<Request, Failure> {
        let located = looked_up(response).map_err(|failure| no_file(response, failure))?;
        download(self, key, &located.url).map_err(|fault| media::elsewhere(&fault))
    }

    fn no_file(&self, response: Response<'_>) -> Failure {
        no_file(response, errors::failure(response))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;
    use ::http::HeaderMap;
    use serde_json::json;

    fn settings(base_url: &str) -> Settings {
        Settings::read(&json!({"phone_number_id": "7", "waba_id": "9", "base_url": base_url})).unwrap()
    }

    fn answer(status: u16, body: &str) -> Response<'_> {
        static NONE: std::sync::LazyLock<HeaderMap> = std::sync::LazyLock::new(HeaderMap::new);
        Response { status, headers: &NONE, body: body.as_bytes() }
    }

    #[test]
    fn the_token_goes_to_metas_hosts_and_our_graph_api_only() {
        let token = Secret::new("EAAG-token");
        let meta = settings("https://graph.facebook.com");
        for url in [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=3",
            "https://LOOKASIDE.fbsbx.com/x",
            "https://scontent.fbcdn.net/x",
            "https://mmg.whatsapp.net:443/x",
        ] {
            let request = download(&meta, &token, url).unwrap();
            assert_eq!(request.headers["authorization"], "Bearer EAAG-token");
        }
        for url in [
            "",
            "/x",
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://evilfbsbx.com/x",
            "https://fbsbx.com.evil.example/x",
            "https://evil.example/lookaside.fbsbx.com",
            "https://lookaside.fbsbx.com@evil.example/x",
            r"https://evil.example\@lookaside.fbsbx.com/x",
            "https://evil.example#@lookaside.fbsbx.com",
            "file:///etc/passwd",
            "http://169.254.169.254/latest",
        ] {
            assert!(download(&meta, &token, url).is_err(), "{url}");
        }
        let twin = settings("http://127.0.0.1:8081/meta");
        assert!(download(&twin, &token, "http://127.0.0.1:8081/meta/files/1?key=2").is_ok());
        assert!(download(&twin, &token, "http://127.0.0.1:8082/meta/files/1").is_err());
    }

    #[test]
    fn an_upload_is_a_form_with_the_file_last() {
        let file = File { name: "a.png".to_owned(), mime_type: "image/png".to_owned(), bytes: vec![1, 2] };
        let request = upload(&settings("https://graph.facebook.com"), &Secret::new("t"), file);
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/7/media");
        let Body::Multipart(form) = request.body else { panic!("{:?}", request.body) };
        assert_eq!(
            form.fields,
            [("messaging_product", "whatsapp".to_owned()), ("type", "image/png".to_owned())]
        );
        assert_eq!(uploaded(answer(200, r#"{"id":"1122"}"#)).unwrap(), "1122");
    }

    #[test]
    fn a_file_is_found_with_its_size_as_text_or_number() {
        for size in [json!("48211"), json!(48211)] {
            let body = json!({"url": "https://lookaside.fbsbx.com/x", "mime_type": "image/jpeg", "sha256": "ab", "file_size": size}).to_string();
            let located = looked_up(answer(200, &body)).unwrap();
            assert_eq!(
                (located.url.as_str(), located.size_bytes),
                ("https://lookaside.fbsbx.com/x", Some(48211))
            );
        }
        let gone =
            looked_up(answer(400, r#"{"error":{"code":100,"error_subcode":33,"message":"x"}}"#)).unwrap_err();
        assert_eq!(gone.code, "no_access");
        assert_eq!(looked_up(answer(200, "<html>")).unwrap_err().code, "provider_error");
    }

    #[test]
    fn a_media_id_cannot_leave_its_place_in_the_path() {
        let settings = settings("https://graph.facebook.com");
        for (id, url) in [
            ("1122", "https://graph.facebook.com/v26.0/1122?phone_number_id=7"),
            ("../me?x=", "https://graph.facebook.com/v26.0/%2E%2E%2Fme%3Fx%3D?phone_number_id=7"),
        ] {
            assert_eq!(look_up(&settings, &Secret::new("t"), id).url, url);
        }
    }
}
