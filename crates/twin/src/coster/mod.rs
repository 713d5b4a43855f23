//! The twin of Coster, the platform of Jatis Mobile (facts/qontak-coster.md §5 to §8).
//!
//! `{twin}/coster` is both of its hosts: replies go to `/coster/bot/webhook`, templates to
//! `/coster/v1/{account_id}/messages`, files are under `/coster/bot/media/`. Behaviour without a source is marked `[I]`
//! in the sheet and follows its proposal.

#![expect(
    clippy::indexing_slicing,
    reason = "only JSON values are indexed, and what is not there reads as null"
)]

mod answer;
mod callback;
mod messages;
mod routes;
mod webhook;

use std::{io, path::Path};

use tokio_util::sync::CancellationToken;

use crate::bsp::{Bsp, Identity, Platform};

pub(crate) use routes::routes;

/// Opens the twin of Coster in this folder. It closes with `closing`.
pub(crate) fn open(dir: &Path, closing: CancellationToken) -> io::Result<Bsp> {
    let (received, reached) = (webhook::received, webhook::reached);
    Bsp::open_in(dir, Identity { platform: Platform::Coster, received, reached }, closing)
}
