//! Calls the twin makes: webhooks to us, handshakes, and links on this machine.

use std::{sync::OnceLock, time::Duration};

use reqwest::{Client, Url, redirect::Policy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// How long the twin waits for an answer to a webhook.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The twin's HTTP client, made when first needed.
#[derive(Debug)]
pub(crate) struct Egress {
    /// Who the twin says it is.
    user_agent: &'static str,
    client: OnceLock<Client>,
}

impl Egress {
    /// Calls made under this name.
    pub(crate) const fn called(user_agent: &'static str) -> Self {
        Self { user_agent, client: OnceLock::new() }
    }

    /// The client: no redirects, no proxy, 10 s.
    pub(crate) fn client(&self) -> reqwest::Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "where a twin makes its one client, which calls loopback"
        )]
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .user_agent(self.user_agent)
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// A callback address as Meta takes it: https, or (a twin's liberty) http on this machine.
pub(crate) fn callback_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (url.scheme() == "https" || is_loopback_http(&url)).then_some(url)
}

/// Whether this is http to this very machine.
pub(crate) fn is_loopback_http(url: &Url) -> bool {
    let loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    url.scheme() == "http" && loopback
}

/// Posts a body, signed as Meta does, that ends after `kept` bytes of its announced length; gives the answer's HTTP status. Only for
/// http, which is on this machine.
pub(crate) async fn post_cut(url: &str, signature: &str, body: &[u8], kept: usize) -> std::io::Result<u16> {
    let bad = |text: &str| std::io::Error::new(std::io::ErrorKind::InvalidInput, text);
    let url = Url::parse(url).ok().filter(is_loopback_http).ok_or_else(|| bad("the callback is not http"))?;
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n\
         X-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        url.path(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.get(..kept).unwrap_or(body)).await?;
    stream.shutdown().await?;
    let mut answer = Vec::new();
    tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut answer)).await??;
    let status = String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::Error::other("the connection was closed without an answer"))
}
