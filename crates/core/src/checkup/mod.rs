//! The connection doctor: what is looked at to know whether a channel works, and what it means.
//!
//! The server gathers [`Evidence`]; [`findings`] judges it. One fault turns one check red: what cannot be known because
//! of another check's fault is [`Outcome::Unknown`] and says which.

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
