//! The event stream of an open phone.
//!
//! The twin says that a chat changed, not how. The stream reads the chat again and sends the messages
//! that are new or different. The id of an event is the revision of the whole chat, so a browser that
//! reconnects with the last id it saw gets nothing if nothing changed, and else the whole chat.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    time::Duration,
};

use axum::{
    extract::{Path, Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt, stream};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    chat::{message_json, revision},
    holder::{HolderQuery, find_number},
    number::Number,
};
use crate::{chat::ChatChange, refusal::Refusal, twin::Twin};

/// How long a browser waits before it reconnects.
const RETRY: Duration = Duration::from_secs(1);

/// The revision to start after.
#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// `GET events`: `items` (a list of messages, new or changed) and `typing` (true or false) as they happen,
/// until the twin stops. Starts after the revision in `Last-Event-ID` or `after`.
pub(super) async fn follow(
    State(twin): State<Twin>,
    Path(account): Path<String>,
    Query(holder): HolderQuery,
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let number = find_number(&twin, &account)?;
    let user = holder.person()?.phone;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned).or(after);
    let closing = twin.closing().clone();
    // Subscribed before the chat is read, so that no change is missed.
    let changes = number.subscribe();
    let first = VecDeque::from([Event::default().comment("open").retry(RETRY)]);
    let mut stream =
        ChatStream { number, changes, user, last, seen: HashMap::new(), typing: false, ready: first };
    stream.refresh().await;
    let events = stream::unfold(stream, ChatStream::next).take_until(closing.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

struct ChatStream {
    number: Number,
    changes: Receiver<ChatChange>,
    user: String,
    /// The revision the browser has, until the first refresh.
    last: Option<String>,
    /// The messages the browser has, by id.
    seen: HashMap<String, Value>,
    typing: bool,
    /// Events to send.
    ready: VecDeque<Event>,
}

impl ChatStream {
    /// The next event, and the stream after it.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            self.changed().await?;
            self.refresh().await;
        }
    }

    /// Waits for a change of this chat; `None` when the twin has closed.
    async fn changed(&mut self) -> Option<()> {
        loop {
            match self.changes.recv().await {
                Ok(change) if change.account == self.number.id && change.user == self.user => {
                    break;
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return None,
            }
        }
        // One refresh covers all changes that came meanwhile.
        while self.changes.try_recv().is_ok() {}
        Some(())
    }

    /// Reads the chat and queues the messages the browser has not seen.
    async fn refresh(&mut self) {
        let items: Vec<_> = self.number.chat(&self.user).iter().map(message_json).collect();
        let revision = revision(&items);
        let known = self.last.take().is_some_and(|last| last == revision);
        let mut fresh = Vec::new();
        for item in items {
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            if self.seen.get(&id) != Some(&item) {
                self.seen.insert(id, item.clone());
                fresh.push(item);
            }
        }
        if !known && !fresh.is_empty() {
            self.ready.push_back(Event::default().event("items").id(revision).data(json!(fresh).to_string()));
        }
        let typing = self.number.typing(&self.user);
        if typing != self.typing {
            self.typing = typing;
            self.ready.push_back(Event::default().event("typing").data(typing.to_string()));
        }
        // The page is visible: the browser closes the stream when it is hidden.
        self.number.opened(&self.user).await;
    }
}
