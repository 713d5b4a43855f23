//! An organization's people: who they are, what they may do, who is invited, and who is assigned to an agent.

mod agent_members;
mod invitation_form;
mod invite;
mod matrix;
mod member;
mod page;
mod remove;
mod role;

pub(crate) use agent_members::{ask_unassign, assign, members, unassign};
pub(crate) use invite::{ask_revoke, invite, revoke};
pub(crate) use page::page;
pub(crate) use remove::{ask, remove};
pub(crate) use role::change;
