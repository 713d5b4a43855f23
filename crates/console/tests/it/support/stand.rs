//! A small HTTP endpoint that stands where an agent or Meta's Graph API would: it keeps what it is asked and answers by script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// What it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: String,
    /// The body as JSON, or null.
    pub(crate) body: Value,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The text of the message an agent is told of.
    pub(crate) fn told(&self) -> &str {
        self.body["messages"][0]["text"]["body"].as_str().unwrap_or_default()
    }

    /// The text of the message Meta is to send.
    pub(crate) fn sent(&self) -> &str {
        self.body["text"]["body"].as_str().unwrap_or_default()
    }
}

/// How it answers.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    /// With this status and JSON.
    Json(u16, Value),
    /// With this status, header and text.
    Text(u16, Option<(&'static str, &'static str)>, String),
    /// As the one inside, after a while.
    Late(Duration, Box<Say>),
    /// Never.
    Hang,
    /// By cutting the connection.
    Cut,
}

impl Say {
    /// An agent's answer with one text.
    pub(crate) fn reply(body: &str) -> Self {
        Self::Json(200, json!({"replies": [{"type": "text", "text": {"body": body}}]}))
    }

    /// Meta's error body.
    pub(crate) fn fault(status: u16, code: i64) -> Self {
        Self::Json(
            status,
            json!({"error": {"message": format!("(#{code}) no"), "type": "OAuthException", "code": code, "fbtrace_id": "A"}}),
        )
    }
}

type Rule = Box<dyn FnMut(&Call) -> Option<Say> + Send>;

#[derive(Default)]
struct Book {
    calls: Vec<Call>,
    reads: Vec<Call>,
    sessions: Vec<Call>,
    script: VecDeque<Say>,
    rule: Option<Rule>,
    session_rule: Option<Rule>,
    accepted: u32,
}

/// The endpoint; it ends with the value.
pub(crate) struct Stand {
    pub(crate) url: String,
    book: Arc<Mutex<Book>>,
    _stop: DropGuard,
}

impl Stand {
    pub(crate) async fn open() -> Self {
        let book = Arc::new(Mutex::new(Book::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&book));
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        TaskTracker::new().spawn(async move {
            tokio::select! {
                served = axum::serve(listener, router).into_future() => served.unwrap(),
                () = stopped => {}
            }
        });
        Self { url, book, _stop: stop.drop_guard() }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// The next calls are answered so, one after the other.
    pub(crate) fn script(&self, says: impl IntoIterator<Item = Say>) {
        self.book().script.extend(says);
    }

    /// Calls beyond the script are answered so; `None` means as usual.
    pub(crate) fn rule(&self, rule: impl FnMut(&Call) -> Option<Say> + Send + 'static) {
        self.book().rule = Some(Box::new(rule));
    }

    /// What it is told of sessions is answered so; `None` means as usual. Scripts and rules for messages do not count there.
    pub(crate) fn session_rule(&self, rule: impl FnMut(&Call) -> Option<Say> + Send + 'static) {
        self.book().session_rule = Some(Box::new(rule));
    }

    /// The calls by which it was told of sessions.
    pub(crate) fn session_calls(&self) -> Vec<Call> {
        self.book().sessions.clone()
    }

    /// What it was told of sessions as an agent: the type, and the question or reason.
    pub(crate) fn sessions(&self) -> Vec<String> {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let said = |call: &Call| {
            let session = &call.body["session"];
            [word(&call.body["type"]), word(&session["prompt"]), word(&session["reason"])]
                .join(" ")
                .trim()
                .to_owned()
        };
        self.book().sessions.iter().map(said).collect()
    }

    /// What it was asked, without read receipts and what happened to sessions.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.book().calls.clone()
    }

    /// The read receipts it got.
    pub(crate) fn reads(&self) -> Vec<Call> {
        self.book().reads.clone()
    }

    /// What it was told as an agent.
    pub(crate) fn told(&self) -> Vec<String> {
        self.book().calls.iter().map(|call| call.told().to_owned()).collect()
    }

    /// What it was to send as Meta.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.book().calls.iter().map(|call| call.sent().to_owned()).collect()
    }
}

async fn answer(State(book): State<Arc<Mutex<Book>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let raw = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let body = serde_json::from_str(&raw).unwrap_or_default();
    let call = Call { path: parts.uri.path().to_owned(), headers: parts.headers, raw, body };
    let mut say = choose(&mut book.lock().unwrap(), call);
    loop {
        match say {
            Say::Json(status, body) => {
                let status = StatusCode::from_u16(status).unwrap();
                break (status, [(header::CONTENT_TYPE, "application/json")], body.to_string())
                    .into_response();
            }
            Say::Text(status, header, body) => {
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                if let Some((name, value)) = header {
                    response.headers_mut().insert(name, value.parse().unwrap());
                }
                break response;
            }
            Say::Late(pause, then) => {
                tokio::time::sleep(pause).await;
                say = *then;
            }
            Say::Hang => std::future::pending().await,
            // The task of the connection ends with it, without a word.
            Say::Cut => std::panic::resume_unwind(Box::new(())),
        }
    }
}

fn choose(book: &mut Book, call: Call) -> Say {
    if call.body["status"] == "read" {
        book.reads.push(call);
        return Say::Json(200, json!({"success": true}));
    }
    if call.body["type"].as_str().is_some_and(|kind| kind != "message.received" && kind.contains('.')) {
        let say = book.session_rule.as_mut().and_then(|rule| rule(&call));
        book.sessions.push(call);
        return say.unwrap_or_else(|| Say::Text(204, None, String::new()));
    }
    let scripted = book.script.pop_front();
    let say = scripted.or_else(|| book.rule.as_mut().and_then(|rule| rule(&call)));
    let to_meta = call.body["messaging_product"] == "whatsapp";
    book.calls.push(call);
    say.unwrap_or_else(|| {
        if to_meta {
            book.accepted += 1;
            let id = format!("wamid.OUT{}", book.accepted);
            Say::Json(200, json!({"messaging_product": "whatsapp", "messages": [{"id": id}]}))
        } else {
            Say::Json(200, json!({"replies": []}))
        }
    })
}
