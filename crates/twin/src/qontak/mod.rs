//! The twin of Mekari Qontak (facts/qontak-coster.md §2 to §4).
//!
//! `{twin}/qontak/api/open/v1` is its open API, `{twin}/qontak/oauth/token` gives tokens out, and
//! `{twin}/qontak/gateway/qontak/chat/v1` is Mekari's gateway, which takes signed calls only. Files lie under
//! `/qontak/cdn/`. A reply goes to a room, which the business learns from what a user writes; templates go to a number.

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
mod organization;
mod rooms;
mod routes;
mod templates;
pub(crate) mod webhook;

pub(crate) use organization::Organization;
pub(crate) use routes::routes;
pub(crate) use templates::Template;
