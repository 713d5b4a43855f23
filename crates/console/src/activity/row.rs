//! An audit entry as a table row.

use std::borrow::Cow;

use warta_core::audit::Action;
use warta_store::{Agent, By, Change, Entry};

use crate::texts::Lang;
use crate::view::{Instant, plain};

/// An entry.
#[derive(Debug)]
pub(super) struct ActivityRow {
    pub(super) at: Instant,
    pub(super) who: String,
    pub(super) address: String,
    pub(super) what: Cow<'static, str>,
    pub(super) subject: String,
    /// The name of the agent it concerns.
    pub(super) agent: Option<String>,
    pub(super) changes: Vec<Changed>,
}

/// A changed field.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) field: Cow<'static, str>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl ActivityRow {
    /// How an entry is shown; `agents` are those that may be named.
    pub(super) fn of(entry: &Entry, agents: &[Agent], l: Lang) -> Self {
        let agent = entry.agent.map(|id| {
            let known = agents.iter().find(|agent| agent.id == id);
            known.map_or_else(|| id.to_string(), |agent| plain(&agent.name))
        });
        // Everybody else comes from somewhere.
        let from_nowhere = entry.by.person.is_none() && entry.by.address.is_empty();
        let who = match (from_nowhere, entry.by.actor.as_str()) {
            (true, By::SYSTEM) => l.audit_system().into_owned(),
            (true, _) => l.audit_command().into_owned(),
            (false, name) => plain(name),
        };
        let subject = subject(entry, l);
        Self {
            at: Instant::of(entry.at, l),
            who,
            address: plain(&entry.by.address),
            what: l.audit_word(entry.action),
            agent: agent.filter(|name| *name != subject),
            subject,
            changes: entry.changes.iter().map(|change| Changed::of(change, l)).collect(),
        }
    }
}

/// The subject of the action. For a refusal it is a permission, which is shown by its label.
fn subject(entry: &Entry, l: Lang) -> String {
    if entry.action == Action::Refused {
        let agent = entry.subject.parse().map(|permission| l.permission_word(permission));
        let organization =
            || entry.subject.parse().map(|permission| l.organization_permission_word(permission));
        if let Ok(words) = agent.or_else(|_| organization()) {
            return words.into_owned();
        }
    }
    plain(&entry.subject)
}

impl Changed {
    fn of(change: &Change, l: Lang) -> Self {
        let value = |value: &Option<String>| {
            let value = value.as_deref().filter(|value| !value.is_empty())?;
            Some(match change.field.as_str() {
                "role" => l.role_word(value).into_owned(),
                "expires_at" => value.parse().map_or_else(|_| plain(value), |at| Instant::of(at, l).short),
                _ => plain(value),
            })
        };
        Self {
            field: l.audit_field(&change.field),
            before: value(&change.before),
            after: value(&change.after),
        }
    }
}
