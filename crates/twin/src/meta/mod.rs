//! The twin of Meta's Graph API for WhatsApp.
//!
//! Under `/meta/{version}/…` it is the Graph API as a user of it meets it, so a channel's base URL is
//! `http://127.0.0.1:PORT/meta`. Under `/meta/media/…` it serves files to those who bring the token. Under
//! `/meta/control/…` a test or a person issues accounts, plays users, and orders faults; see [`control`].
//!
//! The way of a message: [`graph`] finds the caller and the object, [`send`] checks and accepts it,
//! [`crate::journal`] makes it durable, [`delivery`] emits its statuses and delivers webhooks until they are
//! answered with 200. The one source of all behaviour is `facts/meta-cloud.md`; its paragraphs are cited
//! as §.

mod accounts;
mod auth;
mod breaks;
mod chats;
pub(crate) mod content;
pub(crate) mod control;
mod delivery;
mod error;
mod event;
mod faults;
mod graph;
mod interactive;
mod limits;
mod media;
mod media_api;
mod numbers;
mod params;
mod raw;
mod send;
mod service;
mod snapshot;
mod state;
mod statuses;
mod subscriptions;
mod template_review;
mod template_send;
pub(crate) mod templates;
mod tokens;
mod users;
mod webhooks;

pub(crate) use accounts::{NewAccount, NotIssued};
pub(crate) use error::GraphError;
pub(crate) use graph::routes;
pub(crate) use media::id_in;
pub(crate) use service::Meta;
