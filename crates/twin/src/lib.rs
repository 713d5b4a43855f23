//! Stand-ins for WhatsApp providers, on real HTTP.
//!
//! A twin behaves towards Warta as the provider does: it refuses what the provider refuses, signs its
//! webhooks, and sends delivery statuses. It is written from the providers' documentation alone and depends
//! on none of our crates, so that a misunderstanding on either side shows.
//!
//! One server, one origin, a prefix each: `/meta`, `/coster` and `/qontak` (the providers' APIs, each with its `control`), `/phone` and `/new-account` (the phone in
//! the browser), `/agent` (the sample agent). Everything a twin accepted, still owes and shows is kept in the
//! data folder and flushed before it answers.

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
mod serve;
mod twin;

pub use serve::{ServeError, serve};
pub use twin::Twin;
