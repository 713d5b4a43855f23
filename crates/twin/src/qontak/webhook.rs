//! What Qontak tells an organization (§3.2 to §3.6).

use serde_json::{Value, json};

use super::{broadcasts, objects};
use crate::{
    bsp::{Account, Message, Post, Scenario, Status, Words},
    json::put,
};

/// A user wrote.
pub(crate) fn received(words: &Words<'_>, account: &Account, message: &Message) -> Vec<Post> {
    let mut chats = Chats::with(words, account, message);
    let shown = chats.shown(message, "created");
    tell(words, account, "receive_message_from_customer", shown)
}

/// A send came further: a template in the words of the broadcasts' log, everything else as the message itself.
pub(crate) fn reached(words: &Words<'_>, account: &Account, message: &Message, status: Status) -> Vec<Post> {
    let place = (words.base_url, words.now_ms);
    let shown = objects::message(words.state, account, message, status.word(), place);
    let mut posts = tell(words, account, "status_message", shown);
    if let Some(log) = broadcasts::log_object(account, message, Some(status)) {
        // The message of a broadcast is told of in both ways (§3.4).
        posts.extend(tell(words, account, "broadcast_log_status", log));
    }
    posts
}

/// A room was resolved (§3.6).
pub(super) fn resolved(words: &Words<'_>, account: &Account, user: &str, room: &str) -> Vec<Post> {
    let body = json!({"service_name": "room", "event_name": "resolved",
        "created_at": objects::time(words.now_ms),
        "room": objects::room(words.state, account, user, room, words.now_ms)});
    posts(words, account, "room_resolved", &body)
}

fn tell(words: &Words<'_>, account: &Account, event: &str, mut body: Value) -> Vec<Post> {
    // The payloads of 2021 name no event (§3.2).
    if words.knobs.scenario != Scenario::OlderShape {
        put(&mut body, "webhook_event", "message_interaction");
        put(&mut body, "data_event", event);
    }
    posts(words, account, event, &body)
}

fn posts(words: &Words<'_>, account: &Account, event: &str, body: &Value) -> Vec<Post> {
    let organization = account.organization().and_then(|id| words.state.organizations.get(id));
    let told = organization.map(|organization| organization.told(event)).unwrap_or_default();
    told.into_iter()
        .map(|url| Post { url: url.to_owned(), body: body.to_string(), request_id: None })
        .collect()
}

/// The chats as they will be once a message is in them: its room is new and open.
struct Chats<'w> {
    words: &'w Words<'w>,
    account: &'w Account,
    room: Value,
}

impl<'w> Chats<'w> {
    fn with(words: &'w Words<'_>, account: &'w Account, message: &Message) -> Self {
        let room_id = message.room.as_deref().unwrap_or_default();
        let mut room = objects::room(words.state, account, &message.user, room_id, words.now_ms);
        let at = objects::time(message.at_ms);
        for (key, value) in [("status", "unassigned"), ("session", "open"), ("name", message.name.as_str())] {
            put(&mut room, key, value);
        }
        for key in ["session_at", "created_at", "updated_at", "last_message_at", "last_activity_at"] {
            put(&mut room, key, at.as_str());
        }
        Self { words, account, room }
    }

    fn shown(&mut self, message: &Message, status: &str) -> Value {
        let place = (self.words.base_url, self.words.now_ms);
        let mut shown = objects::message(self.words.state, self.account, message, status, place);
        put(&mut shown, "room", self.room.take());
        shown
    }
}
