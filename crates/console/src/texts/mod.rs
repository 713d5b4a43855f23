//! Every text of the console, in English and Indonesian: a file for each part of the console.

mod activity;
mod agents;
mod audit;
mod channel;
mod doctor;
mod finding;
mod handoff;
mod lang;
mod organization;
mod people;
mod promotion;
mod registration;
mod session;
mod settings;
mod sign_in;

pub(crate) use lang::Lang;
