//! Templates as providers store them, and the tasks on them. A message made of a template is [`warta_core::message::Template`].

mod model;
mod new;
mod parameters;
mod task;

pub use model::{Category, Status, Template, Variable};
pub use new::{Change, NewTemplate};
pub use parameters::parameter_faults;
pub use task::{Done, Listing, NotDone, Page, Task, Templates};
