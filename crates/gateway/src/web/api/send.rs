//! `POST /v1/conversations/{id}/messages`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use warta_core::ids::{ConversationId, MessageId};
use warta_core::message::OutboundContent;
use warta_core::policy::{retry, window};
use warta_core::time::Timestamp;
use warta_http::problem::{Code, Fault, Problem, ProblemBody};
use warta_protocol::agent::reply::{self, NewReply};
use warta_protocol::bilingual::Bilingual;
use warta_protocol::capabilities::Support;
use warta_protocol::outgoing::UNSUPPORTED;
use warta_store::{Conversation, Enqueued, Idempotency, NewOutbound};

use crate::app::App;
use crate::flow::outbound;
use crate::upstream::declarations;
use crate::web::access::Caller;
use crate::web::api::body;
use crate::web::api::canonical::canonical;
use crate::web::api::object::Message;

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How many messages one call may carry.
const MOST: usize = reply::MOST_REPLIES;

/// The messages a call queued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"object": "list", "data": [{
    "id": "msg_01kb3t5v9zc9rt2n6cy8q4h7mp", "object": "message", "direction": "outbound", "status": "queued",
    "environment": "published", "channel": "chn_01kb3t5v9zc9rt2n6cy8q4h7mp", "conversation": "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp",
    "type": "text", "text": {"body": "Halo!"}, "provider_message_id": null, "reply_to": null, "attempts": 0,
    "possible_duplicate": false, "error": null, "sent_at": null, "created_at": "2026-11-22T10:00:00.123Z",
}]}))]
pub(crate) struct Sent {
    /// Always `list`.
    #[schema(example = "list")]
    object: &'static str,
    /// The messages, in the order in which they will go out.
    data: Vec<Message>,
}

