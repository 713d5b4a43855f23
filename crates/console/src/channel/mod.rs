//! The channel of an agent in one environment: its head on every page, and the connection page with a file for each of its
//! sections.

mod account;
mod account_form;
mod account_owner;
mod conflict;
mod connection;
mod context;
mod credentials;
mod danger;
mod draft;
mod endpoint;
mod head;
mod live;
mod paste;
mod readiness;
mod registration;
mod secrets;
mod session;
mod start;
mod webhook;

pub(crate) use account::{check, save as save_account};
pub(crate) use connection::page;
pub(crate) use context::ChannelContext;
pub(crate) use credentials::{check_now, retire, save as save_credentials};
pub(crate) use danger::{ask_delete, delete, restore};
pub(crate) use head::{Head, Page};
pub(crate) use live::{go_live, pause};
pub(crate) use paste::paste;
pub(crate) use registration::register;
pub(crate) use session::{
    check as check_session, label_alone as session_label, play, play_on, preview as preview_session,
    save as save_session,
};
pub(crate) use start::start;
pub(crate) use webhook::{ask_regenerate, regenerate, webhook_secret};
