//! The channel of an agent in one environment: its head on every page.

pub(crate) mod desk;
pub(crate) mod head;
