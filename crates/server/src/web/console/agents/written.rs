//! What the audit keeps of a change to an agent.

use warta_core::audit::Action;
use warta_core::ids::{AgentId, AuditId};
use warta_store::{Change, Entry};

use crate::app::App;
use crate::web::access::Visitor;

/// An entry about an agent, whose name stands for it in the list.
pub(super) fn entry(
    app: &App,
    visitor: &Visitor,
    (id, name): (AgentId, &str),
    action: Action,
    changes: Vec<Change>,
) -> Entry {
    let at = app.now();
    Entry {
        id: AuditId::from_uuid(app.minter.uuid(at)),
        by: visitor.by(),
        action,
        agent: Some(id),
        channel: None,
        subject: name.to_owned(),
        changes,
        at,
    }
}

/// That a field went from one value to another; nothing when it did not.
pub(super) fn change(field: &str, before: Option<String>, after: Option<String>) -> Option<Change> {
    (before != after).then(|| Change { field: field.to_owned(), before, after })
}
