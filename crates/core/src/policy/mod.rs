//! Policies: when to send, when to try again, when it is too late. Small pure functions.

pub mod pace;
pub mod renewal;
pub mod retry;
pub mod timekeeping;
pub mod window;
