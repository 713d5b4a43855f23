//! What one process remembers and may forget: nothing here is durable, waits or calls. The clock is an argument everywhere.

mod expiring;
pub mod pace;
pub mod renewals;
pub mod template_ids;
pub mod tokens;
mod webhooks;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use warta_core::ids::ChannelId;

pub(crate) use expiring::Expiring;

/// Everything that is remembered.
#[derive(Debug, Default)]
pub struct Memory {
    /// The channels that are being checked up.
    pub checkups: Checkups,
    /// How fast each number has been sending.
    pub paces: pace::Paces,
    /// Renewals of tokens: those under way and those that failed.
    pub(crate) renewals: renewals::Renewals,
    /// The ids under which templates go out.
    pub(crate) template_ids: template_ids::TemplateIds,
    /// What providers last said about access tokens.
    pub tokens: tokens::Tokens,
    /// What was noted of calls to webhook addresses.
    pub(crate) webhooks: webhooks::Webhooks,
}

/// The channels that are being checked up: one check-up of a channel at a time.
#[derive(Debug, Default)]
pub struct Checkups(Mutex<HashSet<ChannelId>>);

impl Checkups {
    /// Begins a check-up; false while one is under way.
    pub fn begin(&self, channel: ChannelId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(channel)
    }

    /// True while a check-up is under way.
    pub fn is_running(&self, channel: ChannelId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&channel)
    }

    /// Ends a check-up.
    pub fn end(&self, channel: ChannelId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&channel);
    }
}
