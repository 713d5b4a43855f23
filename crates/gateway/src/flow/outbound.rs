//! Ids and priorities of messages that are put into the outbox.

use warta_core::ids::MessageId;
use warta_core::message::OutboundContent;
use warta_core::time::Timestamp;
use warta_store::Priority;

use crate::app::App;

/// A new id for a message with this content: a template makes it a notification.
#[must_use]
pub fn id(app: &App, content: &OutboundContent, now: Timestamp) -> MessageId {
    let uuid = app.minter.uuid(now);
    if matches!(content, OutboundContent::Template(_)) {
        MessageId::notification(uuid)
    } else {
        MessageId::message(uuid)
    }
}

/// Replies go first: somebody has just written and waits. Templates may be many at once.
#[must_use]
pub const fn priority(content: &OutboundContent) -> Priority {
    if matches!(content, OutboundContent::Template(_)) { Priority::Bulk } else { Priority::Reply }
}
