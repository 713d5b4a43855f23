//! What the audit keeps of a change to an agent.

use warta_core::audit::Action;
use warta_core::ids::AgentId;
use warta_gateway::app::App;
use warta_store::{Change, Entry};

use crate::visitor::Visitor;

/// An entry about an agent, whose name stands for it in the list.
pub(super) fn entry(
    app: &App,
    visitor: &Visitor,
    (id, name): (AgentId, &str),
    action: Action,
    changes: Vec<Change>,
) -> Entry {
    Entry { agent: Some(id), subject: name.to_owned(), changes, ..visitor.entry(app, action) }
}

/// That a field went from one value to another; nothing when it did not.
pub(super) fn change(field: &str, before: Option<String>, after: Option<String>) -> Option<Change> {
    (before != after).then(|| Change { field: field.to_owned(), before, after })
}
