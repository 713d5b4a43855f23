//! Agents: making one, its page with its two deployments, and deleting it.

mod address;
mod audit;
mod avatar;
pub(crate) mod delete;
mod deployment;
mod deployment_section;
pub(crate) mod fallback;
mod fallback_fields;
mod identity;
pub(crate) mod new;
pub(crate) mod page;
pub(crate) mod picture;
pub(crate) mod remove;
pub(crate) mod rows;
pub(crate) mod save_deployment;
pub(crate) mod save_identity;
pub(crate) mod secret;
pub(crate) mod test;
mod test_result;
