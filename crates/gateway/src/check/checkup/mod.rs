//! The connection doctor's eyes: gathers what can be seen of a channel, from outside and inside, all at once and each with a
//! time limit. What it means is for [`warta_core::checkup`] to judge.

mod gather;
mod mend;
mod provider;
mod run;

pub use mend::{NotMended, mend};
pub use run::{Checkup, findings, run};
