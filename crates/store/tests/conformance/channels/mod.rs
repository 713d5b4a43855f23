//! Channels: their changes, secrets, promotion, hand-off pages and deletion.

mod changes;
mod deleting;
mod handoffs;
mod promotion;
mod renewal;
mod secrets;
mod support;
