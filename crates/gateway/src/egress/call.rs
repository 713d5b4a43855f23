//! The calls and what comes of them.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Limited;
use ipnet::IpNet;
use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::multipart;
use warta_protocol::http::{Body, Request, Response};

use super::error::Error;
use super::guard::Guard;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest answer that is read; agents and providers have no reason to say more.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Calls out.
#[derive(Debug, Clone)]
pub struct Egress {
    client: reqwest::Client,
    guard: Arc<Guard>,
}

/// An answer from outside.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

impl Answer {
    /// The answer as protocols read it.
    #[must_use]
    pub fn response(&self) -> Response<'_> {
        Response { status: self.status, headers: &self.headers, body: &self.body }
    }
}

/// An answer whose body is still to come.
#[derive(Debug)]
pub struct StreamedAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    response: reqwest::Response,
}

impl Egress {
    /// A way out that also reaches the networks in `allow`.
    ///
    /// # Errors
    ///
    /// When the TLS set-up fails.
    pub fn new(allow: Vec<IpNet>) -> Result<Self, reqwest::Error> {
        let guard = Arc::new(Guard::new(allow));
        #[expect(clippy::disallowed_methods, reason = "the one place where a client is built")]
        let builder = reqwest::Client::builder();
        let client = builder
            .user_agent(concat!("Warta/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            // Shorter than what servers keep idle connections for, so that we rarely write into a closed one.
            .pool_idle_timeout(Duration::from_secs(20))
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::clone(&guard))
            .build()?;
        Ok(Self { client, guard })
    }

    /// Whether an address may be called, as far as that shows before its name is looked up.
    #[must_use]
    pub fn may_call(&self, url: &str) -> bool {
        self.guard.checked(url).is_ok()
    }

    /// Makes a call and reads the whole answer, all within `timeout`.
    ///
    /// # Errors
    ///
    /// When there is no answer; [`Error::nothing_left`] tells whether anything can have arrived.
    pub async fn call(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Answer, Error> {
        let url = self.guard.checked(url)?;
        let request = self.client.request(method, url).headers(headers).body(body).timeout(timeout);
        self.read(request).await
    }

    /// Makes the call that a protocol describes.
    ///
    /// # Errors
    ///
    /// As [`Egress::call`].
    pub async fn execute(&self, request: Request, timeout: Duration) -> Result<Answer, Error> {
        let Request { method, url, headers, body } = request;
        let form = match body {
            Body::Empty => return self.call(method, &url, headers, Bytes::new(), timeout).await,
            Body::Json(json) => return self.call(method, &url, headers, Bytes::from(json), timeout).await,
            Body::Multipart(form) => form,
        };
        let file = multipart::Part::bytes(form.file.bytes)
            .file_name(form.file.name)
            .mime_str(&form.file.mime_type)
            .map_err(|_| Error::Forbidden)?;
        let fields = form.fields.into_iter();
        let form = fields
            .fold(multipart::Form::new(), |whole, (name, value)| whole.text(name, value))
            .part("file", file);
        let url = self.guard.checked(&url)?;
        self.read(self.client.post(url).headers(headers).multipart(form).timeout(timeout)).await
    }

    /// Makes a call without a body, of which the answer is read later. It must begin within the first and end within the second
    /// time.
    ///
    /// # Errors
    ///
    /// As [`Egress::call`].
    pub async fn open(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        (begin, whole): (Duration, Duration),
    ) -> Result<StreamedAnswer, Error> {
        let url = self.guard.checked(url)?;
        let request = self.client.request(method, url).headers(headers).timeout(whole);
        let response = tokio::time::timeout(begin, request.send()).await.map_err(|_| Error::TimedOut)?;
        let response = response.map_err(|error| classify(&error))?;
        Ok(StreamedAnswer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            response,
        })
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Result<Answer, Error> {
        let mut response = request.send().await.map_err(|error| classify(&error))?;
        let body = whole(&mut response, LONGEST_ANSWER).await?;
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }
}

impl StreamedAnswer {
    /// How long the body is, where that was said.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The body as it comes in. It breaks off where it is longer than `longest` bytes.
    pub fn into_body(self, longest: u64) -> axum::body::Body {
        let longest = usize::try_from(longest).unwrap_or(usize::MAX);
        axum::body::Body::new(Limited::new(reqwest::Body::from(self.response), longest))
    }

    /// Reads the whole answer.
    ///
    /// # Errors
    ///
    /// As [`Egress::call`].
    pub async fn read(self) -> Result<Answer, Error> {
        self.read_up_to(LONGEST_ANSWER).await
    }

    /// Reads the whole answer, where its body is no longer than `longest` bytes.
    ///
    /// # Errors
    ///
    /// As [`Egress::call`].
    pub async fn read_up_to(mut self, longest: usize) -> Result<Answer, Error> {
        let body = whole(&mut self.response, longest).await?;
        Ok(Answer { status: self.status, headers: self.headers, body })
    }
}

/// The whole body of an answer, where it is no longer than `longest` bytes.
async fn whole(response: &mut reqwest::Response, longest: usize) -> Result<Bytes, Error> {
    if response
        .content_length()
        .is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > longest))
    {
        return Err(Error::TooLong);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if body.len() + chunk.len() > longest {
            return Err(Error::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

fn classify(error: &reqwest::Error) -> Error {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(own) = cause.downcast_ref::<Error>() {
            return *own;
        }
        source = cause.source();
    }
    if error.is_connect() || error.is_builder() {
        Error::NotConnected
    } else if error.is_timeout() {
        Error::TimedOut
    } else {
        Error::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_resolves_to_this_machine_is_refused_before_a_byte_leaves() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(rustls::crypto::ring::default_provider().install_default()); // another test may have been first
        let egress = Egress::new(Vec::new()).unwrap();
        let url = format!("https://localhost:{port}/");
        let timeout = Duration::from_secs(2);
        let answer = egress.call(Method::GET, &url, HeaderMap::new(), Bytes::new(), timeout).await;
        assert_eq!(answer.err(), Some(Error::Forbidden));
        let accepted = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(accepted.is_err(), "a connection was made");
    }
}
