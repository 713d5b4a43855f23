//! The program as its users meet it: the real binary in processes of its own, over real HTTP, killed and started again,
//! and the phone's page in Chromium.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail loudly and say what they saw"
)]

mod browser;
mod commands;
mod crash;
mod crash_sessions;
mod demo;
mod hostile;
mod support;
