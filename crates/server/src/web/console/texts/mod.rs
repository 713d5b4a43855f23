//! Every text of the console, in English and Indonesian: a file for each part of the console.

mod activity;
mod agents;
mod channel;
mod doctor;
mod handoff;
mod lang;
mod people;
mod promotion;

pub(crate) use lang::Lang;
