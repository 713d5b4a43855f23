//! The phone in the browser, and the pages around it: the list of numbers and the issue of test accounts.
//!
//! A phone shows one chat of one person with one number. It writes as that person through the twin that carries the
//! number, and it follows the chat by an event stream while somebody looks at it; looking is also what makes messages read.

mod accounts;
mod chat;
mod events;
mod holder;
mod html;
mod number;
mod pages;
mod routes;

pub(crate) use routes::routes;