/// Send to a conversation
///
/// Queues one message, or up to 20 as `{"messages":[…]}`: all or none. They go out in their order, after what already waits.
/// 202 means that they are stored and will be sent. Everything but a template needs an open window: the user has written
/// within the last 24 hours.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/messages", tag = "Messages",
    params(
        ("id" = String, Path, description = "The conversation: `cnv_…`, as the agent was told.", example = "cnv_01kb3t5v9zc9rt2n6cy8q4h7mp"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters that name this call. A repetition within 24 hours queues nothing and answers with the same messages and `Idempotency-Replayed: true`."),
    ),
    request_body(content = crate::web::docs::NewMessages, description = "A message, or several.", content_type = "application/json"),
    responses(
        (status = 202, description = "Stored; it will be sent.", body = Sent,
            headers(("Idempotency-Replayed" = Option<String>, description = "`true` when this was a repetition."))),
        (status = 400, description = "The body cannot be read.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The key's channel has no such conversation.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The 24-hour window is closed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A message cannot be sent as it is, or the idempotency key was used for another call.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot take it now; nothing was stored.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body::Json(body): body::Json,
) -> Result<Response, Problem> {
    let conversation = caller.conversation(&app, &id).await?;
    let id = conversation.id;
    let idempotency = idempotency(&headers, id, &body)?;
    let now = app.now();
    // Before anything that time may have changed: a repetition gets what the first call got.
    if let Some(idempotency) = &idempotency
        && let Some(messages) = app.store.repeated(caller.scope(), caller.channel, idempotency, now).await?
    {
        return answer(&app, &caller, Enqueued { messages, replayed: true }).await;
    }
    let items = read(&body)?;
    check_support(&app, &caller, &items).await?;
    check_declared(&app, &caller, &items).await?;
    check_somebody(&conversation)?;
    check_references(&app, &caller, id, &items).await?;
    check_window(&conversation, &items, now)?;
    let new = items.into_iter().map(|(_, item)| outbound(&app, &conversation, item, now)).collect();
    let queued = app.store.enqueue(caller.scope(), caller.channel, new, idempotency, now).await?;
    answer(&app, &caller, queued).await
}

async fn answer(app: &App, caller: &Caller, queued: Enqueued) -> Result<Response, Problem> {
    let mut data = Vec::with_capacity(queued.messages.len());
    for message in queued.messages {
        data.extend(app.store.message(caller.scope(), message).await?.map(Message::from));
    }
    let replayed = queued.replayed.then_some([(REPLAYED, HeaderValue::from_static("true"))]);
    Ok((StatusCode::ACCEPTED, replayed, Json(Sent { object: "list", data })).into_response())
}

/// The messages of a body, each with its place in it.
fn read(body: &Value) -> Result<Vec<(String, NewReply)>, Problem> {
    let one = [body.clone()];
    let (items, place): (&[Value], _) = match body.get("messages") {
        None => (&one, ""),
        Some(Value::Array(items)) if (1..=MOST).contains(&items.len()) => (items, "/messages"),
        Some(_) => {
            let fault =
                Fault::body("/messages", "invalid", format!("must be a list of 1 to {MOST} messages"));
            return Err(Problem::invalid(vec![fault]));
        }
    };
    let mut faults: Vec<Fault> = Vec::new();
    if let (Value::Object(fields), false) = (body, place.is_empty()) {
        let others = fields.keys().filter(|name| *name != "messages");
        faults.extend(
            others.map(|name| Fault::body(format!("/{name}"), "unknown", "is not a field beside messages")),
        );
    }
    let mut read = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let place = if place.is_empty() { String::new() } else { format!("{place}/{index}") };
        match reply::message(item) {
            Ok(message) => read.push((place, message)),
            Err(found) => faults.extend(found.into_iter().map(|fault| Fault::content(&place, fault))),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(Problem::invalid(faults)) }
}

/// The channel's provider must carry each message, as it is or as text.
async fn check_support(app: &App, caller: &Caller, items: &[(String, NewReply)]) -> Result<(), Problem> {
    let runtime = app.directory.channel(&app.store, caller.channel, app.now()).await?;
    let runtime = runtime.ok_or_else(Problem::not_found)?;
    let quotes = warta_protocol::entry(runtime.channel.protocol).capabilities.reply_context;
    let fault = |at: String, instead: Bilingual| Fault::body(at, UNSUPPORTED, instead.en);
    let mut errors = Vec::new();
    for (place, item) in items {
        if let Support::No(instead) = runtime.provider.carries(&item.content) {
            errors.push(fault(format!("{place}/{}", item.content.kind()), instead));
        }
        if let (Support::No(instead), Some(_)) = (quotes, item.reply_to) {
            errors.push(fault(format!("{place}/reply_to"), instead));
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    let detail = match errors.as_slice() {
        [one] => one.detail().to_owned(),
        many => format!("{} things cannot be done by this provider.", many.len()),
    };
    Err(Problem { code: Code::UnsupportedByProvider, detail, errors })
}

/// A template that is declared here must be given what it takes. One that is not may be there all the same.
async fn check_declared(app: &App, caller: &Caller, items: &[(String, NewReply)]) -> Result<(), Problem> {
    let runtime = app.directory.channel(&app.store, caller.channel, app.now()).await?;
    let runtime = runtime.ok_or_else(Problem::not_found)?;
    let mut faults = Vec::new();
    for (place, item) in items {
        let found = declarations::parameter_faults(app, &runtime, &item.content).await?;
        faults.extend(found.into_iter().map(|fault| Fault::content(place, fault)));
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// Messages that are answered or reacted to must be there, in this conversation.
async fn check_references(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    items: &[(String, NewReply)],
) -> Result<(), Problem> {
    let mut faults = Vec::new();
    for (place, item) in items {
        let reacted = if let OutboundContent::Reaction(reaction) = &item.content {
            reaction.message_id.parse::<MessageId>().ok()
        } else {
            None
        };
        let references = [(item.reply_to, "/reply_to"), (reacted, "/reaction/message_id")];
        for (id, field) in references.into_iter().filter_map(|(id, field)| Some((id?, field))) {
            let found = app.store.message(caller.scope(), id).await?;
            if found.is_none_or(|row| row.conversation != conversation) {
                let detail = "the conversation has no such message";
                faults.push(Fault::body(format!("{place}{field}"), "not_found", detail));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// What is written to nobody is never sent: a 202 would promise what does not come.
fn check_somebody(conversation: &Conversation) -> Result<(), Problem> {
    if !conversation.user.identity.is_nobody() {
        return Ok(());
    }
    let detail = "is with the synthetic user of the loop-back test; answer its events in the reply instead";
    Err(Problem::invalid(vec![Fault::parameter("id", "synthetic", detail)]))
}

fn check_window(
    conversation: &Conversation,
    items: &[(String, NewReply)],
    now: Timestamp,
) -> Result<(), Problem> {
    if window::is_open(conversation.last_user_at, now)
        || !items.iter().any(|(_, item)| item.content.needs_window())
    {
        return Ok(());
    }
    let detail = match conversation.last_user_at {
        Some(last) => format!(
            "The user last wrote at {last}; the window closed at {}. Only a template can be sent now.",
            window::closes_at(last)
        ),
        None => "The user has not written yet. Only a template can be sent.".to_owned(),
    };
    Err(Problem::new(Code::WindowClosed, detail))
}

fn outbound(app: &App, conversation: &Conversation, item: NewReply, now: Timestamp) -> NewOutbound {
    // A template may go to a user whose window is closed: it has a day from now.
    let last_user_at = conversation.last_user_at.filter(|_| item.content.needs_window()).unwrap_or(now);
    NewOutbound {
        id: outbound::id(app, &item.content, now),
        conversation: conversation.id,
        priority: outbound::priority(&item.content),
        content: item.content,
        reply_to: item.reply_to,
        expires_at: retry::reply_expires_at(last_user_at),
        silent_since: None,
    }
}

/// The caller's key for this call, bare or in quotes, and a hash that tells this call from another with the same key.
fn idempotency(
    headers: &HeaderMap,
    id: ConversationId,
    body: &Value,
) -> Result<Option<Idempotency>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    if !(1..=255).contains(&key.len()) {
        let fault = Fault::parameter("Idempotency-Key", "invalid", "must have 1 to 255 ASCII characters");
        return Err(Problem::invalid(vec![fault]));
    }
    // The parsed body, so that blanks and the order of fields do not matter.
    let body = canonical(body);
    let fingerprint = Sha256::digest(format!("POST /v1/conversations/{id}/messages\n{body}"));
    Ok(Some(Idempotency { key: key.to_owned(), fingerprint: fingerprint.to_vec() }))
}
