//! The session: a stretch of activity in a conversation.
//!
//! One pure function, [`step()`], says what an event does to it. Late, early and double events are ordinary input.

mod step;

pub use step::{Effect, EndReason, Event, State, step};
