//! Where callers come from, over real connections: a trusted proxy is believed, nobody else is.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use warta_core::permission::OrganizationRole;
use warta_http::listen;
use warta_store::AuditFilter;

use crate::support::{World, people, spawn};

/// A gateway that listens, and trusts these proxies.
async fn listening(trusted: &[&str]) -> (World, SocketAddr, CancellationToken) {
    let proxies = trusted.iter().map(|network| network.parse().unwrap()).collect();
    let world = World::now().await.behind(proxies);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let (router, until) = (world.router.clone(), stop.clone());
    drop(spawn(async move { listen::serve(listener, router, until, Duration::from_secs(1)).await }));
    (world, address, stop)
}

/// A try to sign in as somebody else each time; gives the status.
async fn try_to_sign_in(gateway: SocketAddr, number: u32, forwarded_for: &str) -> u16 {
    let body = format!("email=nobody{number}%40example.com&password=wrong");
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-For: {forwarded_for}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(gateway).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_header_of_whom_nobody_trusts_changes_nothing() {
    for trusted in [&[][..], &["10.0.0.0/8"]] {
        let (_world, gateway, stop) = listening(trusted).await;
        for number in 0..5 {
            assert_eq!(try_to_sign_in(gateway, number, &format!("198.51.100.{number}")).await, 422);
        }
        assert_eq!(try_to_sign_in(gateway, 5, "198.51.100.5").await, 429, "all come from one address");
        stop.cancel();
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_caller_has_their_own_tries() {
    let (_world, gateway, stop) = listening(&["127.0.0.0/8"]).await;
    for number in 0..5 {
        // What the caller claims to the left of what the proxy adds is not heard.
        let line = format!("192.0.2.{number}, 198.51.100.7");
        assert_eq!(try_to_sign_in(gateway, number, &line).await, 422);
    }
    assert_eq!(try_to_sign_in(gateway, 5, "198.51.100.7").await, 429);
    assert_eq!(try_to_sign_in(gateway, 6, "198.51.100.8").await, 422, "another caller waits for nothing");
    stop.cancel();
}

#[tokio::test]
async fn the_activity_names_the_caller_not_the_proxy() {
    let (world, gateway, stop) = listening(&["127.0.0.1/32"]).await;
    let person = people::person(&world.app, world.organization, OrganizationRole::Owner).await;
    let path = people::link(&world.app, person).await;
    let mut stream = TcpStream::connect(gateway).await.unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let filter = AuditFilter { limit: 1, ..AuditFilter::default() };
    let page = world.app.store.audit(world.scope(), &filter).await.unwrap();
    assert_eq!(page.entries[0].by.address, "198.51.100.7");
    stop.cancel();
}
