//! Whether a channel works: the connection doctor's [`checkup`], the [`loopback`] test and the [`probe`] of an agent.

pub mod checkup;
pub mod loopback;
pub mod probe;
