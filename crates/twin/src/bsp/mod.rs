//! What the twins of business solution providers share. Such a provider stands between WhatsApp and a business: its
//! API and its webhooks are its own, what lies beneath is the same: accounts, chats, files, statuses that come with
//! time, and webhooks that are owed until they are answered.
//!
//! [`crate::coster`] and [`crate::qontak`] add their routes and their words; [`Provider`] is where the two are told
//! apart. The one source of all behaviour is `facts/qontak-coster.md`; its paragraphs are cited as §.

mod accounts;
mod chats;
mod control;
mod delivery;
mod event;
mod knobs;
mod media;
mod provider;
mod send;
mod service;
mod state;

pub(crate) use accounts::{Account, Keys, NewAccount, NotIssued};
pub(crate) use control::routes as control;
pub(crate) use event::{Event, Message, Status, Webhook};
pub(crate) use knobs::{Knobs, Scenario};
pub(crate) use media::Media;
pub(crate) use provider::{Post, Provider, Words};
pub(crate) use send::{Accepted, Trouble, WINDOW_MS};
pub(crate) use service::Bsp;
pub(crate) use state::State;
