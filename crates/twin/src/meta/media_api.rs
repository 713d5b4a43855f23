//! Media over the Graph API: upload, look-up, download, delete (facts §6).

use std::io;

use axum::{
    body::Body,
    extract::{FromRequest as _, Multipart, Query, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::{
    auth::{self, Caller},
    call::Call,
    error::GraphError,
    model::{Account, Event, Media, Meta, TokenState, media},
};

/// Lifetime of an uploaded file, in days.
const UPLOADED_DAYS: i64 = 30;
/// Lifetime of a user's file, in days.
const RECEIVED_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

impl Meta {
    /// Stores a user's file durably; gives its media id, valid for seven days.
    pub(crate) async fn store_media(&self, bytes: Vec<u8>, mime: &str) -> io::Result<String> {
        self.store_media_of(bytes, mime, None).await
    }

    /// Stores a file uploaded by the owner of a number, or (none) by a user.
    pub(crate) async fn store_media_of(
        &self,
        bytes: Vec<u8>,
        mime: &str,
        phone_number_id: Option<String>,
    ) -> io::Result<String> {
        let days = if phone_number_id.is_some() { UPLOADED_DAYS } else { RECEIVED_DAYS };
        let id = crate::ids::digits(16);
        let (sha256, bytes) = self.store_file(&id, bytes).await?;
        let expires_ms = self.now_ms() + days * DAY_MS;
        let media =
            Media { id: id.clone(), mime_type: mime.to_owned(), sha256, bytes, expires_ms, phone_number_id };
        self.commit(Event::Media(media)).await?;
        Ok(id)
    }

    /// A stored file and its MIME type, until it expires.
    pub(crate) async fn media_bytes(&self, id: &str) -> Option<(Vec<u8>, String)> {
        let media = self.media(id)?;
        let bytes = tokio::fs::read(self.media_path(&media.id)).await.ok()?;
        Some((bytes, media.mime_type))
    }

    /// The description of a file, until it expires.
    pub(crate) fn media(&self, id: &str) -> Option<Media> {
        self.state().media.get(id).filter(|media| media.expires_ms > self.now_ms()).cloned()
    }
}

/// `POST /{phone-number-id}/media`
pub(crate) async fn upload(meta: &Meta, account: &Account, call: Call) -> Result<Response, GraphError> {
    let mut request = Request::new(Body::from(call.body));
    *request.headers_mut() = call.headers;
    let bad = || GraphError::parameter("The request is not multipart/form-data");
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| bad())?;
    let (mut product, mut kind, mut file) = (None, None, None);
    while let Some(part) = parts.next_field().await.map_err(|_| bad())? {
        match part.name() {
            Some("messaging_product") => product = part.text().await.ok(),
            Some("type") => kind = part.text().await.ok(),
            Some("file") => {
                let mime = part.content_type().map(str::to_owned);
                file = Some((mime, part.bytes().await.map_err(|_| bad())?));
            }
            _ => {}
        }
    }
    if product.as_deref() != Some("whatsapp") {
        return Err(GraphError::required("messaging_product"));
    }
    let (part_mime, bytes) = file.ok_or_else(|| GraphError::new(1304))?;
    let mime = kind.or(part_mime).ok_or_else(|| GraphError::required("type"))?;
    if !media::takes(&mime, u64::try_from(bytes.len()).unwrap_or(u64::MAX)) {
        return Err(
            GraphError::new(131_053).details(format!("a file of type {mime} and this size is not taken"))
        );
    }
    let id = meta.store_media_of(bytes.to_vec(), &mime, Some(account.phone_number_id.clone())).await?;
    Call::answer(json!({ "id": id }))
}

/// `GET` and `DELETE /{media-id}`; any other object is refused here too.
pub(crate) async fn object(meta: &Meta, call: &Call) -> Result<Response, GraphError> {
    let media = meta.media(&call.id).filter(|_| call.edge.is_empty()).ok_or_else(|| call.no_object())?;
    let owner = media.phone_number_id.as_ref().and_then(|id| meta.account(id));
    let named = call.params.text("phone_number_id");
    let mine = owner.is_none_or(|owner| {
        call.caller.reaches(&owner.waba_id) && named.is_none_or(|named| named == owner.phone_number_id)
    });
    if !mine || matches!(call.caller, Caller::App { .. }) {
        return Err(call.no_object());
    }
    match call.method.as_str() {
        "GET" => Call::answer(json!({
            "messaging_product": "whatsapp",
            "url": media.url(meta.base_url(), meta.now_ms() + media::URL_MS),
            "mime_type": media.mime_type,
            "sha256": media.sha256,
            "file_size": media.bytes.to_string(),
            "id": media.id,
        })),
        "DELETE" => {
            meta.commit(Event::MediaDeleted { id: media.id.clone() }).await?;
            if let Err(error) = tokio::fs::remove_file(meta.media_path(&media.id)).await {
                tracing::warn!(%error, "a deleted media file stays in the twin's folder");
            }
            Call::success()
        }
        _ => Err(call.no_object()),
    }
}

#[derive(Deserialize)]
pub(crate) struct Link {
    mid: String,
    ext: i64,
    hash: String,
}

/// The file behind a download URL: needs the token, and works for five minutes.
pub(crate) async fn download(
    State(meta): State<Meta>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Response {
    let known = auth::bearer(&headers).is_some_and(|token| {
        let state = meta.state();
        auth::of_token(&state, &token).is_some_and(|account| {
            let owner = state.media.get(&link.mid).and_then(|media| media.phone_number_id.as_ref());
            let mine =
                owner.and_then(|id| state.accounts.get(id)).is_none_or(|o| o.waba_id == account.waba_id);
            account.token == TokenState::Valid && mine
        })
    });
    if !known {
        return GraphError::token("Invalid OAuth access token - Cannot parse access token", None)
            .into_response();
    }
    let alive = link.ext > meta.now_ms();
    let media = meta.media(&link.mid).filter(|media| alive && media.hash(link.ext) == link.hash);
    let bytes = match media {
        Some(media) => meta.media_bytes(&media.id).await,
        None => None,
    };
    match bytes {
        Some((bytes, mime)) => ([(header::CONTENT_TYPE, mime)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
