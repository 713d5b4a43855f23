//! The phone and the console in Chromium.

mod chromium;
mod new_channel;
mod page;
mod phone_and_console;
