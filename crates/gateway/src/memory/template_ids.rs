//! The ids under which templates go out, where the provider knows a template by an id and a message names it by name and language.

use std::time::Duration;

use warta_core::ids::ChannelId;
use warta_core::message::{OutboundContent, Template};
use warta_core::time::Timestamp;

use super::Expiring;

/// How long an id that was looked up is used.
const LIFE: Duration = Duration::from_mins(10);
/// How many ids are remembered at most.
const MOST: usize = 10_000;

/// A channel's template, by name and language.
type Key = (ChannelId, String, String);

/// The ids that were looked up.
#[derive(Debug)]
pub(crate) struct TemplateIds(Expiring<Key, String>);

impl Default for TemplateIds {
    fn default() -> Self {
        Self(Expiring::new(LIFE, MOST))
    }
}

impl TemplateIds {
    /// The id of a template.
    pub(crate) fn get(&self, channel: ChannelId, template: &Template, now: Timestamp) -> Option<String> {
        self.0.get(&key(channel, template), now)
    }

    /// Remembers the id of a template.
    pub(crate) fn put(&self, channel: ChannelId, template: &Template, id: String, now: Timestamp) {
        self.0.put(key(channel, template), id, now);
    }

    /// Forgets the id of the template in a message: its provider does not know it.
    pub(crate) fn forget(&self, channel: ChannelId, content: &OutboundContent) {
        if let OutboundContent::Template(template) = content {
            self.0.remove(&key(channel, template));
        }
    }
}

fn key(channel: ChannelId, template: &Template) -> Key {
    (channel, template.name.clone(), template.language.clone())
}
