//! The session: a stretch of activity in a conversation, and how it ends.
//!
//! One pure function, [`step()`], says what an event does to it, and [`due()`] when it wants to be woken. Late, early and double
//! events are ordinary input. What is said to the user stands in [`Texts`], what they may answer in [`words`]; [`rehearse()`] plays a whole
//! conversation without anybody in it.

mod dialogue;
mod happened;
#[cfg(test)]
mod histories;
mod rehearsal;
mod settings;
mod state;
mod step;
mod texts;
mod timeline;
pub mod words;

pub use dialogue::{question, spoken, tapped};
pub use happened::Happened;
pub use rehearsal::{Did, Line, Move, Rehearsal, Scene, rehearse};
pub use settings::{Problem, Settings, What};
pub use state::{Asked, EndReason, Open, State};
pub use step::{Effect, Event, due, step};
pub use texts::{Part, Texts, Values, render};
pub use timeline::{Mark, Moment, timeline};
pub use words::{Answer, Prompt};
