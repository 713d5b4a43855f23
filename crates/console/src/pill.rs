//! The state of a channel as a dot and a word, the same on every page.

use std::borrow::Cow;

use warta_core::channel::State;
use warta_core::checkup::{self, Outcome};
use warta_core::time::Timestamp;
use warta_gateway::check::checkup::Checkup;
use warta_gateway::upstream::token;
use warta_gateway::webhook_address;
use warta_store::{Channel, Standing};

use crate::texts::Lang;

/// A dot and a word.
#[derive(Debug, Clone)]
pub(crate) struct Pill {
    /// The colour: `none`, `doubt`, `bad`, `good`, `wait`.
    pub(crate) tone: &'static str,
    /// The word.
    pub(crate) word: Cow<'static, str>,
}

impl Pill {
    /// The pill of the channel in one environment. What was begun and is not live yet needs attention, and so does what is live
    /// and lacks what it works with, or where the last check-up found something broken, which is then said.
    pub(crate) fn of(channel: Option<&Channel>, now: Timestamp, l: Lang) -> Self {
        let (tone, word) = match channel.map(|channel| (channel.state, channel)) {
            None => ("none", l.pill_not_set_up()),
            Some((State::Saved, channel)) if channel.account.is_none() => ("none", l.pill_not_set_up()),
            Some((State::Saved, _)) => ("doubt", l.pill_needs_attention()),
            Some((State::Live, channel)) if !works(channel, now) => ("bad", l.pill_needs_attention()),
            Some((State::Live, channel)) => match broken(channel, now, l) {
                Some(check) => ("bad", format!("{}: {check}", l.pill_needs_attention()).into()),
                None => ("good", l.pill_live()),
            },
            Some((State::Paused, _)) => ("wait", l.pill_paused()),
        };
        Self { tone, word }
    }
}

/// The first check that was red in the last check-up of the channel as it is now. What the overview looks up anew each time is
/// left out: it may have mended itself since, and the pill must not say otherwise.
fn broken(channel: &Channel, now: Timestamp, l: Lang) -> Option<&'static str> {
    let last = Checkup::last(channel).filter(|last| last.revision == channel.revision)?;
    let findings = checkup::findings(&last.evidence, now);
    let first = findings.iter().find(|found| found.outcome == Outcome::Bad && !found.check.is_local());
    first.map(|found| l.check(found.check))
}

/// Whether a channel has a token that was not refused, and a secret to verify events with.
fn works(channel: &Channel, now: Timestamp) -> bool {
    let sends = channel
        .to_try(token::kind(channel), now)
        .iter()
        .any(|(_, _, standing)| *standing != Standing::Refused);
    sends && channel.secrets(webhook_address::proof(channel.protocol), now).next().is_some()
}
