//! One file a command.

pub(crate) mod demo;
pub(crate) mod key;
pub(crate) mod migrate;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod twin;
pub(crate) mod user;

mod settings;
