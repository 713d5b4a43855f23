//! The overview of a channel: its check-up, the loop-back test, and the first real message.

mod first;
mod page;
mod rows;
mod run;
mod trail;

pub(crate) use page::page;
pub(crate) use run::{check, loop_back, mend};
