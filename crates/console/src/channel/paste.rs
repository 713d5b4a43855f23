//! Smart paste: fills the form from a block of pasted ids, for review before saving.

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::Map;
use warta_http::problem::Problem;
use warta_protocol::describe::{ACCOUNT, Pasted, paste as read};

use crate::channel::connection;
use crate::channel::context::ChannelContext;
use crate::channel::draft::Draft;
use crate::form::Typed;

/// `POST B/connection/paste`: the page with the boxes filled; for the script, which fills them in place, the values. A
/// secret goes only there, and only back to who has just pasted it.
pub(crate) async fn paste(
    context: ChannelContext,
    headers: HeaderMap,
    typed: Typed,
) -> Result<Response, Problem> {
    let (channel, description) = (context.channel()?, context.description()?);
    let found = read(description, typed.text("secret_block"));
    if headers.contains_key("x-fragment") {
        let pairs = found.into_iter().map(|pasted| (pasted.field.to_owned(), pasted.value.into()));
        let pairs: Map<_, _> = pairs.collect();
        return Ok(([(header::CACHE_CONTROL, "no-store")], Json(pairs)).into_response());
    }
    let is_open = |pasted: &Pasted| {
        let spec = description.field(pasted.field).unwrap_or(&ACCOUNT);
        spec.secret.is_none()
    };
    let (open, secret): (Vec<_>, Vec<_>) = found.into_iter().partition(is_open);
    let done = match (open.is_empty(), secret.is_empty()) {
        (true, true) => "nothing_found",
        (_, true) => "filled",
        (_, false) => "filled_secrets",
    };
    let filled = Typed::of(open.into_iter().map(|pasted| (pasted.field.to_owned(), pasted.value)));
    connection::show(&context, channel, Draft { typed: Some(&filled), done: done.into(), ..Draft::default() })
        .await
}
