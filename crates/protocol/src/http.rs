//! HTTP requests and responses as plain values.

use std::fmt;

use ::http::{HeaderMap, HeaderValue, Method, header};
use warta_core::json;
use warta_core::secret::Secret;

/// A request to send. Its `Debug` shows neither headers nor body: they hold tokens and messages.
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL, with its query.
    pub url: String,
    /// The headers, except those that follow from the body.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// The body of a request.
pub enum Body {
    /// No body.
    Empty,
    /// Serialized JSON. Its content type is in the headers.
    Json(Vec<u8>),
    /// A form with a file.
    Multipart(Form),
}

/// A form with a file.
pub struct Form {
    /// The fields before the file, in order.
    pub fields: Vec<(&'static str, String)>,
    /// The file.
    pub file: File,
}

/// A file to upload.
pub struct File {
    /// Its name.
    pub name: String,
    /// Its MIME type.
    pub mime_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A response.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

impl Request {
    pub(crate) fn get(url: String, token: &Secret) -> Self {
        Self { method: Method::GET, url, headers: bearer(token), body: Body::Empty }
    }

    pub(crate) fn delete(url: String, token: &Secret) -> Self {
        Self { method: Method::DELETE, url, headers: bearer(token), body: Body::Empty }
    }

    pub(crate) fn post_json(url: String, token: &Secret, body: &impl serde::Serialize) -> Self {
        let mut headers = bearer(token);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // Our wire types have string keys and no field that fails, so serialization cannot fail.
        let body = json::bytes(body);
        Self { method: Method::POST, url, headers, body: Body::Json(body) }
    }

    pub(crate) fn post_form(url: String, token: &Secret, form: Form) -> Self {
        Self { method: Method::POST, url, headers: bearer(token), body: Body::Multipart(form) }
    }
}

/// The `Authorization` header for a token.
pub(crate) fn bearer(token: &Secret) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(2);
    // A token with a line break is not a valid header. Without the header the provider refuses the call and says why.
    if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", token.expose())) {
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    headers
}

/// An id as one segment of a path. Characters that could change the path are escaped.
pub(crate) fn path_segment(id: &str) -> String {
    use std::fmt::Write;
    let mut segment = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            segment.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(segment, "%{byte:02X}").ok();
        }
    }
    segment
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query of a media URL gives access to the file.
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        write!(f, "{} {path} {:?}", self.method, self.body)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("(no body)"),
            Self::Json(json) => write!(f, "({} bytes of JSON)", json.len()),
            Self::Multipart(form) => write!(f, "({:?})", form.file),
        }
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.mime_type)
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_token_nor_body_nor_query() {
        let token = Secret::new("EAAG-marker-token");
        let url = "https://graph.example/v26.0/1?key=marker-query".to_owned();
        let request = Request::post_json(url, &token, &serde_json::json!({"text": "marker-text"}));
        let shown = format!("{request:?} {:?}", request.headers);
        assert!(!shown.contains("marker"), "{shown}");
        assert!(shown.starts_with("POST https://graph.example/v26.0/1 (22 bytes of JSON)"), "{shown}");
    }
}
