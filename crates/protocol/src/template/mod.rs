//! Templates as providers keep them: what one is, how a new one is asked for, and what can be done with them. The message that a
//! template makes is [`warta_core::message::Template`].

mod given;
mod model;
mod new;
mod task;

pub use given::misgiven;
pub use model::{Category, Status, Template, Variable};
pub use new::{Change, NewTemplate};
pub use task::{Done, Listing, NotDone, Page, Task, Templates};
