//! What the Meta twin knows: accounts, users, messages, files and templates, the events that change them, and the
//! settings and limits that live in memory only. Nothing here serves or sends.

mod account;
mod apply;
pub(crate) mod encoding;
mod event;
mod faults;
mod limits;
pub(crate) mod media;
mod message;
mod snapshot;
pub(crate) mod template;
mod users;

pub(crate) use account::{Account, MANAGEMENT, MESSAGING, NumberStatus, Quality, TokenState, all_scopes};
pub(crate) use apply::{Meta, MetaRules, State};
pub(crate) use event::{AppSubscription, Callback, Event};
pub(crate) use faults::{AfterAccept, FailNext, FaultSettings, ReadMode};
pub(crate) use media::Media;
pub(crate) use message::{Head, Message, Outbound, Planned, User, Webhook};
pub(crate) use template::Template;
