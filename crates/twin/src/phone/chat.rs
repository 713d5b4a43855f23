//! What the phone's script reads and writes: the chat, a message, a picture, a file.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::holder::{HolderQuery, find_number};
use crate::{
    chat::{ChatItem, NotTaken},
    refusal::Refusal,
    twin::Twin,
};

/// Largest picture a phone sends, in bytes; WhatsApp's phones shrink theirs far below it.
const PICTURE_BYTES: usize = 16 * 1024 * 1024;

fn kind_of(content: &Value) -> &str {
    content.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// One message as the script draws it.
pub(super) fn message_json(item: &ChatItem) -> Value {
    let kind = kind_of(&item.content);
    json!({
        "id": item.id,
        "from": if item.from_user { "me" } else { "them" },
        "at": item.at_ms,
        "type": kind,
        "content": item.content.get(kind),
        "shown": item.content.get("shown"),
        "context": item.context_id,
        "status": item.ticks,
        "error": item.error.as_ref().map(|failure| format!("{} {}", failure.code, failure.title)),
    })
}

/// A hash of all messages of a chat, to tell its states apart.
pub(super) fn revision(items: &[Value]) -> String {
    let mut hasher = DefaultHasher::new();
    for item in items {
        item.to_string().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// `GET chat`: who it is with, all messages, and the revision an event stream may start after.
pub(super) async fn read(
    State(twin): State<Twin>,
    Path(account): Path<String>,
    Query(holder): HolderQuery,
) -> Result<Json<Value>, Refusal> {
    let number = find_number(&twin, &account)?;
    let person = holder.person()?;
    let items: Vec<_> = number.chat(&person.phone).iter().map(message_json).collect();
    Ok(Json(json!({
        "name": number.name,
        "number": number.display,
        "revision": revision(&items),
        "items": items,
    })))
}

/// `POST send`: a message of the person, `{"type":"text","text":{…},"context"?:{"id":…}}`; gives its id.
pub(super) async fn send(
    State(twin): State<Twin>,
    Path(account): Path<String>,
    Query(holder): HolderQuery,
    Json(content): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    if content.get(kind_of(&content)).is_none() {
        return Err(Refusal::bad("a message has a type and an object of that name"));
    }
    sent(find_number(&twin, &account)?.send(holder.person()?, content).await)
}

/// The query of a picture.
#[derive(Deserialize)]
pub(super) struct PictureQuery {
    caption: Option<String>,
    /// Id of the message it answers.
    context: Option<String>,
}

/// `POST picture?caption=&context=`: a JPEG or PNG as the raw body; gives the message id.
pub(super) async fn picture(
    State(twin): State<Twin>,
    Path(account): Path<String>,
    Query(holder): HolderQuery,
    Query(query): Query<PictureQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let number = find_number(&twin, &account)?;
    let mime = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !["image/jpeg", "image/png"].contains(&mime) {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "a picture is a JPEG or a PNG"));
    }
    if body.is_empty() {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "the picture is empty"));
    }
    if body.len() > PICTURE_BYTES {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the picture is larger than 16 MB"));
    }
    let file = (body.into(), mime.to_owned());
    sent(number.send_picture(holder.person()?, file, query.caption, query.context).await)
}

fn sent(sent: Result<String, NotTaken>) -> Result<Json<Value>, Refusal> {
    sent.map(|id| Json(json!({ "id": id }))).map_err(|error| not_taken(&error))
}

fn not_taken(error: &NotTaken) -> Refusal {
    let status = match error {
        NotTaken::NoSuchAccount => StatusCode::NOT_FOUND,
        NotTaken::Malformed(_) => StatusCode::BAD_REQUEST,
        NotTaken::Journal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Refusal::new(status, error)
}

/// `GET media/{id}`: a file of this number's chats. Only types that cannot run scripts are shown inline.
pub(super) async fn media(
    State(twin): State<Twin>,
    Path((account, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let gone = || Refusal::new(StatusCode::NOT_FOUND, "this file is no longer there");
    let (bytes, mime) = find_number(&twin, &account)?.media(&id).await.ok_or_else(gone)?;
    let kind = mime.split('/').next().unwrap_or_default();
    let shown = matches!(kind, "audio" | "video")
        || ["image/jpeg", "image/png", "image/webp", "image/gif"].contains(&mime.as_str());
    let place = if shown { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CONTENT_DISPOSITION, place.to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
