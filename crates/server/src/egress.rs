//! The only way out: HTTP calls to agents and providers, with time-outs, without redirects, and never to an address
//! that only this machine or its network can reach, unless the operator opened it.
//!
//! Addresses are checked where names are resolved, so the address that was checked is the address that is dialled
//! (facts/promises.md S6).

use std::error::Error as StdError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Limited;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

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

/// An answer whose body is still to come.
#[derive(Debug)]
pub struct Opened {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    response: reqwest::Response,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address may not be called.
    #[error(
        "the address is private to this machine or its network; an operator can open it with egress_allow"
    )]
    Forbidden,
    /// No connection came about, so nothing was sent.
    #[error("no connection")]
    NotConnected,
    /// The other side took too long. What we sent may have arrived.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke after bytes had left.
    #[error("the connection broke")]
    Broken,
    /// The answer was longer than we read.
    #[error("the answer was longer than 256 KiB")]
    TooLong,
}

impl Error {
    /// Whether it is certain that nothing arrived at the other side.
    #[must_use]
    pub const fn nothing_left(self) -> bool {
        match self {
            Self::Forbidden | Self::NotConnected => true,
            Self::TimedOut | Self::Broken | Self::TooLong => false,
        }
    }
}

impl Egress {
    /// A way out that also reaches the networks in `allow`.
    ///
    /// # Errors
    ///
    /// When the TLS set-up fails.
    pub fn new(allow: Vec<IpNet>) -> Result<Self, reqwest::Error> {
        let guard = Arc::new(Guard { allow });
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

    /// Like [`Egress::call`], for a request built by a protocol as multipart form.
    ///
    /// # Errors
    ///
    /// As [`Egress::call`].
    pub async fn post_form(
        &self,
        url: &str,
        headers: HeaderMap,
        form: reqwest::multipart::Form,
        timeout: Duration,
    ) -> Result<Answer, Error> {
        let url = self.guard.checked(url)?;
        let request = self.client.post(url).headers(headers).multipart(form).timeout(timeout);
        self.read(request).await
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
    ) -> Result<Opened, Error> {
        let url = self.guard.checked(url)?;
        let request = self.client.request(method, url).headers(headers).timeout(whole);
        let response = tokio::time::timeout(begin, request.send()).await.map_err(|_| Error::TimedOut)?;
        let response = response.map_err(|error| classify(&error))?;
        Ok(Opened { status: response.status().as_u16(), headers: response.headers().clone(), response })
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Result<Answer, Error> {
        let mut response = request.send().await.map_err(|error| classify(&error))?;
        let body = whole(&mut response).await?;
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }
}

impl Opened {
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
    pub async fn read(mut self) -> Result<Answer, Error> {
        let body = whole(&mut self.response).await?;
        Ok(Answer { status: self.status, headers: self.headers, body })
    }
}

/// The whole body of an answer, where it is no longer than what is read.
async fn whole(response: &mut reqwest::Response) -> Result<Bytes, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
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

/// Decides which addresses may be called.
#[derive(Debug)]
struct Guard {
    allow: Vec<IpNet>,
}

impl Guard {
    fn checked(&self, url: &str) -> Result<Url, Error> {
        let url = Url::parse(url).map_err(|_| Error::Forbidden)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::Forbidden);
        }
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(url::Host::Domain(_)) => None,
            None => return Err(Error::Forbidden),
        };
        if literal.is_some_and(|address| !self.permits(address)) {
            return Err(Error::Forbidden);
        }
        match (url.scheme(), literal) {
            ("https", _) => Ok(url),
            // Plain HTTP only inside networks the operator opened, and to names that resolve there.
            ("http", Some(address)) if self.opened(address) => Ok(url),
            ("http", None) if url.host_str() == Some("localhost") && !self.allow.is_empty() => Ok(url),
            _ => Err(Error::Forbidden),
        }
    }

    fn opened(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|network| network.contains(&canonical(address)))
    }

    fn permits(&self, address: IpAddr) -> bool {
        self.opened(address) || is_public(canonical(address))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = self.allow.clone();
        Box::pin(async move {
            let guard = Guard { allow };
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One forbidden address among many is enough: a name that mixes them is not to be trusted.
            if found.iter().any(|address| !guard.permits(address.ip())) {
                return Err(Error::Forbidden.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether an address is one of the open internet. What IANA reserved for anything else is not.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (b == 18 || b == 19))) // benchmarks
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out, and of it neither documentation, Teredo nor 6to4, which can wrap private IPv4.
    (0x2000..0x4000).contains(&first)
        && !(first == 0x2001 && (second == 0x0db8 || second < 0x0200))
        && first != 0x2002
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow: &[&str]) -> Guard {
        Guard { allow: allow.iter().map(|network| network.parse().unwrap()).collect() }
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0/",
            "https://10.0.0.8/",
            "https://172.16.3.4/",
            "https://192.168.1.1/",
            "https://169.254.169.254/",
            "https://100.64.0.1/",
            "https://192.0.0.8/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://240.0.0.1/",
            "https://[::]/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a00:1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[ff02::1]/",
            "https://user:pass@8.8.8.8/",
            "http://8.8.8.8/",
            "ftp://8.8.8.8/",
            "file:///etc/passwd",
            "javascript:1",
            "http://example.com/",
            "",
        ] {
            assert_eq!(guard(&[]).checked(url).err(), Some(Error::Forbidden), "{url}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for url in ["https://8.8.8.8/", "https://graph.facebook.com/v26.0/1", "https://[2a03:2880:f10c::1]/"]
        {
            assert!(guard(&[]).checked(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn an_opened_network_passes_and_its_neighbour_does_not() {
        let guard = guard(&["127.0.0.0/8"]);
        assert!(guard.checked("http://127.0.0.1:8081/agent").is_ok());
        assert!(guard.checked("http://[::ffff:127.0.0.1]:8081/agent").is_ok());
        assert_eq!(guard.checked("http://10.0.0.1/").err(), Some(Error::Forbidden));
    }

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
