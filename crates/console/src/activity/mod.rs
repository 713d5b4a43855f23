//! The audit log: the activity pages of an organization and of an agent, and the latest entries beside other pages.

mod aside;
mod page;
mod row;

pub(crate) use aside::{Aside, aside};
pub(crate) use page::{agent, organization};
