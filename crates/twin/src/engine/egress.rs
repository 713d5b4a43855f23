//! Calls the twin makes: webhooks to the business, handshakes, and links on this machine.

use std::{sync::OnceLock, time::Duration};

use reqwest::{Client, Url, redirect::Policy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// How long the twin waits for an answer to a webhook.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The twin's HTTP client, built on first use.
#[derive(Debug)]
pub(crate) struct Egress {
    user_agent: &'static str,
    client: OnceLock<Client>,
}

impl Egress {
    /// A client that sends this `User-Agent`.
    pub(crate) const fn new(user_agent: &'static str) -> Self {
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

    /// Posts a JSON body; gives the HTTP status, or why there is none.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: &str,
    ) -> Result<u16, String> {
        let client = self.client().map_err(|error| error.to_string())?;
        let mut request = client.post(url).header(http::header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.body(body.to_owned()).send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) if error.is_timeout() => Err("no answer in time".to_owned()),
            Err(error) if error.is_connect() => Err("no connection".to_owned()),
            Err(_) => Err("the connection broke".to_owned()),
        }
    }
}

/// A callback URL: https as Meta requires, or, which only the twin allows, http on this machine.
pub(crate) fn callback_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (url.scheme() == "https" || is_loopback_http(&url)).then_some(url)
}

/// True if the URL is http on this machine.
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

/// Posts a body, signed as Meta does, and closes the connection after `kept` bytes of the announced length; gives the
/// answer's HTTP status. Only for http on this machine.
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
