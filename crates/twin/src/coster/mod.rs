//! The twin of Coster, the platform of Jatis Mobile (facts/qontak-coster.md §5 to §8).
//!
//! `{twin}/coster` is both of its hosts: replies go to `/coster/bot/webhook`, templates to
//! `/coster/v1/{account_id}/messages`, files lie under `/coster/bot/media/`. What no source shows is marked `[I]`
//! there, and is answered in the way the sheet proposes.

#![expect(
    clippy::indexing_slicing,
    reason = "only JSON values are indexed, and what is not there reads as null"
)]

mod answer;
mod hook;
mod messages;
mod routes;
pub(crate) mod webhook;

pub(crate) use routes::routes;
