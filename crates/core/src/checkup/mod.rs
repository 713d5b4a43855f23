//! The connection doctor: a fixed list of checks that tell whether a channel works.
//!
//! The gateway gathers [`Evidence`]; [`findings`] judges it and does no I/O. One fault turns one check red: a check that cannot
//! be judged because another check failed is [`Outcome::Unknown`], and its code names the reason.

mod code;
mod evidence;
mod finding;
mod judge;
mod loopback;
#[cfg(test)]
mod tests;

pub use code::{Code, Fix};
pub use evidence::{
    Agent, AppSecret, Backlog, Evidence, Handshakes, Heard, Number, Probe, Renewal, Subscriber, Token,
    Traffic,
};
pub use finding::{Check, Detail, Finding, Label, Outcome, Shown, Silence};
pub use judge::findings;
pub use loopback::LOOPBACK;
