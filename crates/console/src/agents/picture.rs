//! The picture of an agent: uploading it, serving it, removing it.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_gateway::app::App;
use warta_http::problem::{Code, Problem};
use warta_store::Agent;

use crate::agents::audit::{change, entry};
use crate::agents::page::Page;
use crate::texts::Lang;
use crate::visitor::{Seat, Visitor};

/// The largest picture, in bytes.
const LARGEST: usize = 256 * 1024;
/// The largest upload that is read, in bytes; a larger request is refused. A phone's photo fits, so that it gets a message at the
/// field.
const LARGEST_UPLOAD: usize = 16 * 1024 * 1024;
/// The type of a picture that browsers show and that cannot carry script, by its first bytes.
fn kind(picture: &[u8]) -> Option<&'static str> {
    match picture {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// `GET /agents/{agent}/avatar`
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
) -> Result<Response, Problem> {
    let picture = app.store.avatar(visitor.scope(), seat.agent.id).await?.ok_or_else(Problem::not_found)?;
    let kind = kind(&picture).ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, no-cache")], picture)
        .into_response())
}

/// `POST /agents/{agent}/avatar`
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
    request: Request,
) -> Result<Response, Problem> {
    let l = visitor.lang(request.headers());
    let picture = match checked(picture(request).await?, l) {
        Ok(picture) => picture,
        Err(fault) => {
            let mut page = Page::read(&app, &visitor, &seat, l).await?;
            page.picture_fault = Some(fault);
            return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    put(&app, &visitor, &seat.agent, Some(picture.to_vec())).await
}

/// `POST /agents/{agent}/avatar/remove`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    seat: Seat,
) -> Result<Response, Problem> {
    put(&app, &visitor, &seat.agent, None).await
}

async fn put(
    app: &App,
    visitor: &Visitor,
    agent: &Agent,
    picture: Option<Vec<u8>>,
) -> Result<Response, Problem> {
    let told = |bytes: &Vec<u8>| format!("{} bytes of {}", bytes.len(), kind(bytes).unwrap_or_default());
    let before = app.store.avatar(visitor.scope(), agent.id).await?;
    let changes = change("picture", before.as_ref().map(told), picture.as_ref().map(told));
    let done = if picture.is_some() { "picture" } else { "no-picture" };
    let entry =
        entry(app, visitor, (agent.id, &agent.name), Action::AgentChanged, changes.into_iter().collect());
    app.store.set_avatar(visitor.scope(), agent.id, picture, &entry).await?;
    Ok(Redirect::to(&format!("/agents/{}?done={done}", agent.id)).into_response())
}

/// The uploaded file.
async fn picture(request: Request) -> Result<Bytes, Problem> {
    let unreadable = || Problem::new(Code::BodyUnreadable, "The form cannot be read.");
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_UPLOAD)
        .await
        .map_err(|_| Problem::new(Code::BodyTooLarge, "The form is larger than 16 MiB."))?;
    let request = Request::from_parts(parts, Body::from(body));
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        if field.name() == Some("picture") {
            return field.bytes().await.map_err(|_| unreadable());
        }
    }
    Ok(Bytes::new())
}

fn checked(picture: Bytes, l: Lang) -> Result<Bytes, Cow<'static, str>> {
    if picture.is_empty() {
        return Err(l.picture_missing());
    }
    if picture.len() > LARGEST {
        return Err(l.picture_too_large());
    }
    if kind(&picture).is_none() {
        return Err(l.picture_of_other_kind());
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n rest"), Some("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0 rest"), Some("image/jpeg"));
        assert_eq!(kind(b"RIFF1234WEBPVP8 "), Some("image/webp"));
        for other in [&b"<svg onload=alert(1)>"[..], b"GIF89a", b"RIFF1234WAVE", b"", b"\x89PNG"] {
            assert_eq!(kind(other), None);
        }
    }

    #[test]
    fn what_is_no_fit_picture_is_refused_in_words() {
        let l = Lang::En;
        let mut large = b"\xff\xd8\xff".to_vec();
        large.resize(LARGEST + 1, 0);
        assert_eq!(checked(Bytes::new(), l), Err(l.picture_missing()));
        assert_eq!(checked(Bytes::from(large.clone()), l), Err(l.picture_too_large()));
        large.truncate(LARGEST);
        assert!(checked(Bytes::from(large), l).is_ok());
        assert_eq!(checked(Bytes::from_static(b"<svg>"), l), Err(l.picture_of_other_kind()));
    }
}
