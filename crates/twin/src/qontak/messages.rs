//! Sending into a room (§2.6).

use axum::{
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State},
};
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::{
    answer::{Answer, Refusal, created},
    auth::Caller,
    interactive, objects,
    rooms::{self, Room},
};
use crate::{
    bsp::{Bsp, FaultSettings, Head, Outbound, draft},
    ids,
    json::put,
};

/// Longest text (facts/meta-cloud.md §5.1).
const TEXT_CHARS: usize = 4_096;
/// Types that carry a file.
const FILES: [&str; 4] = ["audio", "document", "image", "video"];

/// The fields and the file of a send, from JSON or from a form.
struct SendRequest {
    fields: Map<String, Value>,
    file: Option<(String, String, Bytes)>,
}

/// `POST /messages/whatsapp/bot`
pub(super) async fn send(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let faults = bsp.before_send().await?;
    let request = read(headers, body).await?;
    let (room_id, room) = room(&bsp, &owner.id, &request.fields)?;
    let content = content(&bsp, &request).await.map_err(|refusal| refused(&bsp, &room, refusal))?;
    finish(&bsp, room_id, room, (content, Value::Object(request.fields)), &faults).await
}

/// Meta's message object of a text or a file.
async fn content(bsp: &Bsp, request: &SendRequest) -> Result<Value, Refusal> {
    let kind = request.fields.get("type").and_then(Value::as_str).unwrap_or("text");
    let text = request.fields.get("text").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    match (kind, text, &request.file) {
        ("text", None, _) => Err(Refusal::invalid("text is missing")),
        ("text", Some(text), _) if text.chars().count() > TEXT_CHARS => {
            Err(Refusal::invalid("text is too long"))
        }
        ("text", Some(text), _) => Ok(json!({"type": "text", "text": {"body": text}})),
        (kind, caption, Some((name, mime, bytes))) if FILES.contains(&kind) => {
            let media = bsp.store_media(bytes.to_vec(), mime, name).await?;
            let mut object = json!({"id": media.id});
            if kind == "document" {
                put(&mut object, "filename", name.as_str());
            }
            if let Some(caption) = caption.filter(|_| kind != "audio") {
                put(&mut object, "caption", caption);
            }
            Ok(json!({"type": kind, kind: object}))
        }
        (kind, _, None) if FILES.contains(&kind) => Err(Refusal::invalid("file is missing")),
        _ => Err(Refusal::invalid("type does not have a valid value")),
    }
}

/// `POST /messages/whatsapp/interactive_message/bot`
pub(super) async fn interactive(
    State(bsp): State<Bsp>,
    Caller(owner): Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let faults = bsp.before_send().await?;
    let request = read(headers, body).await?;
    let (room_id, room) = room(&bsp, &owner.id, &request.fields)?;
    let request = Value::Object(request.fields);
    let content = interactive::check(&request).map_err(|refusal| refused(&bsp, &room, refusal))?;
    finish(&bsp, room_id, room, (content, request), &faults).await
}

async fn finish(
    bsp: &Bsp,
    room_id: String,
    room: Room,
    (content, request): (Value, Value),
    faults: &FaultSettings,
) -> Answer {
    if !bsp.window_is_open(&room.account.id, &room.user) {
        return Err(refused(bsp, &room, Refusal::invalid("session expired")));
    }
    let wamid = ids::wamid(&room.user, ids::Direction::Outbound);
    let account = room.account.id.clone();
    let head = Head { id: ids::uuid(), wamid, account, room: Some(room_id), ..Head::default() };
    let key = request["local_id"].as_str().map(str::to_owned);
    let outbound = Outbound { key, request, category: "service".to_owned(), ..Outbound::default() };
    let message = bsp.accept(draft(head, room.user, content, outbound), faults).await?;
    let place = (bsp.base_url(), bsp.now_ms());
    Ok(created(&objects::message(&bsp.state(), &room.account, &message, "created", place)))
}

fn refused(bsp: &Bsp, room: &Room, refusal: Refusal) -> Refusal {
    bsp.refused(&room.account.id, &refusal.message);
    refusal
}

/// The room named in the request, if it is open.
fn room(bsp: &Bsp, organization: &str, fields: &Map<String, Value>) -> Result<(String, Room), Refusal> {
    let id = fields.get("room_id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::invalid("room_id is missing, room_id is invalid"))?;
    let room = rooms::find(bsp, organization, id).ok_or_else(Refusal::missing)?;
    if !room.open {
        return Err(refused(bsp, &room, Refusal::invalid("room already resolved")));
    }
    Ok((id.to_owned(), room))
}

async fn read(headers: HeaderMap, body: Bytes) -> Result<SendRequest, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        let fields = serde_json::from_slice(&body);
        let fields = fields.map_err(|_| Refusal::invalid("room_id is missing, room_id is invalid"))?;
        return Ok(SendRequest { fields, file: None });
    }
    let mut request = Request::new(Body::from(body));
    *request.headers_mut() = headers;
    DefaultBodyLimit::disable().apply(&mut request); // the whole of it is here
    let bad = || Refusal::invalid("the form cannot be read");
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| bad())?;
    let mut request = SendRequest { fields: Map::new(), file: None };
    while let Some(part) = parts.next_field().await.map_err(|_| bad())? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let filename = part.file_name().unwrap_or("file").replace(['/', '\\'], "_");
            let mime = part.content_type().unwrap_or("application/octet-stream").to_owned();
            request.file = Some((filename, mime, part.bytes().await.map_err(|_| bad())?));
        } else {
            request.fields.insert(name, part.text().await.map_err(|_| bad())?.into());
        }
    }
    Ok(request)
}
