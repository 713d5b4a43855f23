//! What the twins of Coster and Qontak know: accounts, organizations, messages, files and templates, and the events that
//! change them. Nothing here serves or sends.

mod account;
mod apply;
mod event;
mod faults;
mod message;
mod organization;
mod platform;

pub(crate) use account::{Account, Keys};
pub(crate) use event::Event;
pub(crate) use faults::{FaultSettings, Scenario};
pub(crate) use message::{Head, Media, Message, NewWebhook, Outbound, Webhook};
pub(crate) use organization::{Organization, Template, events};
pub(crate) use platform::{Bsp, BspRules, Identity, Platform, State, WordingContext};
