//! The twin of a business solution provider: the part that Coster and Qontak have in common. Such a provider stands
//! between WhatsApp and a business. Its API and its webhooks are its own; accounts, chats, files, faults and the
//! acceptance of a send are here.
//!
//! [`crate::coster`] and [`crate::qontak`] add their routes and their wording; [`Platform`] tells the two apart. What
//! Qontak alone stores, organizations and templates, is here too, because one journal format serves both. The one
//! source of all behaviour is `facts/qontak-coster.md`; its paragraphs are cited as §.

mod account;
mod accounts;
mod chats;
mod control;
mod delivery;
mod event;
mod faults;
mod files;
mod media;
mod message;
mod organization;
mod platform;
mod send;
mod state;
mod template;

pub(crate) use account::{Account, Keys};
pub(crate) use accounts::NewAccount;
pub(crate) use control::routes as control;
pub(crate) use event::Event;
pub(crate) use faults::{FaultSettings, Scenario};
pub(crate) use message::{Message, NewWebhook, Webhook};
pub(crate) use organization::{Organization, events};
pub(crate) use platform::{Bsp, Identity, Platform, State, Wording, WordingContext};
pub(crate) use send::{Accepted, Trouble, WINDOW_MS};
pub(crate) use template::Template;
