//! The gateway: everything of Warta that waits, listens or calls.
//!
//! [`flow`] is the way of a message, one file a stage; [`web`] is what others call: webhooks, API, console;
//! [`workers`] claims what is due and hands it to a stage; [`egress`] is the only way out.

pub mod app;
pub mod directory;
pub mod egress;
pub mod flow;
pub mod system;
pub mod timekeeping;
pub mod web;
pub mod workers;
