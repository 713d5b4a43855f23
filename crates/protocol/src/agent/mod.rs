//! Our contract with agents (DESIGN §5): [`event`] writes what they are told, [`sign`] proves that it is from us,
//! [`reply`] reads what they answer.

pub mod event;
pub mod reply;
pub mod sign;
