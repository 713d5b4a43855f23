//! What every face of HTTP needs: [`listen`]ing with limits, routes with stated [`access`], [`problem`]s, the [`frame`] around
//! each answer, [`client`] addresses, list [`cursor`]s and [`query`] parameters. It has no routes of its own and knows neither messages nor pages; of the
//! store it knows the errors.

pub mod access;
pub mod client;
pub mod cursor;
pub mod frame;
pub mod keyed_hash;
pub mod listen;
pub mod problem;
pub mod query;
