//! `POST /{phone-number-id}/messages`: checks in the order of facts §12.3, then accepts durably.

use std::time::Duration;

use axum::{
    body::Body,
    response::{Html, IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    content,
    error::GraphError,
    model::{Account, AfterAccept, Event, FailNext, FaultSettings, Head, Message, Meta, Outbound, User},
    statuses, template_send, templates,
};
use crate::{
    chat::{Failure, Person, Ticks},
    json::put,
};

/// Longest `biz_opaque_callback_data` (§5.1).
const CALLBACK_DATA_CHARS: usize = 512;
/// How long an answer waits for its statuses when the fault is ordered.
const HOLD_MS: u64 = 5_000;

/// A send that passed all checks.
struct CheckedSend {
    user: User,
    /// `to` or `recipient` as it was written.
    to: String,
    by_bsuid: bool,
    content: Value,
    category: String,
    biz_opaque_callback_data: Option<String>,
    /// The code of its `failed` status, if it will fail.
    fails_with: Option<u32>,
}

/// Sends a message, or marks one as read.
pub(crate) async fn messages(meta: &Meta, account: &Account, call: Call) -> Result<Response, GraphError> {
    if let Some(fail) = meta.faults.take_failure() {
        refused(meta, account, fail.code.unwrap_or_default(), "fail_next");
        return Ok(failing(&fail));
    }
    let body = call.params.into_value();
    let checked = match &body {
        body if body["messaging_product"] != "whatsapp" => Err(GraphError::required("messaging_product")),
        body if body.get("status").is_some() => return mark_as_read(meta, account, body).await,
        body => check(meta, account, body).await,
    };
    match checked {
        Ok(send) => accept(meta, account, send).await,
        Err(error) => {
            refused(meta, account, error.code, error.details.as_deref().unwrap_or(&error.message));
            Err(error)
        }
    }
}

async fn check(meta: &Meta, account: &Account, body: &Value) -> Result<CheckedSend, GraphError> {
    let (to, user) = recipient(meta, body)?;
    if user.phone.as_ref() == Some(&account.phone) {
        return Err(GraphError::new(131_021));
    }
    let biz_opaque_callback_data = callback_data(body)?;
    let content = content::check(body)?;
    content::check_media(meta, account, &content)?;
    if let Some(code) = account.status.refusal() {
        return Err(GraphError::new(code));
    }
    let (content, category) = template_send::fill(&templates::of_waba(meta, &account.waba_id), content)?;
    let (faults, now_ms) = (meta.faults.settings(), meta.now_ms());
    let last_digits = user.phone.as_deref().and_then(|phone| phone.get(phone.len().saturating_sub(4)..));
    if let Some(code) = meta.faults.take_throttle() {
        return Err(GraphError::new(code));
    }
    match last_digits {
        Some("0056") => return Err(GraphError::new(131_056)),
        Some("0429") => return Err(GraphError::new(130_429)),
        _ => meta
            .limits()
            .take(&account.phone_number_id, &user.key, &faults, now_ms)
            .map_err(GraphError::new)?,
    }
    let open = category != "service" || meta.window_is_open(&account.phone_number_id, &user.key);
    if !open && faults.window_sync {
        return Err(GraphError::new(131_047).details(
            "Message failed to send because more than 24 hours have \
             passed since the customer last replied to this number.",
        ));
    }
    let fails_with =
        failure_code(&faults, last_digits, open).or(content::failure_code(meta, account, &content).await);
    let by_bsuid = user.bsuid == to;
    Ok(CheckedSend { user, to, by_bsuid, content, category, biz_opaque_callback_data, fails_with })
}

async fn accept(meta: &Meta, account: &Account, send: CheckedSend) -> Result<Response, GraphError> {
    let (at_ms, faults) = (meta.now_ms(), meta.faults.settings());
    let wamid = crate::ids::wamid(&send.user.key, crate::ids::Direction::Outbound);
    let answer = accepted(&send, &wamid);
    let (plan, read_from_ms) = statuses::plan(&faults, &send.content, send.fails_with.is_some(), at_ms);
    let message = Message {
        head: Head { wamid: wamid.clone(), phone_number_id: account.phone_number_id.clone() },
        user: send.user.key.clone(),
        from_user: false,
        context_id: context_id(&send.content),
        content: send.content,
        at_ms,
        ticks: Ticks::None,
        failure: send.fails_with.map(Failure::of),
        outbound: Some(Outbound {
            to: send.to,
            biz_opaque_callback_data: send.biz_opaque_callback_data,
            category: send.category,
            plan,
            read_from_ms,
        }),
    };
    meta.limits().stop_typing(&account.phone_number_id, &send.user.key);
    let user = send.user;
    meta.commit(Event::Accepted { at_ms, message: Box::new(message), user }).await?;
    match meta.faults.take_after_accept() {
        AfterAccept::Answer => {}
        AfterAccept::Hang => {
            meta.closing.cancelled().await;
            return Ok(cut());
        }
        AfterAccept::Reset => return Ok(cut()),
    }
    if faults.status_before_answer {
        wait_for_statuses(meta, &wamid).await;
    }
    Call::answer(answer)
}

/// The recipient as written, and the user; `to` takes precedence over `recipient` (§5.1).
fn recipient(meta: &Meta, body: &Value) -> Result<(String, User), GraphError> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if text("recipient_type").is_some_and(|kind| kind != "individual") {
        return Err(GraphError::value("recipient_type: the twin has no groups"));
    }
    if let Some(to) = text("to") {
        let phone = crate::chat::digits_of(to)
            .ok_or_else(|| GraphError::value("Recipient phone number is not a valid phone number"))?;
        let known = meta.state().user(&phone).cloned();
        let stranger = || User::of(Person { phone: phone.clone(), name: String::new() });
        return Ok((to.to_owned(), known.filter(|user| user.phone.is_some()).unwrap_or_else(stranger)));
    }
    let bsuid = text("recipient").ok_or_else(|| GraphError::required("to"))?;
    let known = meta.state().user(bsuid).filter(|user| user.bsuid == bsuid).cloned();
    let user = known.ok_or_else(|| GraphError::value("recipient is not a user of this business"))?;
    Ok((bsuid.to_owned(), user))
}

