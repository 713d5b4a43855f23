//! `GET /v1/messages/{id}/media`

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use warta_http::problem::{Code, Problem, ProblemBody};
use warta_store::Content;

use crate::app::App;
use crate::upstream::media::{self, LARGEST, MediaError};
use crate::web::access::Caller;

/// Get the file of a message
///
/// The file that a user sent, from the channel's provider, as a download of at most 100 MiB. Providers keep files for some days
/// only. Never show it as part of a page of yours without checking it: a user chose it.
#[utoipa::path(
    get, path = "/v1/messages/{id}/media", tag = "Messages",
    params(("id" = String, Path, description = "The message: `msg_…`.", example = "msg_01kb3t5v9zc9rt2n6cy8q4h7mp")),
    responses(
        (status = 200, description = "The file, with its own type and name.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, description = "No valid key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The key's channel has no such message, it has no file, or the provider no longer has it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The provider did not give the file.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The gateway cannot answer now.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn media(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let row = caller.message(&app, &id).await?;
    let file = match &row.content {
        Content::Inbound { content, .. } => media::file(content),
        Content::Outbound { .. } => None,
    };
    let file = file.ok_or_else(|| Problem::new(Code::NotFound, "This message has no file from a user."))?;
    let runtime = app.directory.channel(&app.store, caller.channel, app.now()).await?;
    let runtime = runtime.ok_or_else(Problem::not_found)?;
    let received = media::fetch(&app, &runtime, file).await.map_err(|why| problem(&why))?;
    let name = file.filename.clone().unwrap_or_else(|| row.id.to_string());
    let headers =
        [(header::CONTENT_TYPE, received.mime_type), (header::CONTENT_DISPOSITION, attachment(&name))];
    Ok((headers, received.file.into_body(LARGEST)).into_response())
}

fn problem(why: &MediaError) -> Problem {
    let code = match why {
        MediaError::Gone(_) => Code::MediaGone,
        MediaError::Keyless(_) | MediaError::TooLarge | MediaError::Refused(_) | MediaError::Silent(_) => {
            Code::ProviderFailed
        }
    };
    Problem::new(code, why.to_string())
}

/// The header that makes a file a download of this name (RFC 6266). A path in it is not for the one who saves it.
fn attachment(name: &str) -> HeaderValue {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let shown = |character: char| match u8::try_from(character) {
        Ok(byte) if plain(byte) || byte == b' ' => character,
        Ok(_) | Err(_) => '_',
    };
    let mut text = format!("attachment; filename=\"{}\"", name.chars().map(shown).collect::<String>());
    text.push_str("; filename*=UTF-8''");
    for byte in name.bytes() {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            // Writing into a text does not fail.
            write!(text, "%{byte:02X}").ok();
        }
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_whatever_the_user_called_the_file() {
        for (name, header) in [
            ("libur.pdf", "attachment; filename=\"libur.pdf\"; filename*=UTF-8''libur.pdf"),
            (
                "a\"; x=\r\n.pdf",
                "attachment; filename=\"a__ x___.pdf\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0A.pdf",
            ),
            ("../../etc/passwd", "attachment; filename=\"passwd\"; filename*=UTF-8''passwd"),
            ("é.png", "attachment; filename=\"_.png\"; filename*=UTF-8''%C3%A9.png"),
        ] {
            assert_eq!(attachment(name), header, "{name}");
        }
    }
}
