//! Every text of the console, in English and Indonesian: a file for each part of the console.

mod activity;
mod agents;
mod channel;
mod doctor;
mod lang;
mod people;

pub(crate) use lang::Lang;
