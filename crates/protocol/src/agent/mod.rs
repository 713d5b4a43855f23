//! The contract with agents (DESIGN §5): [`event`] writes events, [`sign`] signs them, [`reply`] reads answers.

pub mod event;
mod hint;
mod lenient;
mod part;
pub mod reply;
pub mod sign;
