//! The protocols of this version, and what every caller asks of one that it knows by its word only.

use std::sync::Arc;

use serde_json::Value;
use warta_core::channel::Protocol;

use crate::InvalidSettings;
use crate::describe::Description;
use crate::provider::{Entry, Provider};
use crate::settings::complete;

/// The entry of a protocol.
#[must_use]
pub const fn entry(protocol: Protocol) -> &'static Entry {
    match protocol {
        Protocol::MetaCloud => &crate::meta::ENTRY,
        Protocol::Qontak => &crate::qontak::ENTRY,
        Protocol::Coster => &crate::coster::ENTRY,
    }
}

/// The descriptions of all protocols, in the order in which people choose among them.
pub fn descriptions() -> impl Iterator<Item = &'static Description> {
    Protocol::ALL.iter().map(|protocol| entry(*protocol).description)
}

/// Reads the settings of a channel with this protocol.
///
/// # Errors
///
/// Names the first field that is missing or invalid.
pub fn read(protocol: Protocol, settings: &Value) -> Result<Arc<dyn Provider>, InvalidSettings> {
    complete((entry(protocol).read)(settings))
}

/// Every field of the settings that is missing or invalid, once.
#[must_use]
pub fn faults(protocol: Protocol, settings: &Value) -> Vec<InvalidSettings> {
    (entry(protocol).read)(settings).1
}
