//! The twins of Coster and Qontak over real HTTP: what they refuse and in which words, what they give out, and that they
//! forget nothing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

mod coster;
mod qontak;
mod world;
