//! How long a message takes to its agent, and the agent's answer to the provider, at an even 50 messages a second.
//!
//! The loop is open: a message leaves when it is due, however long the others take, so that a stall shows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::extract::State;
use axum::routing::any;
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use warta_http::listen;

use crate::child::Server;
use crate::report::Section;
use crate::{load, machine, payload};

const MESSAGES: usize = 1_000;
const EVERY: Duration = Duration::from_millis(20);
/// The first second warms up connections and caches.
const WARM_UP: usize = 50;
const PATIENCE: Duration = Duration::from_secs(20);

/// When what arrived, by the number of its message.
#[derive(Debug, Default)]
struct Arrivals {
    agent: Mutex<HashMap<usize, Instant>>,
    graph: Mutex<HashMap<usize, Instant>>,
}

/// Measures.
pub(crate) async fn measure() -> Result<Section> {
    let folder = machine::folder()?;
    let arrivals = Arc::new(Arrivals::default());
    let shutdown = CancellationToken::new();
    let router =
        Router::new().route("/agent", any(agent)).fallback(any(graph)).with_state(Arc::clone(&arrivals));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let outside = format!("http://{}", listener.local_addr()?);
    let mut background = JoinSet::new();
    background.spawn(listen::serve(listener, router, shutdown.clone(), Duration::ZERO));

    let data = folder.path().display().to_string();
    let warta = Server::start(&["serve-warta", &data, &format!("{outside}/agent"), &outside])?;
    let before = machine::noise(folder.path())?;
    let sent = send(&warta).await?;
    let end = machine::now() + PATIENCE;
    while held(&arrivals.graph).len() < MESSAGES && machine::now() < end {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let after = machine::noise(folder.path())?;
    shutdown.cancel();

    let mut section = Section::new("latency");
    section.row("messages", MESSAGES.to_string(), "50 a second");
    let noise = format!("{:.2} {:.2}", before.stretch, after.stretch);
    section.row(
        "machine before and after",
        noise,
        format!("flush {:.2} {:.2} ms", before.flush_ms, after.flush_ms),
    );
    let mut figures = serde_json::Map::new();
    for (name, arrived) in [("webhook to agent", &arrivals.agent), ("webhook to provider", &arrivals.graph)] {
        let arrived = held(arrived);
        let counted = sent.iter().enumerate().skip(WARM_UP);
        let times = counted.filter_map(|(number, at)| Some(arrived.get(&number)?.duration_since(*at)));
        let mut times: Vec<f64> = times.map(|time| time.as_secs_f64() * 1_000.0).collect();
        let [p50, p99, most] = [50, 99, 100].map(|percent| machine::percentile(&mut times, percent));
        let missing = MESSAGES.saturating_sub(arrived.len());
        section.row(
            format!("{name}, p50 / p99"),
            format!("{p50:.1} / {p99:.1} ms"),
            format!("most {most:.1}; missing {missing}"),
        );
        let figure = json!({ "p50_ms": p50, "p99_ms": p99, "max_ms": most, "missing": missing });
        figures.insert(name.replace(' ', "_"), figure);
    }
    section.figures = Value::Object(figures);
    Ok(section)
}

/// Sends every message when it is due; gives the instants.
async fn send(warta: &Server) -> Result<Vec<Instant>> {
    let idle = Arc::new(Mutex::new(Vec::new()));
    let (start, mut due, mut under_way) = (machine::now(), Vec::new(), JoinSet::new());
    for number in 0..MESSAGES {
        let at = start + EVERY * u32::try_from(number)?;
        tokio::time::sleep_until(at.into()).await;
        due.push(at);
        let (idle, address) = (Arc::clone(&idle), warta.address.clone());
        let request = payload::request(&warta.path, number);
        under_way.spawn(async move {
            let kept = held(&idle).pop();
            let mut stream = match kept {
                Some(stream) => stream,
                None => load::connect(&address).await?,
            };
            let status = load::exchange(&mut stream, &request, &mut Vec::new()).await?;
            anyhow::ensure!(status == 200, "a webhook was answered with {status}");
            held(&idle).push(stream);
            Ok(())
        });
    }
    while let Some(done) = under_way.join_next().await {
        done.context("a connection of the generator panicked")??;
    }
    Ok(due)
}

/// An agent that says back which message it was given.
async fn agent(State(arrivals): State<Arc<Arrivals>>, body: Bytes) -> Json<Value> {
    let Some(number) = note(&arrivals.agent, &body) else { return Json(json!({})) };
    Json(json!({ "replies": [{ "type": "text", "text": { "body": payload::mark(number) } }] }))
}

/// Meta, taking everything.
async fn graph(State(arrivals): State<Arc<Arrivals>>, body: Bytes) -> Json<Value> {
    let Some(number) = note(&arrivals.graph, &body) else { return Json(json!({ "success": true })) };
    let message = json!({ "id": format!("wamid.bench{number}") });
    Json(json!({ "messaging_product": "whatsapp", "contacts": [], "messages": [message] }))
}

fn note(arrivals: &Mutex<HashMap<usize, Instant>>, body: &[u8]) -> Option<usize> {
    let number = payload::marked(body)?;
    held(arrivals).entry(number).or_insert_with(machine::now);
    Some(number)
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
