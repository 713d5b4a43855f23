//! The gateway: all I/O of messages.
//!
//! [`flow`] is the way of a message, one file a stage; [`upstream`] asks providers; [`check`] tells whether a channel works;
//! [`web`] is called by machines: webhooks, API, health; [`workers`] claims what is due and hands it to a stage; [`egress`] is the
//! only way out. They share the [`app`]: the store, the clock, the [`directory`] of channels and the [`memory`] of this process.

pub mod app;
pub mod check;
pub mod directory;
pub mod egress;
pub mod flow;
pub mod memory;
mod self_call;
pub mod system;
pub mod timekeeping;
pub mod upstream;
pub mod web;
pub mod webhook_address;
pub mod workers;
