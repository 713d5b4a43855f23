//! The event stream of an open phone.
//!
//! The twin says that a chat changed, not what; the stream reads the chat again and passes on the messages
//! that are new or different. The id of an event is the revision of the whole chat, so a browser that comes
//! back with the last one it saw gets nothing twice, and everything when it missed anything.

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
    chat::{drawn, revision},
    holder::{Held, find_number},
    number::Number,
};
use crate::{chat::ChatChange, refusal::Refusal, twin::Twin};

/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(1);

/// Where to go on.
#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// `GET events`: `items` (a list of messages, new or changed) and `typing` (true or false) as they happen,
/// until the twin stops. Starts after the revision in `Last-Event-ID` or `after`.
pub(super) async fn follow(
    State(twin): State<Twin>,
    Path(account): Path<String>,
    Query(holder): Held,
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let number = find_number(&twin, &account)?;
    let user = holder.person()?.phone;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned).or(after);
    let closing = twin.closing().clone();
    // Subscribed before the chat is read, so that no change falls between.
    let changes = number.subscribe();
    let first = VecDeque::from([Event::default().comment("open").retry(RETRY)]);
    let mut watch = Watch { number, changes, user, last, seen: HashMap::new(), typing: false, ready: first };
    watch.look().await;
    let events = stream::unfold(watch, Watch::step).take_until(closing.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

struct Watch {
    number: Number,
    changes: Receiver<ChatChange>,
    user: String,
    /// The revision the browser has, until the first look.
    last: Option<String>,
    /// What the browser has, by message id.
    seen: HashMap<String, Value>,
    typing: bool,
    /// Events to hand out.
    ready: VecDeque<Event>,
}

impl Watch {
    /// The next event, and the stream after it.
    async fn step(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            self.changed().await?;
            self.look().await;
        }
    }

    /// Waits for a change of this chat; `None` when there will be none.
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
        // What came meanwhile is in the same look.
        while self.changes.try_recv().is_ok() {}
        Some(())
    }

    /// Reads the chat and makes ready what the browser has not seen.
    async fn look(&mut self) {
        let items: Vec<_> = self.number.chat(&self.user).iter().map(drawn).collect();
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
        // Somebody looks: the browser closes the stream when the page is hidden.
        self.number.opened(&self.user).await;
    }
}
