//! The overview of a channel: its check-up, the loop-back test, and the first real message.

mod first_message;
mod loopback;
mod page;
mod rows;
mod run;

pub(crate) use page::page;
pub(crate) use run::{check, loop_back, mend};
