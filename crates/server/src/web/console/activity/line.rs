//! An entry of the audit as a page shows it.

use std::borrow::Cow;

use warta_store::{Agent, Change, Entry};

use crate::web::console::texts::Lang;
use crate::web::console::view::{Instant, plain};

/// An entry.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) at: Instant,
    pub(super) who: String,
    pub(super) address: String,
    pub(super) what: Cow<'static, str>,
    pub(super) subject: String,
    /// The name of the agent it concerns.
    pub(super) agent: Option<String>,
    pub(super) changes: Vec<Changed>,
}

/// Something that is different now.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) field: Cow<'static, str>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Line {
    /// How an entry is shown; `agents` are those that may be named.
    pub(super) fn of(entry: &Entry, agents: &[Agent], l: Lang) -> Self {
        let agent = entry.agent.map(|id| {
            let known = agents.iter().find(|agent| agent.id == id);
            known.map_or_else(|| id.to_string(), |agent| plain(&agent.name))
        });
        let by_command = entry.by.person.is_none() && entry.by.actor == "command";
        let subject = plain(&entry.subject);
        Self {
            at: Instant::of(entry.at, l),
            who: if by_command { l.audit_command().into_owned() } else { plain(&entry.by.actor) },
            address: plain(&entry.by.address),
            what: l.audit_word(entry.action),
            agent: agent.filter(|name| *name != subject),
            subject,
            changes: entry.changes.iter().map(|change| Changed::of(change, l)).collect(),
        }
    }
}

impl Changed {
    fn of(change: &Change, l: Lang) -> Self {
        let value = |value: &Option<String>| {
            let value = value.as_deref().filter(|value| !value.is_empty())?;
            Some(if change.field == "role" { l.role_word(value).into_owned() } else { plain(value) })
        };
        Self {
            field: l.audit_field(&change.field),
            before: value(&change.before),
            after: value(&change.after),
        }
    }
}
