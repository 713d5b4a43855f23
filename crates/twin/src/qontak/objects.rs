//! Messages and rooms as JSON, the same in all answers and webhooks (§2.6, §3.3).

use serde_json::{Value, json};

use crate::{
    bsp::{Account, Message, State, as_meta},
    chat::media_id,
    engine::WINDOW_MS,
    json::put,
};

/// An instant in ISO 8601 with milliseconds, UTC.
pub(super) fn time(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    format!("{at:.3}")
}

/// The room of a user.
pub(super) fn room(state: &State, account: &Account, user: &str, room: &str, now_ms: i64) -> Value {
    let last_ms = state.last_inbound_ms(&account.id, user);
    let open = state.room(&account.id, user).is_some_and(|open| open == room);
    let session =
        if last_ms.is_some_and(|last_ms| now_ms - last_ms < WINDOW_MS) { "open" } else { "expired" };
    let at = last_ms.map(time);
    let name = state
        .messages_of(&account.id, user)
        .rev()
        .find(|message| !message.head.name.is_empty())
        .map(|message| message.head.name.as_str());
    json!({
        "id": room, "name": name.unwrap_or(user), "description": "",
        "status": if open { "unassigned" } else { "resolved" },
        "type": "Models::CustomerServiceRoom", "tags": [], "channel": "wa_cloud",
        "channel_account": account.name, "organization_id": account.organization(), "account_uniq_id": user,
        "channel_integration_id": account.id, "session": session, "session_at": at, "unread_count": 1,
        "created_at": at, "updated_at": at, "avatar": null, "resolved_at": null, "external_id": "",
        "resolved_by_id": null, "resolved_by_type": null, "extra": {"is_participant_online": false},
        "is_dont_auto_resolve": false, "is_blocked": false, "last_message_at": at, "last_activity_at": at,
        "is_unresponded": true, "division_id": null,
    })
}

/// The types of a message's sender.
struct Speaker {
    sender: &'static str,
    participant: &'static str,
}

/// A message with its room. `status` is the word for it.
pub(super) fn message(
    state: &State,
    account: &Account,
    message: &Message,
    status: &str,
    (base_url, now_ms): (&str, i64),
) -> Value {
    let speaker = if message.from_user {
        Speaker { sender: "Models::Contact", participant: "customer" }
    } else {
        Speaker { sender: "Models::SystemAccount", participant: "bot" }
    };
    let name = if message.from_user { message.head.name.as_str() } else { "Bot" };
    let known = message.from_user || status != "created";
    let room_id = message.head.room.as_deref().unwrap_or_default();
    let reply = message.context_id.as_ref().and_then(|id| state.messages.get(id));
    let outbound = message.outbound.as_ref();
    let mut shown = json!({
        "id": message.head.id, "type": kind(message), "room_id": room_id,
        "is_campaign": outbound.is_some_and(|outbound| outbound.broadcast.is_some()),
        "sender_id": speaker_id(account, message), "sender_type": speaker.sender,
        "sender": {"name": name, "avatar": null}, "participant_id": speaker_id(account, message),
        "participant_type": speaker.participant, "organization_id": account.organization(),
        "text": text(message), "status": status, "external_id": known.then_some(message.head.wamid.as_str()),
        "local_id": outbound.and_then(|outbound| outbound.key.as_deref()),
        "created_at": time(message.at_ms), "buttons": buttons(message),
        "reply": reply.map(|one| json!({"id": one.head.id, "type": kind(one), "text": text(one), "external_id": one.head.wamid})),
        "channel_integration": {"id": account.id, "target_channel": "wa_cloud"}, "last_campaign": {},
        "room": room(state, account, &message.user, room_id, now_ms),
    });
    if let Some(file) = file(state, message, base_url) {
        put(&mut shown, "file", file);
        put(&mut shown, "file_uniq_id", message.head.id.as_str());
    }
    if message.from_user {
        let contacts = json!([{"profile": {"name": message.head.name}, "wa_id": message.user}]);
        let raw = json!({"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": account.phone, "phone_number_id": account.phone_number_id},
            "contacts": contacts, "messages": [as_meta(state, message)]});
        put(&mut shown, "raw_message", raw);
    }
    shown
}

/// The id of the contact or the bot, always the same.
fn speaker_id(account: &Account, message: &Message) -> String {
    let who = if message.from_user { message.user.as_str() } else { "bot" };
    super::templates::id_of(&[&account.id, who])
}

/// Qontak's word for the type.
fn kind(message: &Message) -> &str {
    match message.content["type"].as_str().unwrap_or("text") {
        "contacts" => "contact",
        "interactive" | "button" | "template" => "text",
        kind => kind,
    }
}

fn text(message: &Message) -> Value {
    let content = &message.content;
    let object = &content[content["type"].as_str().unwrap_or_default()];
    let found = [
        &content["shown"]["body"],
        &object["body"]["text"],
        &object["body"],
        &object["caption"],
        &object["button_reply"]["title"],
        &object["list_reply"]["title"],
        &object["text"],
    ];
    found.into_iter().find(|text| text.is_string()).cloned().unwrap_or_default()
}

fn buttons(message: &Message) -> Value {
    let action = &message.content["interactive"]["action"];
    let rows = action["sections"].as_array().into_iter().flatten();
    let rows = rows.flat_map(|section| section["rows"].as_array().into_iter().flatten());
    let rows = rows.map(|row| json!({"type": "LIST_ROW", "text": row["title"], "id": row["id"]}));
    let taps = action["buttons"].as_array().into_iter().flatten();
    let taps = taps.map(|button| {
        json!({"type": "QUICK_REPLY", "text": button["reply"]["title"],
        "id": button["reply"]["id"]})
    });
    taps.chain(rows).collect()
}

/// The file of a message with its public URL (§3.3).
fn file(state: &State, message: &Message, base_url: &str) -> Option<Value> {
    let media = state.media.get(media_id(&message.content)?)?;
    let url = format!("{base_url}/qontak/cdn/{}/{}", media.id, media.filename);
    let none = json!({"url": null});
    Some(json!({"url": url, "filename": media.filename, "size": media.bytes, "small": none, "medium": none,
        "large": none}))
}
