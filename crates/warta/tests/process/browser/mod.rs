//! The phone and the console in Chromium.

mod chromium;
mod page;
mod phone_and_console;
