//! The provider-id prefix of loop-back messages.

/// Prefix of the provider ids of loop-back messages: the messages that test the connection, and the agent's answers to them.
pub const LOOPBACK: &str = "wamid.warta.loopback.";
