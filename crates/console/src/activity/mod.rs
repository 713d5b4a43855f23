//! What people did: the pages of an organization's and of an agent's activity, and the last of it beside other pages.

mod aside;
mod line;
mod page;

pub(crate) use aside::{Aside, aside};
pub(crate) use page::{agent, organization};
