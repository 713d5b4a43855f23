//! The message format of WhatsApp's Cloud API. Meta speaks it, and providers that resell the Cloud API pass it on in envelopes of
//! their own. It lies below the protocol folders: `meta` and `coster` import it and never each other.
//!
//! Facts are in facts/meta-cloud.md; `§` in this folder points there.

pub mod errors;
pub(crate) mod handshake;
pub(crate) mod loopback;
pub(crate) mod send;
pub mod webhook;
