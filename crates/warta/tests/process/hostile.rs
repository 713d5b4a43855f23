//! Bad input over real HTTP, as the issue lists it.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Chat, Http, Program, Ready, taken};

#[tokio::test(flavor = "multi_thread")]
async fn bad_webhooks_are_refused_and_nothing_of_them_is_stored() {
    let (program, ready) = Program::start::<Ready>(&["demo", "--json", "--port", "0"]).await;
    let (http, channel) = (Http::new(), &ready.channels[0]);
    let chat = Chat::new(&http, &ready.twins.meta_cloud, &channel.phone_number_id);
    let empty = r#"{"object":"whatsapp_business_account","entry":[]}"#;

    let posted = async |signature: Option<&str>, body: String, hook: &str| {
        let mut request = http.0.post(hook).body(body);
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let wrong = format!("sha256={}", "0".repeat(64));
    for signature in [None, Some(""), Some("sha256="), Some("sha256=zz"), Some("sha1=00"), Some(&*wrong)] {
        assert_eq!(posted(signature, empty.to_owned(), &channel.hook).await.0, 401, "{signature:?}");
    }
    let unknown = channel.hook.replace(&channel.id, "chn_00000000000000000000000000");
    for hook in [unknown, channel.hook.replace(&channel.id, "nonsense")] {
        assert_eq!(posted(Some(&wrong), empty.to_owned(), &hook).await.0, 404, "{hook}");
        assert_eq!(
            http.status(&format!("{hook}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x")).await,
            404
        );
    }
    assert_eq!(
        posted(Some(&wrong), "x".repeat(4 * 1024 * 1024), &channel.hook).await.0,
        401,
        "4 MiB is not too much"
    );
    assert_eq!(posted(Some(&wrong), "x".repeat(4 * 1024 * 1024 + 1), &channel.hook).await.0, 413);
    for query in [
        "hub.mode=subscribe&hub.challenge=4711&hub.verify_token=wrong",
        "hub.mode=subscribe&hub.challenge=4711",
        "",
    ] {
        let answer = http.0.get(format!("{}?{query}", channel.hook)).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{query}");
        let said = answer.text().await.unwrap();
        assert!(!said.contains(&channel.verify_token) && !said.contains("4711"), "{said:?}");
    }
    assert_eq!(cut_post(&channel.hook).await, "HTTP/1.1 400 Bad Request");
    assert!(http.messages(&ready.api, &channel.api_key).await.is_empty());
    assert_eq!(
        chat.raw(empty, json!({})).await,
        [taken()],
        "the gateway is well, and a good signature is good"
    );
    assert_eq!(program.stop().await.0, Some(0));
}

/// Announces more than it sends, then closes its side. Gives the first line of the answer.
async fn cut_post(hook: &str) -> String {
    let (host, path) = hook.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\n{{\"object\":");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}
