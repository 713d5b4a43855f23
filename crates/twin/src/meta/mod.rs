//! The twin of Meta's Graph API for WhatsApp.
//!
//! `/meta/{version}/…` is the Graph API, so a channel's base URL is `http://127.0.0.1:PORT/meta`. `/meta/media/…`
//! serves files to callers with the token. Under `/meta/control/…` a test or a person issues accounts, plays users, and
//! orders faults; see [`control`].
//!
//! The way of a message: [`graph`] finds the caller and the object, [`send`] checks and accepts it, [`crate::engine`]
//! makes it durable and delivers webhooks, [`statuses`] plans and words its statuses. The one source of all behaviour
//! is `facts/meta-cloud.md`; its paragraphs are cited as §.

mod account_faults;
mod accounts;
mod auth;
mod call;
mod chats;
pub(crate) mod content;
mod control;
mod delivery;
mod error;
mod fields;
mod graph;
mod interactive;
mod media_api;
mod model;
mod numbers;
mod params;
mod send;
mod statuses;
mod subscriptions;
mod template_review;
pub(crate) mod template_send;
mod templates;
mod tokens;
mod webhooks;

pub(crate) use accounts::NewAccount;
pub(crate) use error::GraphError;
pub(crate) use graph::routes;
pub(crate) use model::{
    Meta,
    template::{seeded, seeds},
};
