//! Agents: making one, its page with its two deployments, and deleting it.

mod address;
pub(crate) mod avatar;
pub(crate) mod delete;
pub(crate) mod deployment;
pub(crate) mod identity;
pub(crate) mod new;
pub(crate) mod page;
pub(crate) mod remove;
pub(crate) mod rows;
pub(crate) mod secret;
pub(crate) mod test;
mod tested;
mod written;
