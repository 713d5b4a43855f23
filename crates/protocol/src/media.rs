//! Downloading a file that a user sent. The provider keeps the bytes until a program asks for them.

use url::Url;
use warta_core::delivery::Failure;
use warta_core::message::InboundMedia;
use warta_core::secret::Secret;

use crate::http::{Request, Response};

/// The code for a file that the provider no longer has.
pub const MEDIA_GONE: &str = "media_gone";
/// The code for a file at a host that is not the provider's. Nothing is fetched from there.
pub const MEDIA_ELSEWHERE: &str = "media_elsewhere";

/// The next request of a download.
#[derive(Debug)]
pub enum Fetch {
    /// Its answer names the file's URL. Read it with [`MediaDownload::located`].
    Locate(Request),
    /// Its answer is the file, or a redirect for [`MediaDownload::located`].
    File(Request),
}

/// How a provider hands out the files that users sent.
pub trait MediaDownload: Send + Sync {
    /// The first request of a download.
    ///
    /// # Errors
    ///
    /// [`MEDIA_ELSEWHERE`] if the file's URL is not the provider's.
    fn file(&self, key: &Secret, file: &InboundMedia) -> Result<Fetch, Failure>;

    /// The request for the file, from an answer that names its URL: the answer to [`Fetch::Locate`], or a redirect.
    ///
    /// # Errors
    ///
    /// The provider's reason if the answer names no URL, and as [`MediaDownload::file`].
    fn located(&self, key: &Secret, response: Response<'_>) -> Result<Request, Failure> {
        let _ = key;
        Err(self.no_file(response))
    }

    /// The failure that an answer to [`Fetch::File`] reports instead of a file.
    fn no_file(&self, response: Response<'_>) -> Failure;
}

/// The URL of a file, if a token and a request may go there: to the channel's own API, where a twin stores its files, or by `https`
/// to a host of the provider.
pub(crate) fn trusted_url(url: &str, base_url: &str, is_providers: impl Fn(&str) -> bool) -> Option<Url> {
    let (url, base) = (Url::parse(url).ok()?, Url::parse(base_url).ok()?);
    let own = url.origin().is_tuple() && url.origin() == base.origin();
    let providers =
        url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(is_providers);
    (own || providers).then_some(url)
}

/// True if an answer says that the file no longer exists.
pub(crate) fn is_gone(response: Response<'_>) -> bool {
    matches!(response.status, 404 | 410)
}

/// The failure for a file that no longer exists.
pub(crate) fn gone(provider: &str) -> Failure {
    Failure::new(MEDIA_GONE, format!("{provider} no longer has the file. Ask the user to send it again."))
}

/// The failure for a file at a host that is not the provider's. No request and no token goes there.
pub(crate) fn elsewhere(fault: &impl std::error::Error) -> Failure {
    let text = fault.to_string();
    let mut detail: String = text.chars().take(1).flat_map(char::to_uppercase).collect();
    detail.extend(text.chars().skip(1));
    Failure::new(MEDIA_ELSEWHERE, detail + ". Nothing was fetched.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderMap;
    use serde_json::{Value, json};
    use std::sync::Arc;
    use warta_core::channel::Protocol;

    use crate::Provider;

    fn provider(protocol: Protocol) -> Arc<dyn Provider> {
        crate::read(protocol, &crate::entry(protocol).description.examples()).unwrap()
    }

    fn file(id: &str) -> InboundMedia {
        InboundMedia { media_id: id.to_owned(), ..InboundMedia::default() }
    }

    fn first(protocol: Protocol, id: &str) -> Result<Fetch, Failure> {
        provider(protocol).media().file(&Secret::new("tok"), &file(id))
    }

    fn located(
        protocol: Protocol,
        status: u16,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Request, Failure> {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let body = body.to_string();
        provider(protocol)
            .media()
            .located(&Secret::new("tok"), Response { status, headers: &headers, body: body.as_bytes() })
    }

    #[test]
    fn each_provider_is_asked_in_its_own_way() {
        let Ok(Fetch::Locate(request)) = first(Protocol::MetaCloud, "1122") else { panic!() };
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/1122?phone_number_id=700111222333444");
        let Ok(Fetch::File(request)) = first(Protocol::Coster, "1122") else { panic!() };
        assert_eq!(request.headers["x-access-token"], "tok");
        let Ok(Fetch::File(request)) = first(Protocol::Qontak, "https://cdn.qontak.com/a.pdf") else {
            panic!()
        };
        assert!(request.headers.is_empty(), "no token goes to the CDN");
    }

    #[test]
    fn nothing_is_fetched_from_somebody_else() {
        for url in ["https://evil.example/a.pdf", "http://169.254.169.254/latest", "a"] {
            assert_eq!(first(Protocol::Qontak, url).unwrap_err().code, MEDIA_ELSEWHERE, "{url}");
            let moved = located(Protocol::Qontak, 302, &[("location", url)], &json!({}));
            assert_eq!(moved.unwrap_err().code, MEDIA_ELSEWHERE, "{url}");
            let found = located(Protocol::MetaCloud, 200, &[], &json!({"url": url}));
            assert_eq!(found.unwrap_err().code, MEDIA_ELSEWHERE, "{url}");
        }
    }

    #[test]
    fn a_way_that_is_told_is_gone() {
        let found =
            located(Protocol::MetaCloud, 200, &[], &json!({"url": "https://lookaside.fbsbx.com/x"})).unwrap();
        assert_eq!(found.headers["authorization"], "Bearer tok");
        let moved = [("location", "https://cdn.qontak.com/b.pdf")];
        assert!(located(Protocol::Qontak, 302, &moved, &json!({})).unwrap().headers.is_empty());
        assert!(located(Protocol::Qontak, 200, &moved, &json!({})).is_err(), "no redirect");
        assert!(located(Protocol::Coster, 302, &moved, &json!({})).is_err(), "Coster tells no other place");
    }

    #[test]
    fn a_file_that_is_gone_is_told_from_what_else_goes_wrong() {
        for protocol in Protocol::ALL.iter().copied() {
            let said = |status| {
                provider(protocol)
                    .media()
                    .no_file(Response { status, headers: &HeaderMap::new(), body: b"" })
                    .code
            };
            assert_eq!([said(404), said(410)], [MEDIA_GONE; 2], "{protocol}");
            assert!([401, 403, 500].iter().all(|status| said(*status) != MEDIA_GONE), "{protocol}");
        }
        let unknown =
            json!({"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request."}});
        let located = |status, body| located(Protocol::MetaCloud, status, &[], body).unwrap_err().code;
        assert_eq!(located(400, &unknown), MEDIA_GONE);
        assert_eq!(located(401, &json!({"error": {"code": 190, "message": "x"}})), "token_invalid");
    }
}
