//! `GET /v1/messages/{id}/media`: the file that a user sent, passed on from whichever provider has it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use warta_core::channel::Protocol;
use warta_core::message::Direction;
use warta_gateway::web::keys;
use warta_store::ChannelChange;

use crate::qontak_keys;
use crate::support::stand::Call;
use crate::support::webhook::messages;
use crate::support::world::{ACCESS_TOKEN, NUMBER};
use crate::support::{BUDI, Say, Tenants, World, spawn};

const BYTES: &str = "%PDF-1.4 canary";

fn file(kind: &'static str) -> Say {
    Say::Text(200, Some(("content-type", kind)), BYTES.to_owned())
}

/// Where Budi's document is read back, which Meta knows by the id 1122.
async fn sent(world: &Tenants, document: Value) -> String {
    let message = json!({"from": BUDI, "id": "wamid.DOC", "timestamp": world.seconds().to_string(), "type": "document",
        "document": document});
    World::post(world, &messages(NUMBER, &[message])).await;
    format!("/v1/messages/{}/media", world.messages(Direction::Inbound).await[0].id)
}

fn document() -> Value {
    json!({"id": "1122", "mime_type": "application/pdf", "filename": "libur \"2026\".pdf"})
}

/// Meta, which has the file at `place`.
fn metas(world: &Tenants, place: String, then: Say) {
    world.graph.rule(move |call: &Call| {
        Some(if call.path.ends_with("/1122") { Say::Json(200, json!({"url": place})) } else { then.clone() })
    });
}

#[tokio::test]
async fn a_file_comes_from_meta_as_a_download_with_its_type_and_name() {
    let world = Tenants::new().await;
    let path = sent(&world, document()).await;
    metas(&world, format!("{}/files/7", world.graph.url), file("text/html"));
    let answer = world.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, BYTES));
    assert_eq!(answer.header("content-type"), "application/pdf");
    let disposition = "attachment; filename=\"libur _2026_.pdf\"; filename*=UTF-8''libur%20%222026%22.pdf";
    assert_eq!(answer.header("content-disposition"), disposition);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    let calls = world.graph.calls();
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|call| call.header("authorization") == format!("Bearer {ACCESS_TOKEN}")));
}

#[tokio::test]
async fn only_a_key_of_the_channel_fetches_it_and_only_where_there_is_a_file() {
    let world = Tenants::new().await;
    let path = sent(&world, document()).await;
    for (key, problem) in [
        (None, (401, "key_missing")),
        (Some(&world.draft_key), (404, "not_found")),
        (Some(&world.foreign_key), (404, "not_found")),
    ] {
        let answer = world.call(Method::GET, &path, key.map(String::as_str)).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()));
    }
    let text = world.user_writes(BUDI, "Halo").await;
    assert_eq!(
        world.get(&format!("/v1/messages/{text}/media")).await.problem(),
        (404, "not_found".to_owned())
    );
    assert_eq!(world.get("/v1/messages/x/media").await.problem(), (404, "not_found".to_owned()));
    assert!(world.graph.calls().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn what_is_gone_refused_or_elsewhere_is_told_apart() {
    let world = Tenants::new().await;
    let path = sent(&world, document()).await;
    let here = format!("{}/files/7", world.graph.url);
    metas(&world, here.clone(), Say::Text(404, None, String::new()));
    let answer = world.get(&path).await;
    assert_eq!(answer.problem(), (404, "media_gone".to_owned()));
    assert!(answer.json()["resolution"].as_str().unwrap().contains("send it again"));
    metas(&world, here, Say::fault(401, 190));
    let answer = world.get(&path).await;
    assert_eq!(answer.problem(), (502, "provider_failed".to_owned()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("(#190) no"), "{}", answer.text);
    // The answer of a provider cannot lead into our own network, nor a token to somebody else.
    for place in ["http://169.254.169.254/latest", "https://evil.example/x"] {
        metas(&world, place.to_owned(), file("a/b"));
        let before = world.graph.calls().len();
        assert_eq!(world.get(&path).await.problem(), (502, "provider_failed".to_owned()), "{place}");
        assert_eq!(world.graph.calls().len(), before + 1, "{place}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_begun() {
    let world = Tenants::new().await;
    let path = sent(&world, document()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    costers(&world, &format!("http://{}", listener.local_addr().unwrap())).await;
    let served = spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let read = stream.read(&mut [0; 4_096]).await.unwrap();
        assert!(read > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 104857601\r\n\r\n").await.unwrap();
        stream
    });
    let answer = world.get(&path).await;
    assert_eq!(answer.problem(), (502, "provider_failed".to_owned()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("larger than 100 MiB"), "{}", answer.text);
    drop(served.await.unwrap());
}

/// The channel becomes one of Coster's, whose files are at `place`.
async fn costers(world: &Tenants, place: &str) {
    let settings = json!({"account_id": "a", "division_id": "d", "bot_base_url": place});
    let change = ChannelChange {
        protocol: Some(Protocol::Coster),
        settings: Some(settings),
        ..ChannelChange::default()
    };
    world.change(change).await;
    world.app.directory.forget();
}

#[tokio::test]
async fn a_file_of_costers_comes_with_the_bot_token() {
    let world = Tenants::new().await;
    let path = sent(&world, json!({"id": "1122"})).await;
    costers(&world, &world.graph.url).await;
    world.graph.rule(|_| Some(file("application/pdf")));
    let answer = world.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, BYTES));
    assert_eq!(answer.header("content-type"), "application/pdf", "as Coster says where the webhook did not");
    let calls = world.graph.calls();
    assert_eq!(
        (calls[0].path.as_str(), calls[0].header("x-access-token")),
        ("/bot/media/1122", ACCESS_TOKEN)
    );
}

#[tokio::test]
async fn a_file_of_qontaks_comes_without_a_token_and_its_redirects_are_checked() {
    let (world, channel) = qontak_keys::signing().await;
    let url = format!("{}/files/libur.pdf", world.graph.url);
    let mut written = qontak_keys::written(&world);
    written["type"] = json!("document");
    written["file"] = json!({"url": url, "filename": "libur.pdf", "size": 15});
    let request = Request::post(format!("/hooks/{}/{}", channel.id, qontak_keys::WHS));
    let request = request.body(Body::from(written.to_string())).unwrap();
    assert_eq!(world.request(request).await.0, StatusCode::OK);
    let id = world.messages(Direction::Inbound).await[0].id;
    let key = keys::create(&world.app, world.scope(), channel.id, "tests").await.unwrap().1;
    let get = async || {
        let request = Request::get(format!("/v1/messages/{id}/media"));
        let request = request.header("authorization", format!("Bearer {}", key.expose()));
        world.send(request.body(Body::empty()).unwrap()).await
    };
    world.graph.rule(|_| Some(file("application/pdf")));
    let answer = get().await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, BYTES));
    let calls = world.graph.calls();
    assert_eq!(
        (calls.len(), calls[0].path.as_str(), calls[0].header("authorization")),
        (1, "/files/libur.pdf", "")
    );
    world.graph.rule(|_| Some(Say::Text(302, Some(("location", "http://169.254.169.254/x")), String::new())));
    assert_eq!(get().await.problem(), (502, "provider_failed".to_owned()));
    assert_eq!(world.graph.calls().len(), 2);
}
