//! The twin of Mekari Qontak (facts/qontak-coster.md §2 to §4).
//!
//! `{twin}/qontak/api/open/v1` is its open API, `{twin}/qontak/oauth/token` gives tokens out, and
//! `{twin}/qontak/gateway/qontak/chat/v1` is Mekari's gateway, which accepts signed calls only. Files are under
//! `/qontak/cdn/`. A reply goes to a room, whose id comes with the user's message; templates go to a number.

#![expect(
    clippy::indexing_slicing,
    reason = "only JSON values are indexed, and what is not there reads as null"
)]

mod answer;
mod auth;
mod broadcasts;
mod files;
mod integrations;
mod interactions;
mod interactive;
mod messages;
mod objects;
mod rooms;
mod routes;
mod templates;
mod webhook;

use std::{io, path::Path};

use tokio_util::sync::CancellationToken;

use crate::bsp::{Bsp, Identity, Platform};

pub(crate) use routes::routes;

/// Opens the twin of Qontak in this folder. It closes with `closing`.
pub(crate) fn open(dir: &Path, closing: CancellationToken) -> io::Result<Bsp> {
    let (received, reached) = (webhook::received, webhook::reached);
    Bsp::open_in(dir, Identity { platform: Platform::Qontak, received, reached }, closing)
}
