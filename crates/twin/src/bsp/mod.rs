//! The twin of a business solution provider: the part that Coster and Qontak have in common. Such a provider stands
//! between WhatsApp and a business. Its API and its webhooks are its own; accounts, chats, files, faults and the
//! acceptance of a send are here.
//!
//! [`crate::coster`] and [`crate::qontak`] add their routes and their wording; [`Platform`] tells the two apart. What
//! Qontak alone stores, organizations and templates, is here too, because one journal format serves both. The one
//! source of all behaviour is `facts/qontak-coster.md`; its paragraphs are cited as §.

mod accounts;
mod chats;
mod control;
mod delivery;
mod files;
mod model;
mod send;

pub(crate) use accounts::NewAccount;
pub(crate) use chats::as_meta;
pub(crate) use control::routes as control;
pub(crate) use model::{
    Account, Bsp, Event, FaultSettings, Head, Identity, Keys, Message, NewWebhook, Organization, Outbound,
    Platform, Scenario, State, Template, Webhook, WordingContext, events,
};
pub(crate) use send::{SendFault, draft};
