//! The words and rules of Warta: what an id, a phone number, a message, a delivery status and a session are,
//! and how they may change.
//!
//! Nothing here waits, reads, writes, looks at a clock or throws dice: time, ids and randomness come in as
//! arguments, effects go out as values. That is what lets the rules be tested over thousands of histories.

pub mod audit;
pub mod channel;
pub mod checkup;
pub mod clock;
pub mod delivery;
pub mod identity;
pub mod ids;
pub mod json;
pub mod message;
pub mod permission;
pub mod phone;
pub mod policy;
pub mod promotion;
pub mod secret;
pub mod session;
pub mod time;
pub mod vocabulary;
pub mod webhook;
