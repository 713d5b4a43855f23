//! The only way out: HTTP calls to agents and providers, with time-outs, without redirects, and never to an address
//! that only this machine or its network can reach, unless the operator opened it.

mod call;
mod error;
mod guard;

pub use call::{Answer, Egress, StreamedAnswer};
pub use error::Error;
