//! The way of a message, one file a stage:
//!
//! 1. [`receive`]: a verified webhook becomes rows, then 200.
//! 2. [`deliver`]: a conversation is claimed; its next message goes to the agent; the answer becomes replies.
//! 3. [`send`]: a number is claimed; what waits goes out, paced; the outcome is recorded.
//!
//! Beside the way: [`checkup`] looks whether it is open, [`loopback`] sends something of our own along it, and
//! `probe` tries an agent with a sample event.
//!
//! [`session`] is what stage 2 does besides: it asks users about the end of a session, and tells the agent what became of it.
//!
//! [`outgoing`] and [`pace`] serve 2 and 3, [`token`] serves 3 and the console, [`hook`] is the address of a
//! channel's webhooks, [`registration`] enters it at the provider's, [`renewal`] gets a new access token for whoever meets
//! one that has ended. [`media`], [`seen`] and [`templates`] call the provider because a program asks for it, by [`mod@key`];
//! [`template_ids`] serves 3 where templates go out by id, [`declarations`] keeps templates where the provider tells of none.
//! Statuses come in through 1 and are merged by the store.

pub mod checkup;
pub mod declarations;
pub mod deliver;
pub mod hook;
pub mod key;
pub mod loopback;
pub mod media;
pub mod outgoing;
pub mod pace;
pub(crate) mod probe;
pub mod promotion;
pub mod receive;
pub mod registration;
pub mod renewal;
pub mod seen;
pub mod send;
pub mod session;
pub mod template_ids;
pub mod templates;
pub mod token;
