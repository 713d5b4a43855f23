//! Qontak's webhooks (§3.2 to §3.6).

use serde_json::{Value, json};

use super::{broadcasts, objects};
use crate::{
    bsp::{Account, Message, NewWebhook, Scenario, WordingContext},
    engine::Status,
    json::put,
};

/// The webhooks about a message of a user.
pub(crate) fn received(
    context: &WordingContext<'_>,
    account: &Account,
    message: &Message,
) -> Vec<NewWebhook> {
    let mut chats = Chats::with(context, account, message);
    let shown = chats.shown(message, "created");
    event(context, account, "receive_message_from_customer", shown)
}

/// The webhooks about a status of a send: its message, and for a template also its entry in the broadcast log.
pub(crate) fn reached(
    context: &WordingContext<'_>,
    account: &Account,
    message: &Message,
    status: Status,
) -> Vec<NewWebhook> {
    let place = (context.base_url, context.now_ms);
    let shown = objects::message(context.state, account, message, status.word(), place);
    let mut posts = event(context, account, "status_message", shown);
    if let Some(log) = broadcasts::log_object(account, message, Some(status)) {
        // The message of a broadcast is reported in both ways (§3.4).
        posts.extend(event(context, account, "broadcast_log_status", log));
    }
    posts
}

/// The webhooks about a resolved room (§3.6).
pub(super) fn resolved(
    context: &WordingContext<'_>,
    account: &Account,
    user: &str,
    room: &str,
) -> Vec<NewWebhook> {
    let body = json!({"service_name": "room", "event_name": "resolved",
        "created_at": objects::time(context.now_ms),
        "room": objects::room(context.state, account, user, room, context.now_ms)});
    posts(context, account, "room_resolved", &body)
}

fn event(context: &WordingContext<'_>, account: &Account, event: &str, mut body: Value) -> Vec<NewWebhook> {
    // The payloads of 2021 name no event (§3.2).
    if context.faults.scenario != Scenario::OlderShape {
        put(&mut body, "webhook_event", "message_interaction");
        put(&mut body, "data_event", event);
    }
    posts(context, account, event, &body)
}

fn posts(context: &WordingContext<'_>, account: &Account, event: &str, body: &Value) -> Vec<NewWebhook> {
    let organization = account.organization().and_then(|id| context.state.own.organizations.get(id));
    let urls = organization.map(|organization| organization.subscribed_urls(event)).unwrap_or_default();
    urls.into_iter()
        .map(|url| NewWebhook { url: url.to_owned(), body: body.to_string(), request_id: None })
        .collect()
}

/// The room as it will be with the message in it: open.
struct Chats<'w> {
    context: &'w WordingContext<'w>,
    account: &'w Account,
    room: Value,
}

impl<'w> Chats<'w> {
    fn with(context: &'w WordingContext<'_>, account: &'w Account, message: &Message) -> Self {
        let room_id = message.head.room.as_deref().unwrap_or_default();
        let mut room = objects::room(context.state, account, &message.user, room_id, context.now_ms);
        let at = objects::time(message.at_ms);
        for (key, value) in
            [("status", "unassigned"), ("session", "open"), ("name", message.head.name.as_str())]
        {
            put(&mut room, key, value);
        }
        for key in ["session_at", "created_at", "updated_at", "last_message_at", "last_activity_at"] {
            put(&mut room, key, at.as_str());
        }
        Self { context, account, room }
    }

    fn shown(&mut self, message: &Message, status: &str) -> Value {
        let place = (self.context.base_url, self.context.now_ms);
        let mut shown = objects::message(self.context.state, self.account, message, status, place);
        put(&mut shown, "room", self.room.take());
        shown
    }
}
