//! The phone in the browser, and the pages around it: the list of numbers and the issue of test accounts.
//!
//! A phone shows one chat of one person with one number. It sends as that person through the twin that hosts the
//! number, and follows the chat by an event stream while the page is visible, which also marks messages as read.

mod accounts;
mod chat;
mod events;
mod holder;
mod html;
mod number;
mod pages;
mod routes;

pub(crate) use routes::routes;
