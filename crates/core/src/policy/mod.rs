//! Policies for loops, pace, retries, token renewal, clocks and the 24-hour window: small pure functions.

pub mod loop_guard;
pub mod pace;
pub mod renewal;
pub mod retry;
pub mod timekeeping;
pub mod window;
