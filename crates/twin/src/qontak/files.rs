//! Files: upload, and download from the CDN (§2.9, §3.3).

use axum::{
    extract::{Multipart, Path, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::json;

use super::{
    answer::{Answer, Refusal, created},
    auth::Caller,
};
use crate::bsp::Bsp;

/// `POST /file_uploader`
pub(super) async fn upload(State(bsp): State<Bsp>, Caller(_): Caller, mut form: Multipart) -> Answer {
    let bad = |_| Refusal::invalid("file is invalid");
    while let Some(part) = form.next_field().await.map_err(bad)? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or("file").replace(['/', '\\'], "_");
        let mime = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let media = bsp.store_media(part.bytes().await.map_err(bad)?.to_vec(), &mime, &name).await?;
        let url = format!("{}/qontak/cdn/{}/{}", bsp.base_url(), media.id, media.filename);
        return Ok(created(&json!({"filename": media.filename, "url": url})));
    }
    Err(Refusal::invalid("file is missing"))
}

/// `GET /qontak/cdn/{id}/{filename}`: public for anyone with the URL.
pub(super) async fn serve(State(bsp): State<Bsp>, Path((id, filename)): Path<(String, String)>) -> Response {
    match bsp.media_bytes(&id).await.filter(|(_, media)| media.filename == filename) {
        Some((bytes, media)) => ([(header::CONTENT_TYPE, media.mime_type)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
