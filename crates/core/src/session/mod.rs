//! The session: a period of activity in a conversation, and the rules that end it.
//!
//! A session is a state machine of two pure functions: [`step()`] applies an event to the state, and [`due()`] returns the time of the
//! next timer. Late, early and repeated events are ordinary input. [`Texts`] holds the texts sent to the user, [`words`] recognizes
//! the user's answers, and [`rehearse()`] simulates a whole conversation.

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

pub use dialogue::{button_answer, question, text_answer};
pub use happened::Happened;
pub use rehearsal::{Rehearsal, RehearsalEvent, TimedAction, TimedEvent, UserAction, rehearse};
pub use settings::{Problem, ProblemKind, Settings};
pub use state::{Asked, EndReason, Open, State};
pub use step::{Effect, Event, due, step};
pub use texts::{Part, Texts, Values, render};
pub use timeline::{Mark, Moment, timeline};
pub use words::{Answer, Prompt};
