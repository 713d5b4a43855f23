//! The phone and the console in Chromium.

mod chromium;
mod phone_and_console;
