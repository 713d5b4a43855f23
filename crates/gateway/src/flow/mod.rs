//! The way of a message, one file a stage:
//!
//! 1. [`receive`]: a verified webhook becomes rows, then 200.
//! 2. [`deliver`]: a conversation is claimed; its next message goes to the agent; the answer becomes replies (`answer`). `session` asks users
//!    about the end of a session on the way, and tells the agent what happened to it.
//! 3. [`send`]: a number is claimed; its outbox goes out, paced; the outcome is recorded.
//!
//! Statuses come in through 1 and are merged by the store. Calls to a provider besides sends are in [`upstream`](crate::upstream),
//! the checks of a connection in [`check`](crate::check).

mod answer;
pub mod deliver;
pub mod outbound;
pub mod receive;
pub mod send;
pub(crate) mod session;
