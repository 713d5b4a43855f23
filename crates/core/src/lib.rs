//! The domain types and rules of Warta: ids, phone numbers, messages, delivery statuses and sessions, and how they may change.
//!
//! Everything here is pure: no async, no I/O, no clock and no randomness. Time, ids and random values come in as arguments, and
//! effects go out as values, so property tests can run the rules over thousands of histories.

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
