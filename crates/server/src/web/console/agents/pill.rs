//! How a channel stands, in one of four words.

use std::borrow::Cow;

use warta_core::channel::State;
use warta_store::Channel;

use crate::web::console::texts::Lang;

/// A dot and a word.
#[derive(Debug, Clone)]
pub(crate) struct Pill {
    /// The colour: `none`, `doubt`, `good`, `wait`.
    pub(crate) tone: &'static str,
    /// The word.
    pub(crate) word: Cow<'static, str>,
}

impl Pill {
    /// The pill of the channel in one environment. What was begun and does not work yet needs attention.
    pub(crate) fn of(channel: Option<&Channel>, l: Lang) -> Self {
        let (tone, word) = match channel {
            None => ("none", l.pill_not_set_up()),
            Some(channel) => match channel.state {
                State::Saved if channel.account.is_none() => ("none", l.pill_not_set_up()),
                State::Saved => ("doubt", l.pill_needs_attention()),
                State::Live => ("good", l.pill_live()),
                State::Paused => ("wait", l.pill_paused()),
            },
        };
        Self { tone, word }
    }
}
