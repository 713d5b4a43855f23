//! People: who they are, what they belong to, where they are signed in, and the one-time links that let them in.
//!
//! What changes an organization's people first locks the organization, so that two such changes never see each other half
//! done: its last owner stays, and nobody keeps a role in what they were removed from.

mod agent_members;
mod arrivals;
mod links;
mod locks;
mod members;
mod organizations;
mod passwords;
mod persons;
mod sign_ins;

pub use agent_members::AgentMember;
pub use arrivals::SetUp;
pub use links::{Invitation, Link, NewLink, Purpose};
pub use members::{Member, Newcomer};
pub use organizations::Membership;
pub use persons::{NewPerson, Person};
pub use sign_ins::{NewSignIn, SignIn, SignedIn};

#[cfg(test)]
pub(crate) use agent_members::{AGENT_MEMBERS, AGENT_ROLES};
#[cfg(test)]
pub(crate) use links::{INVITATIONS, INVITATIONS_BEFORE};
#[cfg(test)]
pub(crate) use members::{MEMBERS, MEMBERS_AFTER};
#[cfg(test)]
pub(crate) use organizations::ORGANIZATIONS_OF;
#[cfg(test)]
pub(crate) use sign_ins::{SIGN_INS, SIGNED_IN};
