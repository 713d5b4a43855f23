//! Audit entries about an agent.

use warta_core::audit::Action;
use warta_core::ids::AgentId;
use warta_gateway::app::App;
use warta_store::{Change, Entry};

use crate::visitor::Visitor;

/// An audit entry about an agent, with its name as the subject.
pub(super) fn entry(
    app: &App,
    visitor: &Visitor,
    (id, name): (AgentId, &str),
    action: Action,
    changes: Vec<Change>,
) -> Entry {
    Entry { agent: Some(id), subject: name.to_owned(), changes, ..visitor.entry(app, action) }
}

/// The change of a field; `None` if the value is the same.
pub(super) fn change(field: &str, before: Option<String>, after: Option<String>) -> Option<Change> {
    (before != after).then(|| Change { field: field.to_owned(), before, after })
}
