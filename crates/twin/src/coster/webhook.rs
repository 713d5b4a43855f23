//! Coster's webhooks: messages of users are in an envelope (§6.5), statuses are not, and have their `xid` beside them
//! (§6.6).

use serde_json::{Map, Value, json};

use crate::{
    bsp::{Account, Keys, Message, NewWebhook, Scenario, WordingContext, as_meta},
    chat::Failure,
    engine::Status,
    ids,
    json::put,
};

/// The webhooks about a message of a user.
pub(crate) fn received(
    context: &WordingContext<'_>,
    account: &Account,
    message: &Message,
) -> Vec<NewWebhook> {
    let Keys::Coster { callback: Some(url), .. } = &account.keys else { return Vec::new() };
    let contacts = json!([{"profile": {"name": message.head.name}, "wa_id": message.user}]);
    let messages = json!([with_file(context, message)]);
    let envelope = |value: Value| {
        json!({"object": "whatsapp_business_account", "entry": [{"id": account.waba_id,
            "changes": [{"field": "messages", "value": value}]}]})
    };
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata(account)});
    put(&mut value, "contacts", contacts.clone());
    put(&mut value, "messages", messages.clone());
    let scenario = context.faults.scenario;
    let body = if scenario == Scenario::OlderShape {
        json!({"contacts": contacts, "messages": messages})
    } else if scenario == Scenario::BareShape {
        envelope(value)
    } else {
        json!({
            "id": format!("evt-{}", ids::secret(6)),
            "mid": message.head.wamid,
            "client_id": format!("clt-{}", account.phone_number_id),
            "channel_id": "whatsapp-cloud",
            "account": {"id": account.id, "account": account.phone, "account_title": account.name},
            "data": envelope(value),
        })
    };
    vec![NewWebhook { url: url.clone(), body: body.to_string(), request_id: None }]
}

/// The webhooks about a status of a send.
pub(crate) fn reached(
    context: &WordingContext<'_>,
    account: &Account,
    message: &Message,
    status: Status,
) -> Vec<NewWebhook> {
    let Keys::Coster { callback: Some(url), .. } = &account.keys else { return Vec::new() };
    let Some(outbound) = &message.outbound else { return Vec::new() };
    let seconds = context.now_ms / 1000;
    if context.faults.scenario == Scenario::OlderShape {
        let item = json!({"id": message.head.wamid, "recipient_id": message.user, "status": status.word(),
            "timestamp": seconds.to_string()});
        let body = json!({"statuses": [item]}).to_string();
        return vec![NewWebhook { url: url.clone(), body, request_id: Some(ids::uuid()) }];
    }
    let failed = status == Status::Failed;
    let pricing = json!({"billable": outbound.category != "service", "category": outbound.category,
        "pricing_model": "PMP", "type": "regular"});
    let mut item = json!({"id": message.head.wamid, "recipient_id": message.user, "status": status.word(),
        "timestamp": seconds.to_string(), "pricing": pricing});
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata(account)});
    if failed {
        put(&mut item, "conversation", Value::Null);
        put(&mut item, "errors", json!([error(message.failure.as_ref())]));
        value = with_zeros(value);
    } else {
        put(
            &mut item,
            "conversation",
            json!({"id": account.waba_id, "expiration_timestamp": null,
            "origin": {"type": outbound.category}}),
        );
    }
    put(&mut value, "statuses", json!([item]));
    let time = if failed { 0 } else { context.now_ms };
    let mut body = json!({
        "object": "whatsapp_business_account",
        "xid": outbound.key,
        "entry": [{"id": account.waba_id, "time": time, "changes": [{"field": "messages", "value": value}]}],
    });
    if failed && message.content["type"] == "template" {
        let mut data = json!({"messaging_product": "whatsapp"});
        for key in ["to", "type", "template"] {
            put(&mut data, key, outbound.request[key].clone());
        }
        put(&mut body, "outbound", json!({"type": "template", "recipient": message.user, "data": data}));
    }
    vec![NewWebhook { url: url.clone(), body: body.to_string(), request_id: Some(ids::uuid()) }]
}

/// The message as Meta writes it, with the type and hash of its file.
fn with_file(context: &WordingContext<'_>, message: &Message) -> Value {
    let mut item = as_meta(context.state, message);
    let kind = message.content["type"].as_str().unwrap_or_default();
    let file = message.content[kind]["id"].as_str().and_then(|id| context.state.media.get(id));
    if let (Some(file), Some(object)) = (file, item.get_mut(kind)) {
        put(object, "mime_type", file.mime_type.as_str());
        put(object, "sha256", file.sha256.as_str());
    }
    item
}

fn metadata(account: &Account) -> Value {
    json!({"display_phone_number": account.phone, "phone_number_id": account.phone_number_id})
}

/// Adds the empty fields of the structure that Coster's own program writes (§6.6).
fn with_zeros(value: Value) -> Value {
    const NULLS: [&str; 5] = ["contacts", "messages", "errors", "ban_info", "disable_info"];
    const EMPTY: [&str; 11] = [
        "event",
        "decision",
        "message_template_name",
        "message_template_language",
        "phone_number",
        "rejection_reason",
        "current_limit",
        "old_limit",
        "requested_verified_name",
        "disable_date",
        "display_phone_number",
    ];
    const ZEROS: [&str; 3] =
        ["message_template_id", "max_daily_conversation_per_phone", "max_phone_number_per_business"];
    let mut all = Map::new();
    all.extend(NULLS.map(|key| (key.to_owned(), Value::Null)));
    all.extend(EMPTY.map(|key| (key.to_owned(), "".into())));
    all.extend(ZEROS.map(|key| (key.to_owned(), 0.into())));
    if let Value::Object(value) = value {
        all.extend(value);
    }
    Value::Object(all)
}

fn error(failure: Option<&Failure>) -> Value {
    let (code, title) = failure.map_or((131_000, "Something went wrong"), |f| (f.code, f.title.as_str()));
    json!({"code": code, "title": title, "message": title, "error_data": {"details": title}})
}