fn callback_data(body: &Value) -> Result<Option<String>, GraphError> {
    match body.get("biz_opaque_callback_data") {
        None => Ok(None),
        Some(Value::String(data)) if data.chars().count() <= CALLBACK_DATA_CHARS => Ok(Some(data.clone())),
        Some(_) => {
            Err(GraphError::parameter("biz_opaque_callback_data must be a string of at most 512 characters"))
        }
    }
}

/// The code of the `failed` status due to faults, magic recipients (§12.6) or the closed window.
fn failure_code(faults: &FaultSettings, last_digits: Option<&str>, window_is_open: bool) -> Option<u32> {
    let magic = match last_digits {
        Some("0026") => Some(131_026),
        Some("0047") => Some(131_047),
        Some("0049") => Some(131_049),
        _ => None,
    };
    faults.failed_code.or(magic).or((!window_is_open).then_some(131_047))
}

fn accepted(send: &CheckedSend, wamid: &str) -> Value {
    let mut contact = Map::from_iter([("input".to_owned(), Value::from(send.to.as_str()))]);
    match &send.user.phone {
        Some(phone) if !send.by_bsuid => contact.insert("wa_id".to_owned(), phone.as_str().into()),
        _ => contact.insert("user_id".to_owned(), send.user.bsuid.as_str().into()),
    };
    let mut message = json!({"id": wamid});
    if send.content.get("shown").is_some() {
        put(&mut message, "message_status", "accepted");
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

/// The message it quotes.
fn context_id(content: &Value) -> Option<String> {
    Some(content.get("context")?.get("message_id")?.as_str()?.to_owned())
}

/// Marks a user's message, and those before it, as read; may show "is typing" (§5.5).
async fn mark_as_read(meta: &Meta, account: &Account, body: &Value) -> Result<Response, GraphError> {
    if body["status"] != "read" {
        return Err(GraphError::parameter("status must be one of the following values: read"));
    }
    let wamid = body["message_id"].as_str().ok_or_else(|| GraphError::required("message_id"))?.to_owned();
    let user = {
        let state = meta.state();
        let message = state.messages.get(&wamid);
        message
            .filter(|message| message.from_user && message.head.phone_number_id == account.phone_number_id)
            .map(|message| message.user.clone())
            .ok_or_else(|| GraphError::value("message_id is not a message received by this number"))?
    };
    if let Some(indicator) = body.get("typing_indicator") {
        if indicator["type"] != "text" {
            return Err(GraphError::parameter(
                "typing_indicator[type] must be one of the following values: text",
            ));
        }
        meta.limits().start_typing(&account.phone_number_id, &user, meta.now_ms());
    }
    meta.commit(Event::BusinessRead { at_ms: meta.now_ms(), wamid }).await?;
    meta.announce(account.phone_number_id.clone(), user);
    Call::success()
}

/// Waits until all statuses of a message have been answered.
async fn wait_for_statuses(meta: &Meta, wamid: &str) {
    let all = async {
        while meta.state().has_unreported(wamid) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // After the timeout it answers anyway.
    drop(tokio::time::timeout(Duration::from_millis(HOLD_MS), all).await);
}

fn refused(meta: &Meta, account: &Account, code: u32, details: &str) {
    meta.enqueue(Event::Refused {
        at_ms: meta.now_ms(),
        phone_number_id: account.phone_number_id.clone(),
        code,
        details: details.to_owned(),
    });
}

fn failing(fail: &FailNext) -> Response {
    let status = StatusCode::from_u16(fail.http_status).unwrap_or(StatusCode::BAD_GATEWAY);
    match fail.code {
        Some(code) => GraphError::new(code).status(status).into_response(),
        None => {
            (status, Html("<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"))
                .into_response()
        }
    }
}

/// An answer that breaks the connection before its first byte is sent.
fn cut() -> Response {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(futures_util::stream::iter([Err::<axum::body::Bytes, _>(broken)])))
}
