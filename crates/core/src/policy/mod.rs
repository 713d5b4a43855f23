//! Policies for pace, retries, token renewal, clocks and the 24-hour window: small pure functions.

pub mod pace;
pub mod renewal;
pub mod retry;
pub mod timekeeping;
pub mod window;
