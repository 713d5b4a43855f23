//! Stand-ins ("twins") for WhatsApp providers, on real HTTP.
//!
//! A twin behaves towards Warta as the provider does: it refuses what the provider refuses, signs its webhooks, and
//! sends delivery statuses. It is written from the providers' documentation alone and depends on none of our crates, so
//! that a misunderstanding on either side shows.
//!
//! One server with a path prefix for each part: `/meta`, `/coster` and `/qontak` (the providers' APIs, each with its
//! `control`), `/phone` and `/new-account` (the phone in the browser), `/agent` (the sample agent). All state is kept in
//! the data folder and flushed before a call is answered.
//!
//! From the bottom up: `engine` is the part that all provider twins share; `meta`, `bsp`, `coster` and `qontak` are the
//! providers; `twin` opens them all; `phone` and `agent` are the other two ends of a conversation; `serve` serves all.

mod agent;
mod bsp;
mod chat;
mod coster;
mod engine;
mod ids;
mod json;
mod meta;
mod phone;
mod qontak;
mod refusal;
mod routing;
mod serve;
mod twin;

pub use serve::{ServeError, serve};
pub use twin::Twin;
