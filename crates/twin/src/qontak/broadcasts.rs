//! Sending templates to numbers, and the log of their delivery (§2.7).

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Map, Value, json};

use super::{
    answer::{Answer, Refusal, created, success},
    auth::Caller,
    objects, templates,
};
use crate::{
    bsp::{Account, Bsp, Head, Message, Outbound, Template, draft},
    chat::{Failure, digits_of},
    engine::Status,
    ids,
    json::put,
};

/// The window of the limit, in milliseconds (§2.3).
const MINUTE_MS: i64 = 60_000;
/// Meta's code of a template that does not exist in the language (§2.7).
const NO_TRANSLATION: u32 = 2001;

/// `POST /broadcasts/whatsapp/direct`
pub(super) async fn direct(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    Json(request): Json<Value>,
) -> Answer {
    let faults = bsp.before_send().await?;
    let account = request["channel_integration_id"].as_str().and_then(|id| bsp.account(id));
    let account = account.filter(|account| account.organization() == Some(&owner.id));
    let account = account.ok_or_else(|| Refusal::invalid("channel_integration_id is invalid"))?;
    if sent_lately(&bsp, &account) >= faults.templates_per_minute {
        return Err(Refusal::new(http::StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded"));
    }
    let checked = check(&bsp, &owner.id, &request);
    let (user, template, content, failure) = checked.inspect_err(|refusal| {
        bsp.refused(&account.id, &refusal.message);
    })?;
    let head = Head {
        id: ids::uuid(),
        wamid: ids::wamid(&user, ids::Direction::Outbound),
        account: account.id.clone(),
        name: request["to_name"].as_str().unwrap_or_default().to_owned(),
        room: Some(ids::uuid()),
    };
    let (category, broadcast) = (template.category.to_lowercase(), ids::uuid());
    let outbound = Outbound { broadcast: Some(broadcast.clone()), request, category, ..Outbound::default() };
    let draft = Message { failure, ..draft(head, user, content, outbound) };
    let message = bsp.accept(draft, &faults).await?;
    let at = objects::time(message.at_ms);
    Ok(created(&json!({
        "id": broadcast, "name": format!("direct_{}", message.at_ms / 1000), "organization_id": owner.id,
        "channel_integration_id": account.id, "contact_list_id": null, "contact_id": ids::uuid(),
        "target_channel": "wa_cloud", "send_at": at, "execute_status": "todo", "execute_type": "immediately",
        "parameters": {"header": {}, "body": parameters(&message), "buttons": {}}, "created_at": at,
        "message_status_count": {"failed": 0, "delivered": 0, "read": 0, "pending": 1, "sent": 0},
        "contact_extra": {}, "message_template": template.object(), "division_id": null,
        "message_broadcast_error": "", "sender_name": "Ops", "sender_email": owner.username,
        "channel_account_name": account.name, "channel_phone_number": account.phone,
        "message_broadcast_plan_id": null,
    })))
}

fn sent_lately(bsp: &Bsp, account: &Account) -> usize {
    let since_ms = bsp.now_ms() - MINUTE_MS;
    let state = bsp.state();
    let broadcasts = state.messages.values().filter(|message| {
        message.head.account == account.id
            && message.at_ms > since_ms
            && message.outbound.as_ref().is_some_and(|outbound| outbound.broadcast.is_some())
    });
    broadcasts.count()
}

type Checked = (String, Template, Value, Option<Failure>);

/// Checks a send; gives the user, the template, the content the phone shows, and the failure it will end with.
fn check(bsp: &Bsp, organization_id: &str, request: &Value) -> Result<Checked, Refusal> {
    let word = |key: &str| request[key].as_str().filter(|word| !word.is_empty());
    let missing = |key: &str| Refusal::invalid(format!("{key} is missing"));
    word("to_name").ok_or_else(|| missing("to_name"))?;
    let to = word("to_number").ok_or_else(|| missing("to_number"))?;
    let plain = to.bytes().all(|sign| sign.is_ascii_digit());
    let user = digits_of(to).filter(|_| plain).ok_or_else(|| Refusal::invalid("to_number is invalid"))?;
    let language = request["language"]["code"].as_str().ok_or_else(|| missing("language[code]"))?;
    let parameters = request.get("parameters").filter(|parameters| parameters.is_object());
    let parameters = parameters.ok_or_else(|| missing("parameters"))?;
    let id = word("message_template_id").ok_or_else(|| missing("message_template_id"))?;
    let found = templates::of(&bsp.state(), organization_id).into_iter().find(|one| one.id == id);
    let template = found.filter(|template| template.status == "APPROVED");
    let template = template.ok_or_else(|| Refusal::invalid("message_template_id is invalid"))?;
    let (shown, complete) = fill(&template, parameters)?;
    let failure = if language == template.language {
        (!complete).then(|| Failure::of(132_000))
    } else {
        let title = "Template name does not exist in the translation".to_owned();
        Some(Failure { code: NO_TRANSLATION, title })
    };
    let content = json!({"type": "template", "shown": shown,
        "template": {"name": template.name, "language": {"code": language}}});
    Ok((user, template, content, failure))
}

/// The content the phone shows, and whether every placeholder has a value.
fn fill(template: &Template, parameters: &Value) -> Result<(Value, bool), Refusal> {
    let mut body = template.body.clone();
    let wanted = body.matches("{{").count();
    let empty = Vec::new();
    let given = match parameters.get("body") {
        None | Some(Value::Null) => &empty,
        Some(given) => given.as_array().ok_or_else(|| Refusal::invalid("parameters[body] is invalid"))?,
    };
    for one in given {
        for key in ["key", "value", "value_text"] {
            if !one[key].is_string() {
                return Err(Refusal::invalid(format!("parameters[body][{key}] is missing")));
            }
        }
        let (key, text) = (one["key"].as_str().unwrap_or_default(), one["value_text"].as_str());
        body = body.replace(&format!("{{{{{key}}}}}"), text.unwrap_or_default());
    }
    let mut complete = given.len() == wanted && !body.contains("{{");
    let mut shown = json!({"body": body, "footer": template.footer});
    match template.header["format"].as_str() {
        None => {}
        Some("TEXT") => put(&mut shown, "header", json!({"type": "text", "text": template.header["text"]})),
        Some(format) => {
            let header = &parameters["header"];
            let params = header["params"].as_array().into_iter().flatten();
            let url = params.filter(|one| one["key"] == "url").find_map(|one| one["value"].as_str());
            complete &= header["format"] == format && url.is_some();
            let kind = format.to_lowercase();
            put(&mut shown, "header", json!({"type": kind, kind.as_str(): {"link": url}}));
        }
    }
    put(&mut shown, "buttons", buttons(template, parameters, &mut complete)?);
    Ok((shown, complete))
}

fn buttons(template: &Template, parameters: &Value, complete: &mut bool) -> Result<Value, Refusal> {
    let given = parameters["buttons"].as_array();
    for one in given.into_iter().flatten() {
        if !one["index"].is_string() {
            return Err(Refusal::invalid("parameters[buttons][index] is missing"));
        }
    }
    let shown = template.buttons.iter().enumerate().map(|(place, button)| {
        let mut one = json!({"type": button["type"], "text": button["text"]});
        match button["type"].as_str() {
            Some("URL") => {
                let url = button["url"].as_str().unwrap_or_default();
                let index = place.to_string();
                let end = given.into_iter().flatten().find(|one| one["index"] == index.as_str());
                let end = end.and_then(|one| one["value"].as_str());
                *complete &= !url.contains("{{") || end.is_some();
                put(&mut one, "url", url.replace("{{1}}", end.unwrap_or_default()));
            }
            Some("QUICK_REPLY") => put(&mut one, "payload", button["text"].clone()),
            _ => {}
        }
        one
    });
    Ok(shown.collect())
}

/// `GET /broadcasts/{id}/whatsapp/log`: empty until the first status.
pub(super) async fn log(State(bsp): State<Bsp>, Caller(owner): Caller, Path(id): Path<String>) -> Answer {
    let state = bsp.state();
    let mut messages = state.messages.values();
    let message = messages.find(|message| {
        message.outbound.as_ref().is_some_and(|outbound| outbound.broadcast.as_deref() == Some(&id))
    });
    let message = message.ok_or_else(Refusal::missing)?;
    let account = state.accounts.get(&message.head.account);
    let account = account.filter(|account| account.organization() == Some(&owner.id));
    let account = account.ok_or_else(Refusal::missing)?;
    let status = match message.ticks {
        crate::chat::Ticks::None => None,
        crate::chat::Ticks::Sent => Some(Status::Sent),
        crate::chat::Ticks::Delivered => Some(Status::Delivered),
        crate::chat::Ticks::Read => Some(Status::Read),
        crate::chat::Ticks::Failed => Some(Status::Failed),
    };
    let entries: Vec<_> =
        status.into_iter().filter_map(|one| log_object(account, message, Some(one))).collect();
    Ok(success(&json!(entries)))
}

fn parameters(message: &Message) -> Value {
    let body = message.outbound.as_ref().map(|outbound| &outbound.request["parameters"]["body"]);
    let given = body.and_then(Value::as_array).into_iter().flatten();
    let pairs = given.filter_map(|one| Some((one["value"].as_str()?.to_owned(), one["value_text"].clone())));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// The log entry of a broadcast's message; none for any other message.
pub(super) fn log_object(account: &Account, message: &Message, status: Option<Status>) -> Option<Value> {
    let outbound = message.outbound.as_ref()?;
    let broadcast = outbound.broadcast.as_ref()?;
    let status = status.map_or("pending", Status::word);
    let failed = message.failure.as_ref().filter(|_| status == "failed");
    let response = match failed {
        Some(failure) => json!({"code": "404", "meta": {"version": "2.55.1", "api_status": "stable"},
            "errors": [{"code": failure.code, "title": failure.title, "details": failure.title}]}),
        None => json!({"messaging_product": "whatsapp",
            "contacts": [{"input": message.user, "wa_id": message.user}],
            "messages": [{"id": message.head.wamid, "message_status": "accepted"}]}),
    };
    let body = json!({"type": "body", "template": message.content["shown"]["body"],
        "parameters": parameters(message)});
    Some(json!({
        "id": templates::id_of(&["log", broadcast]), "organization_id": account.organization(),
        "messages_broadcast_id": broadcast, "contact_phone_number": message.user,
        "contact_full_name": message.head.name, "status": status,
        "whatsapp_message_id": if failed.is_some() { "n/a" } else { message.head.wamid.as_str() },
        "whatsapp_error_message": failed.map_or("n/a", |failure| failure.title.as_str()),
        "messages": {"body": body, "header": {"type": "header", "template": {}, "parameters": []},
            "buttons": {"type": "buttons", "template": null, "parameters": []}},
        "messages_response": response, "created_at": objects::time(message.at_ms), "is_pacing": false,
        "channel_integration_id": account.id,
    }))
}
