//! The phone and the console in Chromium.

mod chromium;
mod handoff;
mod new_channel;
mod page;
mod people;
mod phone_and_console;
mod promotion;
mod session;
mod stage;
