//! Listening: slow clients lose, honest ones do not notice, and a stop lets what is under way end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use warta_http::listen;

use crate::support::spawn;

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    end: JoinHandle<io::Result<()>>,
}

async fn serve(grace: Duration) -> Served {
    let slow = async |pause: u64| {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        "done"
    };
    let router = Router::new()
        .route("/", get(async || "hello"))
        .route("/slow", get(move || slow(400)))
        .route("/endless", get(move || slow(60_000)))
        .route("/echo", post(async |body: Bytes| body));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let end = spawn(listen::serve(listener, router, stop.clone(), grace));
    Served { address, stop, end }
}

/// Says something and reads until the other side closes.
async fn say(address: SocketAddr, text: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(text.as_bytes()).await?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: warta\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn clients_that_never_finish_their_head_are_dropped_and_others_served() {
    let served = serve(Duration::from_secs(1)).await;
    let began = Instant::now();
    let address = served.address;
    let lazy: Vec<_> = ["", "G", "GET / HTTP/1.1\r\nHost: wa"]
        .into_iter()
        .cycle()
        .take(60)
        .map(|head| spawn(say(address, head)))
        .collect();
    assert!(say(address, &request("/")).await.unwrap().ends_with("hello"));
    for client in lazy {
        let answer = client.await.unwrap().unwrap();
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(9) && took < Duration::from_secs(15), "{took:?}");
    served.stop.cancel();
    served.end.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_body_that_arrives_in_pieces_is_read_to_its_end() {
    let served = serve(Duration::from_secs(1)).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nHost: warta\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabc")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stream.write_all(b"def").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("abcdef"), "{answer}");
}

#[tokio::test]
async fn a_stop_lets_a_request_end_and_takes_no_new_ones() {
    let served = serve(Duration::from_secs(5)).await;
    let address = served.address;
    let under_way = spawn(async move { say(address, &request("/slow")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    served.stop.cancel();
    assert!(under_way.await.unwrap().unwrap().ends_with("done"));
    served.end.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stop_waits_no_longer_than_its_grace() {
    let served = serve(Duration::from_millis(200)).await;
    let address = served.address;
    let under_way = spawn(async move { say(address, &request("/endless")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    served.stop.cancel();
    served.end.await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(!under_way.await.unwrap().unwrap_or_default().contains("done"));
}

#[tokio::test]
async fn a_connection_outlives_the_time_a_head_may_take() {
    let served = serve(Duration::from_secs(1)).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    // As a provider's proxy does: one request now and then on the same connection.
    for pause in [0, 6, 6] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: warta\r\n\r\n").await.unwrap();
        let (mut answer, mut piece) = (Vec::new(), [0; 1024]);
        while !answer.ends_with(b"hello") {
            let read = stream.read(&mut piece).await.unwrap();
            assert!(read > 0, "the connection was closed");
            answer.extend_from_slice(&piece[..read]);
        }
    }
}
