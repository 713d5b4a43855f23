//! Files (§2.9, §3.3): uploading one to Qontak, and downloading one that a user sent from Qontak's public CDN. No token is sent
//! there, and nothing is downloaded from elsewhere.

use ::http::{HeaderMap, Method, header};
use serde_json::Value;
use warta_core::delivery::Failure;
use warta_core::message::InboundMedia;
use warta_core::secret::Secret;
use warta_core::time::Timestamp;

use super::errors::{self, Operation};
use super::{Settings, answer, sign};
use crate::http::{Body, File, Form, Request, Response};
use crate::media::{self, Fetch, MediaDownload};

/// The hosts that Qontak stores files on.
const HOSTS: &[&str] = &["cdn.qontak.com"];
/// MIME types by file extension.
const TYPES: &[(&str, &str)] = &[
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("mp4", "video/mp4"),
    ("3gp", "video/3gpp"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/aac"),
    ("amr", "audio/amr"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("zip", "application/zip"),
];

/// The URL belongs to neither Qontak's CDN nor the channel's own API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file's URL is not at a host of Qontak")]
pub struct ForeignHost;

/// The request that uploads a file to Qontak, which gives it a public URL. Read its answer with [`uploaded`].
#[must_use]
pub fn upload(settings: &Settings, key: &Secret, file: File, now: Timestamp) -> Request {
    let body = Body::Multipart(Form { fields: Vec::new(), file });
    sign::call(settings, key, (Method::POST, "file_uploader"), body, now)
}

/// The URL of an uploaded file.
///
/// # Errors
///
/// Qontak's reason if it did not accept the file.
pub fn uploaded(response: Response<'_>) -> Result<String, Failure> {
    let data = answer::data(response)?;
    let url = data.get("url").and_then(Value::as_str).filter(|url| !url.is_empty());
    let none = || Failure::new("provider_error", "Qontak took the file and returned no URL for it.");
    url.map(str::to_owned).ok_or_else(none)
}

/// The request that downloads a file that a user sent. Its id is its URL.
///
/// # Errors
///
/// When the URL belongs to neither Qontak's CDN nor the channel's own API, where a twin stores its files.
pub fn download(settings: &Settings, url: &str) -> Result<Request, ForeignHost> {
    let qontaks = |host: &str| HOSTS.contains(&host);
    let url = media::trusted_url(url, &settings.base_url, qontaks).ok_or(ForeignHost)?;
    Ok(Request { method: Method::GET, url: url.into(), headers: HeaderMap::new(), body: Body::Empty })
}

/// The MIME type for the extension of a name or URL. Empty for an unknown one.
#[must_use]
pub fn mime_type(name: &str) -> &'static str {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    let Some((_, ending)) = path.rsplit_once('.') else { return "" };
    TYPES.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map_or("", |(_, kind)| kind)
}

impl MediaDownload for Settings {
    fn file(&self, _key: &Secret, file: &InboundMedia) -> Result<Fetch, Failure> {
        let request = download(self, &file.media_id).map_err(|fault| media::elsewhere(&fault))?;
        Ok(Fetch::File(request))
    }

    /// Follows a redirect of the CDN. The new URL must pass [`download`] too (§3.3).
    fn located(&self, _key: &Secret, response: Response<'_>) -> Result<Request, Failure> {
        let place = response.headers.get(header::LOCATION).and_then(|place| place.to_str().ok());
        let place =
            place.filter(|_| (300..400).contains(&response.status)).ok_or_else(|| self.no_file(response))?;
        download(self, place).map_err(|fault| media::elsewhere(&fault))
    }

    fn no_file(&self, response: Response<'_>) -> Failure {
        if media::is_gone(response) {
            media::gone("Qontak")
        } else {
            errors::failure(response, Operation::Other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(base_url: &str) -> Settings {
        let id = "0b6c2f5e-1111-4222-8333-aaaaaaaaaaaa";
        Settings::read(&json!({"channel_integration_id": id, "base_url": base_url})).unwrap()
    }

    #[test]
    fn files_come_from_qontak_and_our_own_api_only_and_no_token_goes_there() {
        let qontak = settings("https://service-chat.qontak.com/api/open/v1");
        for url in ["https://cdn.qontak.com/uploads/f-1/libur.pdf", "https://CDN.qontak.com:443/x?y=1"] {
            assert!(download(&qontak, url).unwrap().headers.is_empty(), "{url}");
        }
        for url in [
            "",
            "/x",
            "http://cdn.qontak.com/x",
            "https://cdn.qontak.com:8443/x",
            "https://evilcdn.qontak.com.evil.example/x",
            "https://xcdn.qontak.com/x",
            "https://cdn.qontak.com@evil.example/x",
            r"https://evil.example\@cdn.qontak.com/x",
            "file:///etc/passwd",
            "http://169.254.169.254/latest",
        ] {
            assert!(download(&qontak, url).is_err(), "{url}");
        }
        let twin = settings("http://127.0.0.1:8081/qontak");
        assert!(download(&twin, "http://127.0.0.1:8081/qontak/files/1").is_ok());
        assert!(download(&twin, "http://127.0.0.1:8082/qontak/files/1").is_err());
    }

    #[test]
    fn a_file_is_handed_over_and_its_address_read() {
        let file = File { name: "a.png".to_owned(), mime_type: "image/png".to_owned(), bytes: vec![1, 2] };
        let settings = settings("https://service-chat.qontak.com/api/open/v1");
        let request = upload(&settings, &Secret::new("t"), file, Timestamp::from_millis(0));
        assert_eq!(request.url, "https://service-chat.qontak.com/api/open/v1/file_uploader");
        assert!(matches!(request.body, Body::Multipart(form) if form.fields.is_empty()));
        let read = |status, body: &str| {
            uploaded(Response { status, headers: &HeaderMap::new(), body: body.as_bytes() })
        };
        let done = r#"{"status":"success","data":{"filename":"a.png","url":"https://cdn.example/a.png"}}"#;
        assert_eq!(read(201, done).as_deref(), Ok("https://cdn.example/a.png"));
        assert_eq!(read(201, r#"{"status":"success","data":{}}"#).unwrap_err().code, "provider_error");
        assert_eq!(read(401, r#"{"message":"Unauthorized"}"#).unwrap_err().code, "token_invalid");
    }

    #[test]
    fn the_name_tells_the_type() {
        for (name, kind) in [
            ("libur.pdf", "application/pdf"),
            ("A.JPG", "image/jpeg"),
            ("https://cdn.qontak.com/u/a.ogg?sig=a.pdf", "audio/ogg"),
            ("nothing", ""),
            ("a.exe", ""),
            ("", ""),
        ] {
            assert_eq!(mime_type(name), kind, "{name}");
        }
    }
}
